//! What documents on paper need from outside.

use async_trait::async_trait;
use shared_kernel::domain::Owner;

use crate::domain::{Buyer, Paper};

/// Whoever knows the customers could not be asked.
#[derive(Debug, thiserror::Error)]
#[error("customers cannot be looked up")]
pub struct CustomersError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// Who the customers are.
#[async_trait]
pub trait Customers: Send + Sync {
    /// None when the account is gone.
    async fn buyer(&self, owner: Owner) -> Result<Option<Buyer>, CustomersError>;
}

/// A document could not be set.
#[derive(Debug, thiserror::Error)]
#[error("document cannot be set: {0}")]
pub struct PressError(pub String);

/// Sets documents. The same paper gives the same bytes. It takes a few milliseconds of a core.
pub trait Press: Send + Sync {
    /// A PDF.
    fn print(&self, paper: &Paper) -> Result<Vec<u8>, PressError>;
}
