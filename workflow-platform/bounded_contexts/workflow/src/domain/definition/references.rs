//! Whether what expressions name is there when they are evaluated.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use serde_json::Value;

use super::{
    Definition, Document, Place, Problem, Step, StepId,
    check::{ELSEWHERE, Group, Placed},
};
use crate::domain::expression::{Compiled, Scope, Template};

/// What can be named at a point of the definition.
pub(super) struct Known<'a> {
    /// Steps of the lists before, which have all settled.
    pub steps: BTreeSet<&'a str>,
    /// All parameters; `None` when the schema leaves room for others.
    params: Option<HashSet<&'a str>>,
}

impl<'a> Known<'a> {
    pub fn of(definition: &'a Definition) -> Self {
        let schema = definition.params.schema();
        let is_closed = schema.get("additionalProperties") == Some(&Value::Bool(false))
            && schema.get("patternProperties").is_none();
        let properties = schema.get("properties").and_then(Value::as_object);
        let names = || properties.into_iter().flat_map(|all| all.keys().map(String::as_str));
        Self { steps: BTreeSet::new(), params: is_closed.then(|| names().collect()) }
    }

    fn check_params(&self, expression: &Compiled, at: &At, problems: &mut Vec<Problem>) {
        let Some(declared) = &self.params else { return };
        for name in expression.params().filter(|name| !declared.contains(name)) {
            problems.push(Problem::new(
                at.0.clone(),
                at.1,
                "UNKNOWN_PARAM",
                format!("params 中没有声明参数 {name}"),
                format!("there is no parameter {name}; declare it under params.properties"),
            ));
        }
    }
}

/// A path and a place.
type At = (String, Option<Place>);

/// A result can be used when the step that gives it must have settled before.
pub(super) fn check_steps(group: &Group<'_>, known: &Known<'_>, problems: &mut Vec<Problem>) {
    let ancestors = ancestors(group);
    for placed in &group.steps {
        let settled = ancestors.get(placed.step.id.as_str());
        for (key, expression) in placed.step.placed_expressions() {
            let at = group.at(placed, key);
            check_secrets(placed.step, key, expression, &at, problems);
            for named in expression.steps() {
                let is_met = known.steps.contains(named)
                    || settled.is_some_and(|settled| settled.contains(named));
                if !is_met {
                    problems.push(unmet(group, placed, &at, named));
                }
            }
            known.check_params(expression, &at, problems);
            let has_items = placed.step.for_each.is_some() && matches!(key, "with" | "cache");
            if !has_items && names_item(expression) {
                problems.push(Problem::new(
                    at.0,
                    at.1,
                    "NO_ITEM",
                    "只有 for_each 步骤的 with 和 cache 中才有 item 和 index",
                    "item and index exist in `with` and `cache` of steps with for_each only",
                ));
            }
        }
    }
}

fn names_item(expression: &Compiled) -> bool {
    expression.uses("item") || expression.uses("index")
}

fn unmet(group: &Group<'_>, placed: &Placed<'_>, at: &At, named: &str) -> Problem {
    let id = &placed.step.id;
    let is_known = group.steps.iter().any(|placed| placed.step.id.as_str() == named);
    if is_known {
        return Problem::new(
            at.0.clone(),
            at.1,
            "STEP_NOT_NEEDED",
            format!("步骤 {id} 不等待步骤 {named}，请加入 needs"),
            format!("step {id} does not wait for {named}; add it to needs"),
        );
    }
    unknown_step(named, at)
}

fn unknown_step(named: &str, at: &At) -> Problem {
    let (zh, en) = (format!("没有步骤 {named}"), format!("there is no step {named}"));
    Problem::new(at.0.clone(), at.1, "UNKNOWN_STEP", zh, en)
}

/// For each step, all that it waits for, directly or not.
fn ancestors<'a>(group: &Group<'a>) -> HashMap<&'a str, HashSet<&'a str>> {
    let by_id: HashMap<_, _> =
        group.steps.iter().map(|placed| (placed.step.id.as_str(), placed.step)).collect();
    let mut all = HashMap::new();
    for placed in &group.steps {
        let mut found = HashSet::new();
        let mut open: Vec<&'a StepId> = placed.step.needs.iter().collect();
        while let Some(need) = open.pop() {
            if found.insert(need.as_str())
                && let Some(step) = by_id.get(need.as_str())
            {
                open.extend(&step.needs);
            }
        }
        all.insert(placed.step.id.as_str(), found);
    }
    all
}

type Placement<'a> = (&'static str, &'a Arc<Compiled>);

