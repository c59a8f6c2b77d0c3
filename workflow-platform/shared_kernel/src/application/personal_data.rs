//! What the platform keeps of a person: handed out when they ask for it, forgotten when they leave.

use async_trait::async_trait;
use serde_json::Value;

use crate::domain::Owner;

/// Part of what is kept, in its own order.
#[derive(Debug, Clone, PartialEq)]
pub struct PersonalPage {
    pub items: Vec<Value>,
    /// What to ask for the next with; `None` at the end.
    pub next: Option<String>,
}

/// It could not be read or removed now; trying again may help.
#[derive(Debug, thiserror::Error)]
#[error("personal data of {part} cannot be read or removed")]
pub struct PersonalDataError {
    pub part: &'static str,
    #[source]
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

/// One kind of thing that a context keeps of its owners. Every context hands in all of its own;
/// `container.rs` collects them.
#[async_trait]
pub trait PersonalData: Send + Sync {
    /// Names the part in an export, plural: `workflows`.
    fn name(&self) -> &'static str;

    /// Some of the owner's, a bounded number; `after` is the `next` of the page before. Without
    /// secrets: those only their owner ever knew in the clear.
    async fn page(
        &self,
        owner: Owner,
        after: Option<&str>,
    ) -> Result<PersonalPage, PersonalDataError>;

    /// Removes some of the owner's, a bounded number in one transaction, so that nobody waits
    /// long; answers how many, 0 when nothing is left. Doing it again does nothing.
    async fn erase(&self, owner: Owner) -> Result<u64, PersonalDataError>;
}
