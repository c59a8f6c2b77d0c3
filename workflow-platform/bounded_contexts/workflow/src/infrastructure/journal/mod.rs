//! The journal: `execution_events` is the truth about every execution.
//!
//! One [`JournalWriter`] per worker gathers the appends of all its running executions, writes
//! them in one transaction, and then answers each. It waits for nobody: while one batch is being
//! committed, the next one gathers by itself, so that an idle process answers at once and a busy
//! one gets large batches.
//!
//! Fencing happens inside that transaction. It holds a shared lock on the worker's own row, which
//! a take-over must change first; so a worker that was declared dead can write nothing, and one
//! that lost a single lease has that append refused while the rest of the batch goes through.
//!
//! Events above [`INLINE_LIMIT`] go to the blob store before the transaction begins; the row holds
//! the key. Beside a long journal lies a snapshot of what its beginning comes to ([`SnapshotStore`]):
//! a take-over reads the events after it.

mod append;
mod batch;
mod newest;
mod read;
mod snapshots;
mod writer;

pub use append::{Append, AppendError, Awaits, EventRow, Lease, Projection, Reply};
pub(crate) use append::{EVENT, pack};
pub(crate) use batch::insert_row;
pub(super) use newest::{Newest, newest};
pub use read::JournalReader;
pub use snapshots::{LARGEST, SnapshotStore, pack_state};
pub use writer::JournalWriter;

/// Largest body that stays in the row, in bytes.
pub const INLINE_LIMIT: usize = 64 * 1024;
