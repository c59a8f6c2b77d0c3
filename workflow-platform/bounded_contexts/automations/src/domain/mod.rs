//! What people want to have done, and when. Pure.

mod catalog;
mod firing;
mod gate;
mod preset;
mod rule;

pub use catalog::{CATALOG, KnownEvent};
pub use firing::{ActionOutcome, Firing, FiringState, Notification};
pub use gate::{Gate, Verdict};
pub use preset::{PRESETS, Preset};
pub use rule::{Action, Rule, Threshold, Trigger};

/// Marker of a rule that somebody keeps.
#[derive(Debug)]
pub enum Automation {}
