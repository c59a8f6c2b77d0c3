//! Leaving: an account is marked, goes after days of grace, and takes what is kept of its owner
//! with it.

mod anonymise;
mod cancel;
mod due;
mod erase;
mod export;
mod request;

pub use anonymise::Erased;
pub use erase::EraseDeleted;
pub use export::{Exported, PersonalExport};
