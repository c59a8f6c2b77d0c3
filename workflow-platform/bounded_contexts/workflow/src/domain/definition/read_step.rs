//! One step of a document.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    Backoff, CachePolicy, OnError, RetryPolicy, Step, StepId,
    node::{Data, Node},
    read::Notes,
    template::{expression, template},
};
use crate::domain::expression::Template;

const KEYS: [&str; 13] = [
    "id",
    "uses",
    "with",
    "needs",
    "if",
    "for_each",
    "max_parallel",
    "spread",
    "cache",
    "retry",
    "timeout",
    "on_error",
    "name",
];

const ON_ERROR: [(&str, OnError); 2] = [("fail", OnError::Fail), ("continue", OnError::Continue)];

const BACKOFF: [(&str, Backoff); 3] =
    [("fixed", Backoff::Fixed), ("linear", Backoff::Linear), ("exponential", Backoff::Exponential)];

/// Sorted, each once.
fn secrets_of(with: &Template) -> Vec<String> {
    let expressions = with.expressions();
    let names = expressions.iter().flat_map(|expression| expression.secrets());
    let names: BTreeSet<String> = names.map(str::to_owned).collect();
    names.into_iter().collect()
}

/// The step, unless it has no usable id. It needs the one before it unless it says otherwise.
pub(super) fn step(
    node: &Node,
    path: &str,
    before: Option<StepId>,
    notes: &mut Notes,
) -> Option<Step> {
    notes.map(path, node, &KEYS);
    if !matches!(node.data, Data::Map(_)) {
        return None;
    }
    let at = |key: &str| format!("{path}.{key}");
    let uses = match node.get("uses") {
        None => {
            notes.missing(path, node, "uses");
            String::new()
        }
        found => notes.text(&at("uses"), found).unwrap_or_default(),
    };
    let needs = match node.get("needs") {
        None => before.into_iter().collect(),
        Some(needs) => needs_of(needs, &at("needs"), notes),
    };
    let id = id(node, path, notes);
    let condition = node.get("if").and_then(|node| condition(node, &at("if"), notes));
    let with = with(node, &at("with"), notes);
    let step = Step {
        uses,
        secrets: secrets_of(&with),
        with,
        needs,
        condition: condition.map(Arc::new),
        for_each: node.get("for_each").map(|list| for_each(list, &at("for_each"), notes)),
        max_parallel: notes
            .number(&at("max_parallel"), node.get("max_parallel"), 1, 1000)
            .unwrap_or(1),
        spread: notes.flag(&at("spread"), node.get("spread")).unwrap_or_default(),
        retry: node
            .get("retry")
            .map(|retry| self::retry(retry, &at("retry"), notes))
            .unwrap_or_default(),
        cache: node.get("cache").and_then(|node| cache(node, &at("cache"), notes)),
        timeout: notes.duration(&at("timeout"), node.get("timeout")),
        on_error: notes
            .choice(&at("on_error"), node.get("on_error"), &ON_ERROR)
            .unwrap_or_default(),
        id: id?,
    };
    Some(step)
}

fn id(node: &Node, path: &str, notes: &mut Notes) -> Option<StepId> {
    let Some(found) = node.get("id") else {
        notes.missing(path, node, "id");
        return None;
    };
    let path = format!("{path}.id");
    let text = notes.text(&path, Some(found))?;
    let id = StepId::parse(&text);
    if id.as_ref().is_some_and(StepId::is_reserved) {
        let en = format!("{text} is a word of the expression language and cannot be an id");
        notes.add(&path, found, "RESERVED_NAME", format!("{text} 是表达式的保留字"), en);
    }
    if id.is_none() {
        notes.add(
            &path,
            found,
            "BAD_STEP_ID",
            "步骤标识由字母、数字和下划线组成，不能以数字开头，最长 64 个字符",
            "must be 1 to 64 letters, digits or _, and not begin with a digit",
        );
    }
    id
}

fn needs_of(node: &Node, path: &str, notes: &mut Notes) -> Vec<StepId> {
    let one = std::slice::from_ref(node);
    let items = if node.text().is_some() { one } else { notes.list(path, Some(node), 500) };
    let mut needs = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let at = format!("{path}[{index}]");
        let Some(text) = notes.text(&at, Some(item)) else { continue };
        match StepId::parse(&text) {
            Some(id) if !needs.contains(&id) => needs.push(id),
            Some(_) => {}
            None => notes.add(
                &at,
                item,
                "UNKNOWN_STEP",
                format!("没有步骤 {text:?}"),
                format!("there is no step {text:?}"),
            ),
        }
    }
    needs
}

fn with(node: &Node, path: &str, notes: &mut Notes) -> Template {
    match node.get("with") {
        None => Template::default(),
        Some(found) if matches!(found.data, Data::Map(_)) => template(found, path, &mut notes.0),
        Some(found) => {
            notes.wrong_type(path, found, "映射", "a map");
            Template::default()
        }
    }
}

fn condition(node: &Node, path: &str, notes: &mut Notes) -> Option<Template> {
    match &node.data {
        Data::Bool(value) => Some(Template::Literal((*value).into())),
        Data::Text(_) => expression(node, path, &mut notes.0),
        _ => {
            notes.wrong_type(path, node, "表达式", "an expression");
            None
        }
    }
}

fn for_each(node: &Node, path: &str, notes: &mut Notes) -> Template {
    match &node.data {
        Data::List(_) => template(node, path, &mut notes.0),
        Data::Text(_) => expression(node, path, &mut notes.0).unwrap_or_default(),
        _ => {
            notes.wrong_type(path, node, "列表或表达式", "a list or an expression that gives one");
            Template::default()
        }
    }
}

/// Both keys are required.
fn cache(node: &Node, path: &str, notes: &mut Notes) -> Option<CachePolicy> {
    notes.map(path, node, &["key", "ttl"]);
    for name in ["key", "ttl"] {
        if node.get(name).is_none() {
            notes.missing(path, node, name);
        }
    }
    let key = template(node.get("key")?, &format!("{path}.key"), &mut notes.0);
    let ttl = notes.duration(&format!("{path}.ttl"), node.get("ttl"))?;
    Some(CachePolicy { key, ttl })
}

fn retry(node: &Node, path: &str, notes: &mut Notes) -> RetryPolicy {
    notes.map(path, node, &["max_attempts", "backoff", "initial", "max", "jitter"]);
    let at = |key: &str| format!("{path}.{key}");
    let default = RetryPolicy::default();
    let jitter = notes.flag(&at("jitter"), node.get("jitter")).unwrap_or(default.jitter);
    RetryPolicy {
        max_attempts: notes
            .number(&at("max_attempts"), node.get("max_attempts"), 1, 100)
            .unwrap_or(3),
        backoff: notes.choice(&at("backoff"), node.get("backoff"), &BACKOFF).unwrap_or_default(),
        initial: notes.duration(&at("initial"), node.get("initial")).unwrap_or(default.initial),
        max: notes.duration(&at("max"), node.get("max")).unwrap_or(default.max),
        jitter,
    }
}
