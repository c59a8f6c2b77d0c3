//! From the journal to a machine that can decide.

use super::{
    driver::Desk,
    snapshots::{Reach, restore},
};
use crate::{
    application::executions::{StoreError, StoredEvent, UserDirectoryError, user_of},
    domain::execution::{Execution, Identity, JournalEvent, definition_of},
    infrastructure::queue::Claimed,
};

/// Events of a fresh execution that are read along with those of others.
pub(super) const BEGINNING: usize = 20;
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
    /// What needed no folding.
    pub snapshot: Reach,
}

/// `history` is the beginning of the journal, as far as it was read already: all of it when it is
/// shorter than [`BEGINNING`].
pub(super) async fn load(
    desk: &Desk,
    claimed: &Claimed,
    history: Vec<StoredEvent>,
) -> Result<Loaded, LoadError> {
    let parts = &desk.parts;
    let definition = parts.definitions.version(claimed.definition_id, claimed.version).await?;
    let (id, owner, version) = (claimed.id, claimed.owner, claimed.version);
    let identity =
        Identity { id, owner, user: user_of(parts.users.as_ref(), owner).await?, version };
    let mut whole = !history.is_empty() && history.len() < BEGINNING;
    let mut loaded = Loaded { machine: None, seq: 0, snapshot: Reach::default() };
    let mut events = history;
    if let (false, Some(definition)) = (whole, &definition)
        && let Some((machine, snapshot)) = restore(desk, definition, &identity).await
    {
        loaded = Loaded { machine: Some(machine), seq: snapshot.seq, snapshot };
        events.clear();
    }
    loop {
        for stored in &events {
            loaded.seq = stored.seq;
            if let (JournalEvent::Created(created), Some(definition)) = (&stored.event, &definition)
            {
                let runs = definition_of(definition, created);
                loaded.machine = runs.map(|runs| Execution::new(runs, identity.clone()));
            }
            if let Some(machine) = &mut loaded.machine {
                machine.apply(&stored.event, stored.at);
            }
        }
        if whole {
            metrics::counter!("workflow_journal_folded_events_total")
                .increment(u64::try_from(loaded.seq - loaded.snapshot.seq).unwrap_or(0));
            return Ok(loaded);
        }
        events = desk.reader.read(claimed.id, loaded.seq, CHUNK).await?;
        whole = events.len() < usize::try_from(CHUNK).unwrap_or(usize::MAX);
    }
}
