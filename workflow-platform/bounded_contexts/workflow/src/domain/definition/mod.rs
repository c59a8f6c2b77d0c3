//! The workflow format: what a definition is, and how a document becomes one.
//!
//! A document, YAML or JSON, is read in three steps. `document` turns the text into a tree in
//! which every value knows its line; it bounds size, depth and the unfolding of aliases. `read`
//! takes the tree apart into a [`Definition`]. `check` looks at what the parts say of each other:
//! actions that exist, references that can be met, cycles, types of inputs. Each step notes
//! [`Problem`]s and goes on, so that a person sees all of them at once.

mod advice;
mod alone;
mod changes;
mod check;
mod document;
mod duration;
mod event_pattern;
mod input_check;
mod model;
mod node;
mod params;
mod print;
mod problem;
mod read;
mod read_step;
mod read_trigger;
mod references;
mod schedule;
mod schema;
mod template;
mod yaml;

#[cfg(test)]
mod tests;

use serde_json::Value;

pub use alone::{step_of_source, step_of_value};
pub use changes::{Change, changes};
pub use check::Catalog;
pub use document::{Document, LARGEST};
pub use duration::{BadDuration, parse_duration};
pub use event_pattern::DATASET_CHANGED;
pub use model::{
    Backoff, CachePolicy, Concurrency, Definition, Misfire, OnError, Overlap, ReplyWhen,
    RetryPolicy, Step, StepId, Timing, Trigger, Webhook,
};
pub use params::{BadParams, ParamsSchema};
pub use print::to_yaml;
pub use problem::{Place, Problem, Severity};
pub use schedule::{BadSchedule, Schedule};
pub use schema::json_schema;

/// Most problems that are told at once.
const MOST_PROBLEMS: usize = 100;

/// Reads and checks a text, YAML or JSON.
pub fn parse_source(source: &str, catalog: &Catalog) -> Result<Definition, Vec<Problem>> {
    parse(Document::of_text(source)?, catalog)
}

/// Reads and checks a value that came as JSON.
pub fn parse_value(value: &Value, catalog: &Catalog) -> Result<Definition, Vec<Problem>> {
    parse(Document::of_json(value)?, catalog)
}

fn parse(mut document: Document, catalog: &Catalog) -> Result<Definition, Vec<Problem>> {
    let mut problems = std::mem::take(&mut document.problems);
    let (definition, found) = read::read(&document);
    problems.extend(found);
    if let Some(definition) = &definition {
        check::check(definition, &document, catalog, &mut problems);
    }
    problems.sort_by_key(|problem| problem.place.map(|place| (place.line, place.column)));
    match definition {
        Some(definition) if !problems.iter().any(Problem::is_error) => {
            Ok(Definition { advice: at_most(problems), ..definition })
        }
        _ => Err(at_most(problems)),
    }
}

/// Nobody reads more, and a broken document of a megabyte may hold one per word.
fn at_most(mut problems: Vec<Problem>) -> Vec<Problem> {
    let more = problems.len().saturating_sub(MOST_PROBLEMS);
    problems.truncate(MOST_PROBLEMS);
    if more > 0 {
        let (zh, en) = (format!("还有 {more} 个问题"), format!("there are {more} more problems"));
        problems.push(Problem::new("", None, "MORE_PROBLEMS", zh, en));
    }
    problems
}

/// Reads a definition that was checked when it was saved.
pub fn parse_stored(model: &Value) -> Result<Definition, Vec<Problem>> {
    let document = Document::of_json(model)?;
    let (definition, problems) = read::read(&document);
    definition.ok_or(problems)
}
