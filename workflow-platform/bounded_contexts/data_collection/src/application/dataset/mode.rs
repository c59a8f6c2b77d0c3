//! What a batch does with records that are there already.

use serde::{Deserialize, Serialize};

/// How a batch is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// New records are added, changed ones rewritten, others left alone.
    #[default]
    Upsert,
    /// All records are new; one whose key is there already fails the batch.
    Insert,
    /// Records have no key of their own, and are all added.
    Append,
}

impl Mode {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Upsert => "upsert",
            Self::Insert => "insert",
            Self::Append => "append",
        }
    }

    /// What is written is one of these.
    pub fn read(text: &str) -> Self {
        [Self::Insert, Self::Append]
            .into_iter()
            .find(|mode| mode.as_str() == text)
            .unwrap_or_default()
    }
}
