//! Who pays, or used to.

use async_trait::async_trait;
use shared_kernel::domain::{Locale, Owner};

use crate::workflows::PortError;

/// Whom to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    pub email: String,
    pub locale: Locale,
}

/// Where customers are found.
#[async_trait]
pub trait Customers: Send + Sync {
    /// `None` when the account is gone.
    async fn customer(&self, owner: Owner) -> Result<Option<Customer>, PortError>;
}
