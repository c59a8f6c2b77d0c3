//! From a page to fields, by CSS selectors.

mod compile;
mod run;
mod spec;

#[cfg(test)]
mod tests;

pub use compile::{Extraction, ExtractionError};
pub use run::{Extracted, extract, extract_rows};
pub use spec::{FieldSpec, FieldType, Fields, schema};
