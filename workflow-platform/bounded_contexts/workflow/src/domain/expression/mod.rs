//! Expressions in CEL.
