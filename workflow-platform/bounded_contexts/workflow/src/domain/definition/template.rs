//! From a node to a template.

use std::sync::Arc;

use serde_json::Value;

use super::{
    Problem,
    node::{Data, Node},
};
use crate::domain::expression::{Compiled, SyntaxError, Template};

/// Compiles every text inside; what cannot be compiled is noted.
pub(super) fn template(node: &Node, path: &str, problems: &mut Vec<Problem>) -> Template {
    match &node.data {
        Data::Text(text) => match Template::of_text(text) {
            Ok(template) => template,
            Err(error) => {
                problems.push(bad_expression(node, path, &error));
                Template::Literal(Value::String(text.clone()))
            }
        },
        Data::List(items) => list(items, path, problems),
        Data::Map(entries) => {
            let compile = |(key, value): &(super::node::Key, Node)| {
                let below = format!("{path}.{}", key.name);
                (key.name.clone(), template(value, &below, problems))
            };
            folded(Template::Map(entries.iter().map(compile).collect()))
        }
        _ => Template::Literal(node.to_json()),
    }
}

fn list(items: &[Node], path: &str, problems: &mut Vec<Problem>) -> Template {
    let compile =
        |(index, item): (usize, &Node)| template(item, &format!("{path}[{index}]"), problems);
    folded(Template::List(items.iter().enumerate().map(compile).collect()))
}

/// What holds no expression is one literal.
fn folded(template: Template) -> Template {
    match template {
        Template::List(items) if items.iter().all(is_literal) => {
            Template::Literal(Value::Array(items.into_iter().filter_map(literal).collect()))
        }
        Template::Map(entries) if entries.iter().all(|(_, value)| is_literal(value)) => {
            let fields =
                entries.into_iter().filter_map(|(key, value)| Some((key, literal(value)?)));
            Template::Literal(Value::Object(fields.collect()))
        }
        other => other,
    }
}

const fn is_literal(template: &Template) -> bool {
    matches!(template, Template::Literal(_))
}

fn literal(template: Template) -> Option<Value> {
    match template {
        Template::Literal(value) => Some(value),
        _ => None,
    }
}

/// A value that must be one whole expression; a bare text is taken as one.
pub(super) fn expression(node: &Node, path: &str, problems: &mut Vec<Problem>) -> Option<Template> {
    let text = node.text()?;
    if text.contains("${{") {
        let found = template(node, path, problems);
        if matches!(found, Template::Text(_)) {
            let en = "must be one whole expression, without text around it";
            problems.push(Problem::new(
                path,
                node.place,
                "BAD_EXPRESSION",
                "必须是一个完整的表达式",
                en,
            ));
        }
        return Some(found);
    }
    match Compiled::parse(text) {
        Ok(compiled) => Some(Template::Whole(Arc::new(compiled))),
        Err(error) => {
            problems.push(bad_expression(node, path, &error));
            None
        }
    }
}

fn bad_expression(node: &Node, path: &str, error: &SyntaxError) -> Problem {
    Problem::new(
        path,
        node.place,
        "BAD_EXPRESSION",
        format!("表达式有误：{error}"),
        format!("the expression cannot be used: {error}"),
    )
}
