//! Use cases of executions, one a file.

mod bulk;
mod cancel;
mod child;
mod definitions;
mod ends;
mod error;
mod items;
mod journal;
mod list;
mod logs;
pub mod ports;
mod reason;
mod recorded;
mod rerun;
mod retry;
mod service;
mod show;
mod signal;
mod start;
mod start_once;
mod user;
mod watch;

/// First span of the trace of an execution that nobody asked for at the time: a schedule, say.
const BEGINNING: &str = "workflow.start";

pub use bulk::{BulkAction, BulkFailure, BulkOutcome, Chosen};
pub use child::{RunItem, RunWorkflow};
pub use ends::Ends;
pub use error::ExecutionsError;
pub use items::{ItemMap, ItemRow, OneItem};
pub use ports::{
    DefinitionSource, Doorbell, ExecutionFilter, ExecutionRow, Executions, JournalFilter, Labels,
    Letter, LogFilter, LogLine, NewExecution, Placed, Progress, ProgressBoard, Runnable, StepCache,
    StoreError, StoredEvent, StoredSnapshot, UserDirectory, UserDirectoryError, UserProfile,
};
pub use rerun::Rerun;
pub use service::{ExecutionPorts, ExecutionService};
pub use show::ExecutionDetails;
pub use signal::SendSignal;
pub use start::{Initiator, StartExecution, Started};
pub use user::user_of;
pub use watch::{End, EndWatch, Update, Updates};
pub(crate) use watch::{progress_of, topic};
