//! How the kernel's types are written to a column.

use sea_orm::Value;

use crate::domain::{Id, Owner, Timestamp};

impl<T> From<Id<T>> for Value {
    fn from(id: Id<T>) -> Self {
        id.uuid().into()
    }
}

impl From<Owner> for Value {
    fn from(owner: Owner) -> Self {
        owner.uuid().into()
    }
}

/// Microseconds since the Unix epoch.
impl From<Timestamp> for Value {
    fn from(at: Timestamp) -> Self {
        at.micros().into()
    }
}
