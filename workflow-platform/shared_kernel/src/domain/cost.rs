//! What work used of what is scarce.

use std::{iter::Sum, ops::Add};

use serde::{Deserialize, Serialize};

/// What an attempt of a step, a step or an execution used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Cost {
    /// Pages that sites answered with; what they refused does not count.
    #[serde(default)]
    #[schema(required = true, example = 40)]
    pub pages: u64,
    /// Bytes of answers, decompressed.
    #[serde(default)]
    #[schema(required = true, example = 2_400_000)]
    pub bytes: u64,
    /// Those of them that came through proxies.
    #[serde(default)]
    #[schema(required = true, example = 0)]
    pub proxy_bytes: u64,
    /// Time of processors for reading pages and running scripts, in milliseconds.
    #[serde(default)]
    #[schema(required = true, example = 310)]
    pub cpu_ms: u64,
}

impl Cost {
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

impl Add for Cost {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            pages: self.pages.saturating_add(other.pages),
            bytes: self.bytes.saturating_add(other.bytes),
            proxy_bytes: self.proxy_bytes.saturating_add(other.proxy_bytes),
            cpu_ms: self.cpu_ms.saturating_add(other.cpu_ms),
        }
    }
}

impl Sum for Cost {
    fn sum<I: Iterator<Item = Self>>(costs: I) -> Self {
        costs.fold(Self::default(), Add::add)
    }
}
