//! Use cases of definitions, one a file.

mod create;
mod delete;
mod error;
mod find;
mod list;
pub mod ports;
mod read_step;
mod schedules;
mod service;
mod update;
mod validate;
mod versions;

pub use error::DefinitionsError;
pub use list::Listed;
pub use ports::{
    DefinitionRow, DefinitionStore, DefinitionStoreError, NewVersion, RecentRun, Standing,
    TriggerStore, VersionInfo, VersionRow,
};
pub use service::{DefinitionPorts, DefinitionService};
pub use update::Revision;
pub use validate::Draft;
pub use versions::{Difference, DraftDifference};
