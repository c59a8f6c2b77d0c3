//! Which events start a workflow.

use super::{Timing, Trigger};

/// The event after a dataset gained or changed records.
pub const DATASET_CHANGED: &str = "dataset.changed";

impl Trigger {
    /// The pattern of events that it listens to.
    pub fn pattern(&self) -> Option<&str> {
        match &self.timing {
            Timing::Event { event } => Some(event),
            Timing::Dataset { .. } => Some(DATASET_CHANGED),
            _ => None,
        }
    }

    /// Whether an event that fits the pattern is about what it listens to.
    pub fn concerns(&self, payload: &serde_json::Value) -> bool {
        match &self.timing {
            Timing::Dataset { dataset } => payload["dataset"] == dataset.as_str(),
            _ => true,
        }
    }
}
