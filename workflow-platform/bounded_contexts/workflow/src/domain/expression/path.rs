//! Plain paths: `item.book_id`, `steps.rank.output.books[0]`.

use std::borrow::Cow;

use serde_json::Value;

use super::{
    Scope, StepView, SyntaxError,
    analyse::{Names, must_be_named},
    compile::unknown_variable,
    shape::wrong,
};

/// One step down.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    Key(String),
    Index(usize),
}

/// A variable and the way down from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Path {
    root: String,
    segments: Vec<Segment>,
}

/// Words of CEL that look like a variable.
const WORDS: [&str; 4] = ["true", "false", "null", "in"];

impl Path {
    /// Reads the expression as a path, if it is one.
    pub fn parse(source: &str) -> Option<Self> {
        let (root, mut rest) = identifier(source)?;
        if WORDS.contains(&root) {
            return None;
        }
        let mut segments = Vec::new();
        while !rest.is_empty() {
            let (segment, left) = segment(rest)?;
            segments.push(segment);
            rest = left;
        }
        Some(Self { root: root.to_owned(), segments })
    }

    /// What it refers to, or why that cannot be.
    pub fn names(&self) -> Result<Names, SyntaxError> {
        if !Scope::VARIABLES.contains(&self.root.as_str()) {
            return Err(unknown_variable(&self.root));
        }
        let mut names = Names::default();
        names.variables.insert(self.root.clone());
        let root = self.root.as_str();
        match self.segments.first() {
            Some(Segment::Key(name)) if root == "params" || must_be_named(root).is_some() => {
                names.below(root).insert(name.clone());
            }
            _ => {
                if let Some(message) = must_be_named(root) {
                    return Err(wrong(message));
                }
            }
        }
        Ok(names)
    }

    /// Finds the value, or says what is missing.
    pub fn find(&self, scope: &Scope) -> Result<Value, String> {
        if self.root == "steps" {
            return self.find_in_steps(scope);
        }
        let value =
            scope.variable(&self.root).ok_or_else(|| format!("there is no {} here", self.root))?;
        match value {
            Cow::Borrowed(value) => descend(value, &self.segments).cloned(),
            Cow::Owned(value) => descend(&value, &self.segments).cloned(),
        }
    }

    fn find_in_steps(&self, scope: &Scope) -> Result<Value, String> {
        let Some((Segment::Key(id), rest)) = self.segments.split_first() else {
            return Err("name a step after `steps`".to_owned());
        };
        let view = scope.steps.get(id).ok_or_else(|| format!("step {id} has no result"))?;
        let Some((Segment::Key(field), rest)) = rest.split_first() else {
            return Err(format!("name output, outputs, status or error after `steps.{id}`"));
        };
        in_view(view, field, rest)
    }
}

fn in_view(view: &StepView, field: &str, rest: &[Segment]) -> Result<Value, String> {
    match (field, rest.split_first()) {
        ("output", _) => descend(&view.output, rest).cloned(),
        ("outputs", None) => Ok(Value::Array(view.outputs.clone())),
        ("outputs", Some((Segment::Index(index), rest))) => {
            let value =
                view.outputs.get(*index).ok_or_else(|| format!("there is no item {index}"))?;
            descend(value, rest).cloned()
        }
        ("status", None) => Ok(Value::String(view.status.clone())),
        ("error", _) => descend(&view.error, rest).cloned(),
        _ => Err(format!("a step has no {field}")),
    }
}

fn descend<'a>(mut value: &'a Value, segments: &[Segment]) -> Result<&'a Value, String> {
    for segment in segments {
        let found = match segment {
            Segment::Key(key) => value.get(key),
            Segment::Index(index) => value.get(index),
        };
        value = found.ok_or_else(|| match segment {
            Segment::Key(key) => format!("there is no key {key:?}"),
            Segment::Index(index) => format!("there is no item {index}"),
        })?;
    }
    Ok(value)
}

fn identifier(text: &str) -> Option<(&str, &str)> {
    let fits = |(at, c): (usize, char)| {
        c == '_' || c.is_ascii_alphabetic() || (at > 0 && c.is_ascii_digit())
    };
    let end = text.char_indices().find(|found| !fits(*found)).map_or(text.len(), |(at, _)| at);
    (end > 0).then(|| text.split_at(end))
}

fn segment(text: &str) -> Option<(Segment, &str)> {
    if let Some(rest) = text.strip_prefix('.') {
        let (key, rest) = identifier(rest)?;
        return Some((Segment::Key(key.to_owned()), rest));
    }
    let (inner, rest) = text.strip_prefix('[')?.split_once(']')?;
    let inner = inner.trim();
    if let Ok(index) = inner.parse() {
        return Some((Segment::Index(index), rest));
    }
    let quote = inner.chars().next().filter(|letter| "\"'".contains(*letter))?;
    let key = inner.strip_prefix(quote)?.strip_suffix(quote)?;
    let plain = !key.contains(['"', '\'', '\\']);
    plain.then(|| (Segment::Key(key.to_owned()), rest))
}
