//! Inputs of steps against the schemas of their actions.

use jsonschema::{ValidationError, error::ValidationErrorKind};
use serde_json::Value;

use super::{
    Problem,
    check::CatalogEntry,
    node::{Data, Node},
};

/// Notes where the input cannot fit. Values that are expressions are known only when run.
pub(super) fn check_input(
    entry: &CatalogEntry,
    with: Option<&Node>,
    step: &Node,
    path: &str,
    problems: &mut Vec<Problem>,
) {
    let empty = Value::Object(serde_json::Map::new());
    let value = with.map_or(empty, Node::to_json);
    let root = with.unwrap_or(step);
    for error in entry.validator.iter_errors(&value).take(20) {
        let pointer = error.instance_path().as_str().to_owned();
        let segments: Vec<String> = pointer.split('/').skip(1).map(unescaped).collect();
        let node = root.at(segments.iter().map(String::as_str));
        if may_fit_later(&error, node) {
            continue;
        }
        let message: String = error.to_string().chars().take(300).collect();
        problems.push(Problem::new(
            dotted(path, &segments),
            place_of(&error, node),
            "BAD_INPUT",
            format!("{} 的输入有误：{message}", entry.name),
            format!("does not fit {}: {message}", entry.name),
        ));
    }
}

/// An unknown property is pointed at itself, not at the map around it.
fn place_of(error: &ValidationError<'_>, node: &Node) -> Option<super::Place> {
    if let (ValidationErrorKind::AdditionalProperties { unexpected }, Data::Map(entries)) =
        (error.kind(), &node.data)
    {
        let key = entries.iter().find(|(key, _)| unexpected.contains(&key.name));
        return key.and_then(|(key, _)| key.place).or(node.place);
    }
    node.place
}

fn may_fit_later(error: &ValidationError<'_>, node: &Node) -> bool {
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { .. } | ValidationErrorKind::Required { .. } => {
            false
        }
        _ => has_expression(node),
    }
}

fn has_expression(node: &Node) -> bool {
    match &node.data {
        Data::Text(text) => text.contains("${{"),
        Data::List(items) => items.iter().any(has_expression),
        Data::Map(entries) => entries.iter().any(|(_, value)| has_expression(value)),
        _ => false,
    }
}

fn unescaped(segment: &str) -> String {
    segment.replace("~1", "/").replace("~0", "~")
}

fn dotted(path: &str, segments: &[String]) -> String {
    segments.iter().fold(path.to_owned(), |path, segment| {
        if segment.bytes().all(|b| b.is_ascii_digit()) {
            format!("{path}[{segment}]")
        } else {
            format!("{path}.{segment}")
        }
    })
}
