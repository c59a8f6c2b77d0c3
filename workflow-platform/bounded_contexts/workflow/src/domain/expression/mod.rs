//! Expressions: `${{ … }}` in the values of a definition.
//!
//! The language is CEL. A value that is one whole expression keeps the expression's type; an
//! expression among other text is written into it. `$${{` stands for a literal `${{`.
//!
//! Templates are compiled once per definition. Plain paths such as `item.book_id`, which most
//! expressions are, are looked up in the scope without going through CEL, so that unfolding ten
//! thousand items does not convert the results of earlier steps ten thousand times.

mod compile;
mod convert;
mod evaluate;
mod path;
mod scope;

#[cfg(test)]
mod tests;

pub use compile::{Compiled, SyntaxError, Template};
pub use evaluate::{evaluate, evaluate_condition};
pub use scope::{Scope, StepView};

/// An expression could not be evaluated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{expression}: {message}")]
pub struct ExpressionError {
    pub expression: String,
    pub message: String,
}
