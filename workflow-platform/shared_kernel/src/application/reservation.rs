//! Units of a limit, held for what is about to be written.

use std::fmt;

type GiveBack = Box<dyn FnOnce(u64) + Send + Sync>;

/// Nobody else gets these units. They go back when it is dropped, unless what they are for was
/// written.
#[must_use = "dropped units go back"]
pub struct Reservation {
    units: u64,
    give_back: Option<GiveBack>,
}

impl Reservation {
    /// `give_back` gets the units that were not used. It must not block.
    pub fn new(units: u64, give_back: impl FnOnce(u64) + Send + Sync + 'static) -> Self {
        Self { units, give_back: Some(Box::new(give_back)) }
    }

    /// Of a limit that nobody counts.
    pub const fn uncounted() -> Self {
        Self { units: 0, give_back: None }
    }

    /// What the units are for was written.
    pub fn keep(self) {
        let units = self.units;
        self.keep_only(units);
    }

    /// So many were used; the rest goes back.
    pub fn keep_only(mut self, used: u64) {
        self.units = self.units.saturating_sub(used);
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        if let Some(give_back) = self.give_back.take()
            && self.units > 0
        {
            give_back(self.units);
        }
    }
}

impl fmt::Debug for Reservation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reservation").field("units", &self.units).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    };

    use super::*;

    fn returned(of: u64, use_it: impl FnOnce(Reservation)) -> u64 {
        let back = Arc::new(AtomicU64::new(0));
        let seen = Arc::clone(&back);
        use_it(Reservation::new(of, move |units| {
            seen.fetch_add(units, Ordering::SeqCst);
        }));
        back.load(Ordering::SeqCst)
    }

    #[test]
    fn what_is_not_kept_goes_back() {
        assert_eq!(returned(3, drop), 3);
        assert_eq!(returned(3, Reservation::keep), 0);
        assert_eq!(returned(3, |held| held.keep_only(1)), 2);
        assert_eq!(returned(3, |held| held.keep_only(5)), 0);
    }
}
