//! What is allowed and hardly meant.

use serde_json::Value;

use super::{
    Definition, Document, Problem, Severity, Timing,
    check::{ELSEWHERE, Group, Placed},
};
use crate::domain::{execution::WORKFLOW_RUN, expression::Template};

/// A problem that keeps nobody from saving.
fn advice(
    at: (String, Option<super::Place>),
    code: &'static str,
    zh: impl Into<String>,
    en: impl Into<String>,
) -> Problem {
    Problem { severity: Severity::Warning, ..Problem::new(at.0, at.1, code, zh, en) }
}

/// Steps that never run, and settings that change nothing.
pub(super) fn advise_on_steps(group: &Group<'_>, problems: &mut Vec<Problem>) {
    for placed in &group.steps {
        let step = placed.step;
        if let Some(key) = never(placed) {
            let (zh, en) = ("该步骤永远不会运行", "the step never runs");
            problems.push(advice(group.at(placed, key), "NEVER_RUNS", zh, en));
        }
        let has = |key: &str| placed.node.is_some_and(|node| node.get(key).is_some());
        let waits = ELSEWHERE.contains(&step.uses.as_str()) && step.uses != WORKFLOW_RUN;
        for key in ["timeout", "retry"].into_iter().filter(|key| waits && has(key)) {
            let zh = format!("{key} 对等待步骤无效");
            let en = format!("{key} changes nothing for a step that waits");
            problems.push(advice(group.at(placed, key), "NO_EFFECT", zh, en));
        }
        if step.for_each.is_none() && has("max_parallel") {
            let zh = "没有 for_each 时 max_parallel 无效";
            let en = "max_parallel changes nothing without for_each";
            problems.push(advice(group.at(placed, "max_parallel"), "NO_EFFECT", zh, en));
        }
    }
}

/// The key that keeps a step from running whatever happens.
fn never(placed: &Placed<'_>) -> Option<&'static str> {
    let literal = |template: &Template| match template {
        Template::Literal(value) => Some(value.clone()),
        _ => None,
    };
    let condition = placed.step.condition.as_deref().and_then(literal);
    let items = placed.step.for_each.as_ref().and_then(literal);
    if condition == Some(Value::Bool(false)) {
        return Some("if");
    }
    items.filter(|items| items.as_array().is_some_and(Vec::is_empty)).map(|_| "for_each")
}

/// Settings of clocks where there is none.
pub(super) fn advise_on_triggers(
    definition: &Definition,
    document: &Document,
    problems: &mut Vec<Problem>,
) {
    let Some(list) = document.root.get("triggers") else { return };
    for (index, trigger) in definition.triggers.iter().enumerate() {
        let node = list.at([index.to_string().as_str()]);
        let idle: &[&str] = match trigger.timing {
            Timing::Cron { .. } => &[],
            Timing::Interval { .. } | Timing::At { .. } => &["timezone"],
            Timing::Event { .. } | Timing::Dataset { .. } => &["timezone", "misfire"],
            Timing::Webhook { .. } => &["timezone", "misfire", "overlap"],
        };
        for (key, found) in idle.iter().filter_map(|key| Some((key, node.get(key)?))) {
            let at = (format!("triggers[{index}].{key}"), found.place);
            let kind = trigger.timing.kind();
            let zh = format!("{key} 对 {kind} 触发器无效");
            let en = format!("{key} changes nothing for a trigger with {kind}");
            problems.push(advice(at, "NO_EFFECT", zh, en));
        }
    }
}
