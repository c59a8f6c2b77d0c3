//! One item of a step with `spread`, as an execution of its own.

use std::sync::Arc;

use serde_json::Value;

use super::{Created, Fragment};
use crate::domain::{
    definition::{Definition, OnError, ParamsSchema, Step},
    expression::Template,
};

/// Under which the item's result stands among the outputs.
pub(super) const OUTPUT: &str = "output";

/// What an execution that was created so runs: the definition, or a single step of it. `None`
/// when the definition has no such step.
pub fn definition_of(definition: &Arc<Definition>, created: &Created) -> Option<Arc<Definition>> {
    part_of(definition, created.fragment.as_ref())
}

pub(super) fn part_of(
    definition: &Arc<Definition>,
    fragment: Option<&Fragment>,
) -> Option<Arc<Definition>> {
    let Some(fragment) = fragment else { return Some(Arc::clone(definition)) };
    let lists = [&definition.steps, &definition.on_failure, &definition.finally];
    let mut steps = lists.into_iter().flatten();
    let step = steps.find(|step| step.id.as_str() == fragment.step)?;
    Some(Arc::new(only(definition, step, fragment)))
}

fn only(definition: &Definition, step: &Step, fragment: &Fragment) -> Definition {
    let result = Template::of_text(&format!("${{{{ steps.{}.output }}}}", step.id));
    Definition {
        variables: Vec::new(),
        advice: Vec::new(),
        name: definition.name.clone(),
        description: None,
        params: ParamsSchema::new(Value::Null),
        triggers: Vec::new(),
        concurrency: None,
        priority: definition.priority,
        timeout: None,
        steps: vec![Step {
            with: Template::Literal(fragment.input.clone()),
            secrets: Vec::new(),
            needs: Vec::new(),
            condition: None,
            for_each: None,
            max_parallel: 1,
            spread: false,
            on_error: OnError::Fail,
            ..step.clone()
        }],
        on_failure: Vec::new(),
        finally: Vec::new(),
        outputs: vec![(OUTPUT.to_owned(), result.unwrap_or_default())],
        model: Value::Null,
    }
}
