//! What is not a change, and must be seen all the same.

use super::RequestContext;
use crate::domain::{AuditEntry, Origin};

/// Takes entries about what failed or was refused. Changes are not told here: they are written in
/// their own transaction.
pub trait AuditTrail: Send + Sync {
    /// Never waits, and never fails the request: what cannot be kept is counted.
    fn note(&self, entry: AuditEntry);
}

impl RequestContext {
    /// Where the request comes from.
    pub fn origin(&self) -> Origin {
        Origin {
            address: self.client,
            agent: self.user_agent.clone(),
            request_id: Some(self.request_id.to_string()),
        }
    }
}
