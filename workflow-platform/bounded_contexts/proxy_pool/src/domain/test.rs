//! Tests of pools.

use serde::{Deserialize, Serialize};
use shared_kernel::domain::Id;

/// Marks ids of tests.
#[derive(Debug, Clone, Copy)]
pub struct TestMark;

pub type TestId = Id<TestMark>;

/// How far a test is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TestState {
    Running,
    Finished,
    Cancelled,
}

impl TestState {
    pub const ALL: [Self; 3] = [Self::Running, Self::Finished, Self::Cancelled];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Finished => "finished",
            Self::Cancelled => "cancelled",
        }
    }
}
