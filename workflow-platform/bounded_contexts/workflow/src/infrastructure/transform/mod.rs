//! `transform.*`: what a workflow does with lists without writing a program.
//!
//! Each takes `items` and expressions over `item` and `index`, written without `${{ }}` since they
//! are evaluated once per item, off the async threads.

mod action;
mod rows;
mod template;

pub use action::transforms;
