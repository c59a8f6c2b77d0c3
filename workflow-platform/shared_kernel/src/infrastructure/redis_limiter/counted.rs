//! What askings count, each once: those of one user or one address name the same keys.

use std::collections::HashMap;

use super::Asking;
use crate::application::RateCheck;

pub(super) struct Counted<'a> {
    pub each: Vec<&'a RateCheck>,
    /// Of each check of each asking in order, its number in `each`, from one as Lua counts.
    pub which: Vec<usize>,
}

impl<'a> Counted<'a> {
    pub fn of(askings: &'a [Asking]) -> Self {
        let mut numbers = HashMap::new();
        let (mut each, mut which) = (Vec::new(), Vec::new());
        for check in askings.iter().flat_map(|asking| &asking.checks) {
            let number = *numbers.entry(check.key.as_str()).or_insert_with(|| {
                each.push(check);
                each.len()
            });
            which.push(number);
        }
        Self { each, which }
    }
}
