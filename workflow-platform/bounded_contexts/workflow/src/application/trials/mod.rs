//! Trials: one step is run by itself, with data at hand, while a workflow is being written.
//!
//! A trial does what the step does in an execution (expressions, schema, secrets and their masks,
//! limits of the action) but leaves no execution behind: no journal, no result that others see.
//! What the action does to the world outside, it does.

mod error;
mod ports;
mod scope;
mod seats;
mod service;
mod test_step;

pub use error::TrialError;
pub use ports::{Bench, BenchEnd, BenchLine, BenchRun};
pub use service::{TrialPorts, TrialService};
pub use test_step::{StepData, Subject, TestStep, Tried};
