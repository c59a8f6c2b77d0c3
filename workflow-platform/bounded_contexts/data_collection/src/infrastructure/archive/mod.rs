//! The archive of pages: an index in the database, contents in the blob store.
//!
//! Pages of one owner that come within a moment are packed together, compressed, and stored as one
//! blob; the index says where in it each stands. Blobs are grouped by owner and day: a group goes
//! as a whole when it is old, or when its owner has too much. Nothing is shared between owners.

mod groups;
mod janitor;
mod personal;
mod rows;
mod store;
mod tables;
mod writer;

pub use janitor::{ArchiveJanitor, ArchiveLimits};
pub use personal::ArchivePersonalData;
pub use store::SqlPages;
pub use tables::ArchiveTables;
pub use writer::Archive;
