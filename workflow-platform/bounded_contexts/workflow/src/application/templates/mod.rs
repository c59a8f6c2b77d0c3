//! Workflows ready to be copied: what other contexts hand in, as users see it.

mod error;
mod list;
mod shelf;

pub use error::TemplatesError;
pub use shelf::{TemplateShelf, Workpiece};
