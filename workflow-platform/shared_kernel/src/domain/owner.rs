//! Tenant isolation as a type.

use super::{Id, User};

/// Whose things a query may see. Repositories of user-owned things take one, so that a query
/// without an owner does not compile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Owner(Id<User>);

impl Owner {
    pub const fn new(user: Id<User>) -> Self {
        Self(user)
    }

    pub const fn user(self) -> Id<User> {
        self.0
    }

    pub const fn uuid(self) -> uuid::Uuid {
        self.0.uuid()
    }
}
