//! One run of a workflow as a pure state machine.
//!
//! The journal is the truth: an execution is the fold of its [`JournalEvent`]s. [`Execution`] is
//! that fold as far as decisions need it, [`ExecutionView`] as far as people want to see it.
//!
//! The machine knows no clock, no randomness and no IO. A driver feeds it:
//!
//! 1. `apply` every event, in order, first those of the journal, then each new one;
//! 2. `decide(now)` answers what follows: events to journal **first**, then steps to run, and
//!    when to ask again. The answer is a consequence of the events and of `now` alone, so a
//!    process that takes the execution over decides the same.
//!
//! What a definition means:
//!
//! * A step starts when all steps it needs have *settled*: succeeded, failed with
//!   `on_error: continue`, or skipped. A step whose `if` is false is skipped; those that need it
//!   run all the same and see `steps.x.status == "skipped"`, so a chain that should stop with it
//!   repeats the condition, as in GitHub Actions with `if: always()`.
//! * `if` is asked once per step, before `for_each`. Items run `max_parallel` at a time; an item
//!   in a `wait.for` keeps its place, one that waits for its next attempt gives it up.
//!   `outputs` holds the results of the items that succeeded, in the order of the items.
//! * A step that fails for good with `on_error: fail` halts its group: nothing more starts, what
//!   runs may end (and is journalled), then `on_failure` runs, then `finally`.
//! * Cancelling and the time-out of the whole run stop what runs; `finally` runs in both cases,
//!   `on_failure` only after the time-out. Cancelling once more stops the cleaning up as well,
//!   and so does [`CLEANUP_LIMIT`].
//! * An execution that did not succeed may be taken up again: what succeeded stays, what failed or
//!   never ran is run, and `on_failure` and `finally` run anew.
//! * A step that runs another workflow is in flight until that execution is over. Who stops the one
//!   stops the other, and waits for its end.
//! * A signal that comes before its step waits is kept for it; each is taken once.
//! * A step cut off in its middle is run again with the same idempotency key and does not use up
//!   an attempt; a recorded success is never run again.

mod awaited;
mod children;
mod decide;
mod event;
mod fold;
mod fragment;
mod groups;
mod items;
mod machine;
mod origin;
mod retry;
mod signals;
mod slots;
mod snapshot;
mod status;
mod view;
mod waits;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

pub use awaited::{Awaited, NotAwaited};
pub use children::{DEEPEST, WORKFLOW_RUN, calls};
pub use decide::idempotency_key;
pub use event::{
    ChildEnded, ChildStarted, Created, Finished, Fragment, JournalEvent, Retried, SignalAwaited,
    SignalReceived, Started, StepCancelled, StepExpanded, StepFailed, StepRecorded, StepSkipped,
    StepStarted, StepSucceeded, Stopping, UnknownEvent, WaitStarted,
};
pub use fragment::definition_of;
pub use groups::Phase;
pub use items::{ItemDetails, ItemView, ItemsView};
pub use machine::{
    CLEANUP_LIMIT, Cached, Decision, Execution, Hidden, Identity, RunKey, RunOutcome, StepRun,
};
pub use origin::{Origin, UnknownOrigin};
pub use signals::{Signal, Verdict};
pub use snapshot::{SNAPSHOT_VERSION, SnapshotError};
pub use status::{Cause, ExecutionError, Status, StepStatus};
pub use view::{ActionErrorView, AttemptView, ExecutionView, ItemCounts, StepDetails};
pub use waits::{WAIT_FOR, WAIT_SIGNAL, WAIT_UNTIL, waits};
