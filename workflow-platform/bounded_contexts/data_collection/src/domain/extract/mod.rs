//! From a page to fields: by CSS selectors, and by paths into the JSON that stands in it.

mod cast;
mod compile;
mod data;
mod finder;
mod run;
mod spec;
mod survey;

#[cfg(test)]
mod tests;

pub use compile::{Extraction, ExtractionError};
pub use run::{Extracted, Problem, Rows, TooDeep, extract, extract_json, extract_rows};
pub use spec::{FieldSpec, FieldType, Fields, schema};
pub use survey::{Link, Survey};
