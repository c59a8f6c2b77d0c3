//! From the text of a value to a template.

use std::sync::Arc;

use serde_json::Value;

use super::{Compiled, SyntaxError, shape::end_of};

/// A value in which expressions may stand.
#[derive(Debug, Clone)]
pub enum Template {
    /// No expression inside.
    Literal(Value),
    Whole(Arc<Compiled>),
    Text(Vec<Part>),
    List(Vec<Self>),
    Map(Vec<(String, Self)>),
}

/// A piece of a text with expressions.
#[derive(Debug, Clone)]
pub enum Part {
    Plain(String),
    Expression(Arc<Compiled>),
}

impl Default for Template {
    fn default() -> Self {
        Self::Literal(Value::Object(serde_json::Map::new()))
    }
}

impl Template {
    /// Compiles a text; what is no expression stays as it is.
    pub fn of_text(text: &str) -> Result<Self, SyntaxError> {
        let mut parts = pieces(text)?;
        Ok(match (parts.len(), parts.pop()) {
            (_, None) => Self::Literal(Value::String(String::new())),
            (1, Some(Part::Plain(plain))) => Self::Literal(Value::String(plain)),
            (1, Some(Part::Expression(whole))) => Self::Whole(whole),
            (_, Some(last)) => {
                parts.push(last);
                Self::Text(parts)
            }
        })
    }

    /// Compiles a condition; a bare text is one whole expression.
    pub fn of_condition(text: &str) -> Result<Self, SyntaxError> {
        if text.contains("${{") {
            return Self::of_text(text);
        }
        Ok(Self::Whole(Arc::new(Compiled::parse(text)?)))
    }

    /// Expressions anywhere inside.
    pub fn expressions(&self) -> Vec<&Arc<Compiled>> {
        match self {
            Self::Literal(_) => Vec::new(),
            Self::Whole(whole) => vec![whole],
            Self::Text(parts) => parts
                .iter()
                .filter_map(|part| match part {
                    Part::Plain(_) => None,
                    Part::Expression(expression) => Some(expression),
                })
                .collect(),
            Self::List(items) => items.iter().flat_map(Self::expressions).collect(),
            Self::Map(entries) => {
                entries.iter().flat_map(|(_, value)| value.expressions()).collect()
            }
        }
    }
}

fn pieces(text: &str) -> Result<Vec<Part>, SyntaxError> {
    let mut parts = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("${{") {
        if rest[..at].ends_with('$') {
            plain.push_str(&rest[..at - 1]);
            plain.push_str("${{");
            rest = &rest[at + 3..];
            continue;
        }
        plain.push_str(&rest[..at]);
        let inner = &rest[at + 3..];
        let end = end_of(inner)?;
        if !plain.is_empty() {
            parts.push(Part::Plain(std::mem::take(&mut plain)));
        }
        parts.push(Part::Expression(Arc::new(Compiled::parse(&inner[..end])?)));
        rest = &inner[end + 2..];
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        parts.push(Part::Plain(plain));
    }
    Ok(parts)
}
