//! What a user keeps for their workflows: secrets, which nobody sees again, and variables.

mod mask;
mod name;

pub use mask::Mask;
pub use name::{BadName, EntryName};

/// Which of the two an entry is; each has names of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EntryKind {
    /// Sealed at rest; `secrets.NAME` in `with`.
    Secret,
    /// `vars.NAME`, as it was when the run started.
    Variable,
}

impl EntryKind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Secret => "secret",
            Self::Variable => "variable",
        }
    }
}
