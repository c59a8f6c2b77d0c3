//! What people want to have done, and when. Pure.

mod events;
mod firing;
mod gate;
mod preset;
mod rule;
mod webhook;

pub use events::EVENTS;
pub use firing::{ActionOutcome, Firing, FiringState, Notification};
pub use gate::{Gate, Verdict};
pub use preset::{PRESETS, Preset};
pub use rule::{Absence, Action, EVENT_ABSENT, Rule, SCHEDULED, Threshold, Timetable, Trigger};
pub use webhook::{
    Attempt, Delivery, DeliveryState, DisabledReason, Endpoint, LONGEST_FAILURE, body_of,
    wait_after,
};

/// Marker of a rule that somebody keeps.
#[derive(Debug)]
pub enum Automation {}
