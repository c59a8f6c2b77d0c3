//! Saved views at rest.

use async_trait::async_trait;
use shared_kernel::{
    domain::{Id, Timestamp, User as UserMark},
    infrastructure::db::UnitOfWork,
};

use super::StoreError;
use crate::domain::{SavedView, ViewName};

#[async_trait]
pub trait SavedViewStore: Send + Sync {
    /// All of a user, the oldest first.
    async fn views(&self, user: Id<UserMark>) -> Result<Vec<SavedView>, StoreError>;

    /// Tells when the view of that name was made; `None`, and nothing stored, when it would be one
    /// more than `most`, also under races.
    async fn put(
        &self,
        work: &mut UnitOfWork,
        user: Id<UserMark>,
        view: &SavedView,
        most: u32,
    ) -> Result<Option<Timestamp>, StoreError>;

    /// False when the user has none of that name.
    async fn remove(&self, user: Id<UserMark>, name: &ViewName) -> Result<bool, StoreError>;
}
