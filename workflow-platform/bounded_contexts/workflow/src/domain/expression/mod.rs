//! Expressions: `${{ … }}` in the values of a definition.
//!
//! The language is CEL. A value that is one whole expression keeps the expression's type; an
//! expression among other text is written into it. `$${{` stands for a literal `${{`.
//!
//! Templates are compiled once per definition. Plain paths such as `item.book_id`, which most
//! expressions are, are looked up in the scope without going through CEL, so that unfolding ten
//! thousand items does not convert the results of earlier steps ten thousand times.
//!
//! Expressions are written by anybody who may save a definition and run on the threads that drive
//! everybody's executions. `shape` bounds what reaches the parser, `work` what an evaluation costs.

mod analyse;
mod compile;
mod convert;
mod evaluate;
mod functions;
mod path;
mod scope;
mod shape;
mod template;
mod variables;
mod work;

#[cfg(test)]
mod limits;
#[cfg(test)]
mod tests;

pub use compile::{Compiled, SyntaxError};
pub use evaluate::{evaluate, evaluate_condition};
pub use scope::{Scope, StepView};
pub use template::{Part, Template};

/// What stands in the place of a secret wherever somebody may read it.
pub const MASK: &str = "***";

/// An expression could not be evaluated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{expression}: {message}")]
pub struct ExpressionError {
    pub expression: String,
    pub message: String,
}
