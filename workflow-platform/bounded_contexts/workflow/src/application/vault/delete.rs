//! Deletes a secret or a variable.

use shared_kernel::{application::Principal, domain::Permission};

use super::{VaultError, VaultService};
use crate::domain::vault::EntryKind;

impl VaultService {
    /// Steps that use a secret fail from now on when they begin.
    pub async fn delete(
        &self,
        who: &Principal,
        kind: EntryKind,
        name: &str,
    ) -> Result<(), VaultError> {
        who.require(Permission::WorkflowWrite)?;
        let was_there = self.ports.store.delete(who.owner(), kind, &name.parse()?).await?;
        if was_there { Ok(()) } else { Err(VaultError::NotFound(kind)) }
    }
}
