//! Whether a bus hears the other processes.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// Odd while a connection hears, even while there is none; each connection has a number of its own.
#[derive(Debug, Clone, Default)]
pub(super) struct Hearing(Arc<AtomicU64>);

impl Hearing {
    pub fn begins(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    pub fn ends(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    pub fn connection(&self) -> Option<u64> {
        let number = self.0.load(Ordering::SeqCst);
        (number % 2 == 1).then_some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_connection_has_a_number_and_no_connection_has_none() {
        let hearing = Hearing::default();
        assert_eq!(hearing.connection(), None);
        hearing.begins();
        let first = hearing.connection();
        assert!(first.is_some());
        hearing.ends();
        assert_eq!(hearing.connection(), None);
        hearing.begins();
        assert!(hearing.connection().is_some_and(|second| Some(second) != first));
    }
}
