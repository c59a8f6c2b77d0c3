//! From the journal to a machine that can decide.

use serde_json::{Value, json};
use shared_kernel::domain::Owner;

use super::driver::Desk;
use crate::{
    application::executions::{StoreError, UserDirectoryError},
    domain::execution::{Execution, Identity},
    infrastructure::{journal::JournalReader, queue::Claimed},
};

/// Events read at a time.
const CHUNK: u32 = 1000;

/// An execution cannot be driven.
#[derive(Debug, thiserror::Error)]
pub(super) enum LoadError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Users(#[from] UserDirectoryError),
}

/// A machine with the whole journal applied, and the number of its last event.
pub(super) struct Loaded {
    /// `None` when the definition's version is gone.
    pub machine: Option<Execution>,
    pub seq: i64,
}

pub(super) async fn load(desk: &Desk, claimed: &Claimed) -> Result<Loaded, LoadError> {
    let parts = &desk.parts;
    let definition = parts.definitions.version(claimed.definition_id, claimed.version).await?;
    let user = user(desk, claimed.owner).await?;
    let mut machine = definition.map(|definition| {
        let (id, owner, version) = (claimed.id, claimed.owner, claimed.version);
        Execution::new(definition, Identity { id, owner, user, version })
    });
    let reader = JournalReader::new(parts.database.clone(), parts.blobs.clone());
    let mut seq = 0;
    loop {
        let events = reader.read(claimed.id, seq, CHUNK).await?;
        for stored in &events {
            seq = stored.seq;
            if let Some(machine) = &mut machine {
                machine.apply(&stored.event, stored.at);
            }
        }
        if events.len() < usize::try_from(CHUNK).unwrap_or(usize::MAX) {
            return Ok(Loaded { machine, seq });
        }
    }
}

/// `user` in expressions.
async fn user(desk: &Desk, owner: Owner) -> Result<Value, UserDirectoryError> {
    let profile = desk.parts.users.profile(owner.user()).await?;
    Ok(match profile {
        Some(profile) => json!({
            "id": owner.user(),
            "username": profile.username,
            "email": profile.email,
        }),
        None => json!({ "id": owner.user() }),
    })
}
