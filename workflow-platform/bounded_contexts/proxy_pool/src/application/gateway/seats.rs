//! Places of users among the open connections.

use std::{collections::HashMap, sync::Arc};

use parking_lot::Mutex;
use shared_kernel::domain::{Id, User};

/// Open connections by user.
pub(super) struct Seats {
    most: u32,
    taken: Mutex<HashMap<Id<User>, u32>>,
}

/// The right to one connection; given up when dropped.
pub struct Seat {
    seats: Arc<Seats>,
    pub user: Id<User>,
}

impl Seats {
    pub fn new(most: u32) -> Self {
        Self { most, taken: Mutex::default() }
    }

    pub fn take(self: &Arc<Self>, user: Id<User>) -> Option<Seat> {
        let mut taken = self.taken.lock();
        let count = taken.entry(user).or_default();
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(Seat { seats: Arc::clone(self), user })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.taken.lock();
        if let Some(count) = taken.get_mut(&self.user) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.user);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_has_so_many_seats_and_no_more() {
        let seats = Arc::new(Seats::new(2));
        let [ann, bob] = [1_u128, 2].map(|n| Id::<User>::from(uuid::Uuid::from_u128(n)));
        let first = seats.take(ann);
        let second = seats.take(ann);
        assert!(first.is_some() && second.is_some() && seats.take(ann).is_none());
        assert!(seats.take(bob).is_some());
        drop(first);
        assert!(seats.take(ann).is_some());
        drop(second);
        assert!(seats.taken.lock().is_empty(), "nobody is remembered for nothing");
    }
}
