//! Use cases of executions, one a file.

mod cancel;
mod definitions;
mod error;
mod list;
mod logs;
pub mod ports;
mod reason;
mod service;
mod show;
mod start;
mod start_once;
mod watch;

pub use error::ExecutionsError;
pub use ports::{
    DefinitionSource, Doorbell, ExecutionFilter, ExecutionRow, Executions, Labels, LogLine,
    NewExecution, Progress, ProgressBoard, Runnable, StoreError, StoredEvent, UserDirectory,
    UserDirectoryError, UserProfile,
};
pub use service::{ExecutionPorts, ExecutionService};
pub use show::ExecutionDetails;
pub use start::{Initiator, StartExecution, Started};
pub use watch::{Update, Updates};
pub(crate) use watch::{progress_of, topic};
