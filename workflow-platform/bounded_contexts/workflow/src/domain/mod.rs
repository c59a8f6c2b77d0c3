//! Pure: the definition format, expressions, and the execution state machine.

pub mod definition;
pub mod execution;
pub mod expression;
mod identifier;
pub mod vault;
