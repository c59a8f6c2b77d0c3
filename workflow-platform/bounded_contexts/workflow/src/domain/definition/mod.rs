//! The definition format.
