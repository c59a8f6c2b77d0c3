//! How many steps somebody tries at once.

use std::sync::Arc;

use parking_lot::Mutex;
use shared_kernel::domain::Owner;

/// Trials of one owner at once, in one process.
pub(super) const MOST: usize = 2;

/// Who tries something now, each as often as they do.
#[derive(Clone, Default)]
pub(super) struct Seats(Arc<Mutex<Vec<Owner>>>);

/// Somebody's place, free again when it is dropped.
pub(super) struct Seat {
    seats: Seats,
    owner: Owner,
}

impl Seats {
    /// A place, unless the owner has [`MOST`].
    pub fn take(&self, owner: Owner) -> Option<Seat> {
        let mut taken = self.0.lock();
        let own = taken.iter().filter(|one| **one == owner).count();
        (own < MOST).then(|| {
            taken.push(owner);
            Seat { seats: self.clone(), owner }
        })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.0.lock();
        if let Some(at) = taken.iter().position(|one| *one == self.owner) {
            taken.swap_remove(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use shared_kernel::domain::{Id, User};
    use uuid::Uuid;

    use super::*;

    fn owner(number: u128) -> Owner {
        Owner::new(Id::<User>::from(Uuid::from_u128(number)))
    }

    #[test]
    fn each_has_two_places_and_gets_them_back() {
        let seats = Seats::default();
        let first = seats.take(owner(1)).unwrap();
        let second = seats.take(owner(1)).unwrap();
        assert!(seats.take(owner(1)).is_none());
        let other = seats.take(owner(2));
        assert!(other.is_some());
        drop(first);
        assert!(seats.take(owner(1)).is_some());
        drop(second);
        assert_eq!(seats.0.lock().len(), 1);
    }
}
