//! What its owner says of a dataset.

use serde::{Deserialize, Serialize};

use super::Contract;

/// What is kept of a dataset, and how long. What is absent is kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Retention {
    /// Records that no batch held for so many days are removed, 1 to 3650.
    pub days: Option<u32>,
    /// Of more records than this, those that came first are removed, at least 1.
    pub records: Option<u64>,
    /// Changes older than so many days are forgotten, 1 to 3650.
    pub history_days: Option<u32>,
}

/// Kept as JSON.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    pub description: String,
    /// Fields that tell records apart; none until a batch names them.
    pub key: Vec<String>,
    pub retention: Retention,
    pub contract: Contract,
}

impl Retention {
    pub const fn is_set(self) -> bool {
        self.days.is_some() || self.records.is_some() || self.history_days.is_some()
    }
}