impl Step {
    /// Each with the key that it stands under.
    fn placed_expressions(&self) -> Vec<Placement<'_>> {
        let condition = self.condition.iter().map(|template| ("if", &**template));
        let list = self.for_each.iter().map(|template| ("for_each", template));
        let cache = self.cache.iter().map(|policy| ("cache", &policy.key));
        let all = condition.chain(list).chain([("with", &self.with)]).chain(cache);
        all.flat_map(|(key, template)| {
            template.expressions().into_iter().map(move |expression| (key, expression))
        })
        .collect()
    }

    pub(super) fn expressions(&self) -> Vec<&Arc<Compiled>> {
        self.placed_expressions().into_iter().map(|(_, expression)| expression).collect()
    }
}

/// A secret goes to the action that needs it, and nowhere that somebody may read.
fn check_secrets(
    step: &Step,
    key: &str,
    expression: &Compiled,
    at: &At,
    problems: &mut Vec<Problem>,
) {
    let Some(name) = expression.secrets().next() else { return };
    let (zh, en) = match key {
        "with" if step.spread => {
            ("spread 步骤的条目会被保存", "the items of a step that is spread are stored")
        }
        "with" if ELSEWHERE.contains(&step.uses.as_str()) => {
            ("该步骤的输入会被保存", "what this kind of step is given is stored")
        }
        "with" => return,
        _ => ("密钥只能用于 with", "secrets may be used in `with` only"),
    };
    problems.push(Problem::new(
        at.0.clone(),
        at.1,
        "SECRET_EXPOSED",
        format!("secrets.{name} 会被记录下来：{zh}"),
        format!("secrets.{name} would be seen: {en}"),
    ));
}

/// Outputs see all steps.
pub(super) fn check_outputs(
    definition: &Definition,
    document: &Document,
    known: &Known<'_>,
    problems: &mut Vec<Problem>,
) {
    let outputs = document.root.get("outputs");
    for (name, template) in &definition.outputs {
        let node = outputs.and_then(|outputs| outputs.get(name));
        let at: At = (format!("outputs.{name}"), node.and_then(|node| node.place));
        for expression in template.expressions() {
            let unknown = expression.steps().filter(|named| !known.steps.contains(named));
            problems.extend(unknown.map(|named| unknown_step(named, &at)));
            known.check_params(expression, &at, problems);
            if let Some(name) = expression.secrets().next() {
                let (zh, en) = ("会出现在结果中", "would be seen among the outputs");
                let (zh, en) = (format!("secrets.{name} {zh}"), format!("secrets.{name} {en}"));
                problems.push(Problem::new(at.0.clone(), at.1, "SECRET_EXPOSED", zh, en));
            }
            if names_item(expression) {
                let zh = "outputs 中没有 item 和 index";
                let en = "there is no item and no index in outputs";
                problems.push(Problem::new(at.0.clone(), at.1, "NO_ITEM", zh, en));
            }
        }
    }
}

/// The key is wanted before anything ran.
pub(super) fn check_concurrency(
    definition: &Definition,
    document: &Document,
    known: &Known<'_>,
    problems: &mut Vec<Problem>,
) {
    let Some(concurrency) = &definition.concurrency else { return };
    let node = document.root.get("concurrency").and_then(|node| node.get("key"));
    let at: At = ("concurrency.key".to_owned(), node.and_then(|node| node.place));
    for expression in concurrency.key.expressions() {
        known.check_params(expression, &at, problems);
        check_early(expression, &["params", "trigger", "now"], &at, problems);
    }
}

/// Whether an event is to start a run is asked before there is one.
pub(super) fn check_conditions(
    definition: &Definition,
    document: &Document,
    problems: &mut Vec<Problem>,
) {
    for (index, trigger) in definition.triggers.iter().enumerate() {
        let Some(Ok(condition)) = trigger.condition.as_deref().map(Template::of_condition) else {
            continue;
        };
        let node = document.root.get("triggers").map(|list| list.at([index.to_string().as_str()]));
        let node = node.map(|node| node.get("if").unwrap_or(node));
        let at: At = (format!("triggers[{index}].if"), node.and_then(|node| node.place));
        for expression in condition.expressions() {
            check_early(expression, &["trigger", "now"], &at, problems);
        }
    }
}

fn check_early(expression: &Compiled, early: &[&str], at: &At, problems: &mut Vec<Problem>) {
    let is_late = |name: &&&str| !early.contains(*name);
    if Scope::VARIABLES.iter().filter(is_late).any(|name| expression.uses(name)) {
        let (zh, en) = (early.join("、"), early.join(", "));
        problems.push(Problem::new(
            at.0.clone(),
            at.1,
            "NOT_KNOWN_YET",
            format!("此处只能使用 {zh}"),
            format!("only {en} are known here"),
        ));
    }
}
