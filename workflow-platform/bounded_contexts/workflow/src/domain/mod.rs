//! Pure: the definition format, expressions, and the execution state machine.

pub mod definition;
mod events;
pub mod execution;
pub mod expression;
mod identifier;
pub mod vault;

pub use events::EVENTS;
