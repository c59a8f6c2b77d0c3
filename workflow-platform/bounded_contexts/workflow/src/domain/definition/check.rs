//! What the steps of a definition say of each other and of the actions they use.

use std::collections::{BTreeMap, HashMap, HashSet};

use jsonschema::Validator;
use serde_json::{Value, json};
use shared_kernel::{
    application::{ActionDescriptor, ActionError, ActionTexts},
    domain::{Locale, Timestamp},
};

use super::{
    Definition, Document, Place, Problem, Step, StepId,
    advice::{advise_on_steps, advise_on_triggers},
    duration::parse_duration,
    input_check::check_input,
    node::{Data, Node},
    params::{BadParams, validator},
    read::nearest,
    references::{Known, check_concurrency, check_conditions, check_outputs, check_steps},
};
use crate::domain::execution::{WAIT_FOR, WAIT_SIGNAL, WAIT_UNTIL, WORKFLOW_RUN};

/// An action that definitions may use.
#[derive(Debug)]
pub(super) struct CatalogEntry {
    pub name: String,
    pub validator: Validator,
}

/// All actions that definitions may use.
#[derive(Debug, Default)]
pub struct Catalog {
    entries: BTreeMap<String, CatalogEntry>,
    descriptors: Vec<ActionDescriptor>,
    chinese: Vec<ActionDescriptor>,
}

impl Catalog {
    /// Actions whose input schema cannot be used are a fault of the build and left out.
    pub fn new(descriptors: Vec<ActionDescriptor>) -> Self {
        let entry = |descriptor: &ActionDescriptor| {
            let validator = validator(&descriptor.input_schema).ok()?;
            let name = descriptor.name.clone();
            Some((name.clone(), CatalogEntry { name, validator }))
        };
        let entries = descriptors.iter().filter_map(entry).collect();
        Self { entries, chinese: descriptors.clone(), descriptors }
    }

    /// With what the actions are in Chinese.
    #[must_use]
    pub fn told_in_chinese(self, texts: &ActionTexts) -> Self {
        let chinese = self.descriptors.iter().map(|action| texts.tell(action)).collect();
        Self { chinese, ..self }
    }

    pub fn descriptors(&self) -> &[ActionDescriptor] {
        &self.descriptors
    }

    pub fn descriptors_in(&self, locale: Locale) -> &[ActionDescriptor] {
        match locale {
            Locale::ZhCn => &self.chinese,
            Locale::En => &self.descriptors,
        }
    }

    /// Whether the action takes this input, of which no value is an expression any more.
    pub fn check_input(&self, action: &str, input: &Value) -> Result<(), ActionError> {
        let Some(entry) = self.entries.get(action) else { return Ok(()) };
        let mut faults: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for error in entry.validator.iter_errors(input).take(20) {
            let path = error.instance_path().as_str().trim_start_matches('/').replace('/', ".");
            let message = error.to_string().chars().take(300).collect();
            faults.entry(path).or_default().push(message);
        }
        let Some((path, messages)) = faults.first_key_value() else { return Ok(()) };
        let message = format!("{path}: {}", messages.join("; "));
        let message = message.trim_start_matches(": ");
        Err(ActionError::permanent("INVALID_INPUT", message).with_details(json!(faults)))
    }
}

/// Looks at everything beyond the shape.
pub(super) fn check(
    definition: &Definition,
    document: &Document,
    catalog: &Catalog,
    problems: &mut Vec<Problem>,
) {
    let mut seen = HashSet::new();
    let mut known = Known::of(definition);
    let lists = [
        ("steps", &definition.steps),
        ("on_failure", &definition.on_failure),
        ("finally", &definition.finally),
    ];
    for (key, steps) in lists {
        let group = Group { key, steps: placed(steps, document, key) };
        let are_unique = group.check_ids(&mut seen, problems);
        group.check_needs(problems);
        if are_unique {
            group.check_cycle(problems);
        }
        group.check_actions(catalog, problems);
        group.check_spread(problems);
        group.check_cache(problems);
        check_steps(&group, &known, problems);
        advise_on_steps(&group, problems);
        known.steps.extend(steps.iter().map(|step| step.id.as_str()));
    }
    check_outputs(definition, document, &known, problems);
    check_concurrency(definition, document, &known, problems);
    check_triggers(definition, document, problems);
    check_conditions(definition, document, problems);
    advise_on_triggers(definition, document, problems);
}

/// Each tick starts a run with the trigger's parameters.
fn check_triggers(definition: &Definition, document: &Document, problems: &mut Vec<Problem>) {
    for (index, trigger) in definition.triggers.iter().enumerate() {
        let Err(BadParams(faults)) = definition.params.bind(trigger.params.clone()) else {
            continue;
        };
        let node = document.root.get("triggers").map(|list| list.at([index.to_string().as_str()]));
        let place = node.and_then(|node| node.get("params").unwrap_or(node).place);
        problems.extend(faults.into_iter().map(|(path, messages)| {
            let message = messages.join("; ");
            let zh = format!("与参数定义不符：{message}");
            Problem::new(format!("triggers[{index}].{path}"), place, "BAD_PARAMS", zh, message)
        }));
    }
}

/// Kinds of steps that hold no worker.
pub(super) const ELSEWHERE: [&str; 4] = [WAIT_FOR, WAIT_UNTIL, WAIT_SIGNAL, WORKFLOW_RUN];

/// A step and where it stands in its list.
pub(super) struct Placed<'a> {
    pub step: &'a Step,
    index: usize,
    pub node: Option<&'a Node>,
}

/// One list of steps.
pub(super) struct Group<'a> {
    key: &'a str,
    pub steps: Vec<Placed<'a>>,
}

/// Steps without a usable id were left out when the list was read.
fn placed<'a>(steps: &'a [Step], document: &'a Document, key: &str) -> Vec<Placed<'a>> {
    let items = match document.root.get(key).map(|node| &node.data) {
        Some(Data::List(items)) => items.as_slice(),
        _ => &[],
    };
    let mut items = items.iter().enumerate();
    steps
        .iter()
        .map(|step| {
            let is_it = |item: &Node| item.get("id").and_then(Node::text) == Some(step.id.as_str());
            let found = items.by_ref().find(|(_, item)| is_it(item));
            let index = found.map_or(0, |(index, _)| index);
            Placed { step, index, node: found.map(|(_, node)| node) }
        })
        .collect()
}

impl<'a> Group<'a> {
    /// Where a step, or one of its keys, stands.
    pub fn at(&self, placed: &Placed<'_>, key: &str) -> (String, Option<Place>) {
        let node = placed.node.map(|node| node.get(key).unwrap_or(node));
        (format!("{}[{}].{key}", self.key, placed.index), node.and_then(|node| node.place))
    }

    /// Answers whether no id of this list stands in it twice.
    fn check_ids(&self, seen: &mut HashSet<&'a str>, problems: &mut Vec<Problem>) -> bool {
        let before = problems.len();
        for placed in &self.steps {
            let id = placed.step.id.as_str();
            if !seen.insert(id) {
                let (path, place) = self.at(placed, "id");
                problems.push(Problem::new(
                    path,
                    place,
                    "DUPLICATE_STEP_ID",
                    format!("步骤标识 {id} 重复"),
                    format!("there are two steps {id}"),
                ));
            }
        }
        problems.len() == before
    }

    fn check_needs(&self, problems: &mut Vec<Problem>) {
        let known: HashSet<&StepId> = self.steps.iter().map(|placed| &placed.step.id).collect();
        for placed in &self.steps {
            for need in placed.step.needs.iter().filter(|need| !known.contains(need)) {
                let (path, place) = self.at(placed, "needs");
                problems.push(Problem::new(
                    path,
                    place,
                    "UNKNOWN_STEP",
                    format!("没有步骤 {need}"),
                    format!("there is no step {need} in {}", self.key),
                ));
            }
        }
    }

    /// Kahn's algorithm (1962): what is left when nothing more can start is in or behind a cycle.
    fn check_cycle(&self, problems: &mut Vec<Problem>) {
        let mut left: Vec<&Placed<'_>> = self.steps.iter().collect();
        loop {
            let waiting: HashSet<&StepId> = left.iter().map(|placed| &placed.step.id).collect();
            let before = left.len();
            left.retain(|placed| placed.step.needs.iter().any(|need| waiting.contains(need)));
            if left.is_empty() {
                return;
            }
            if left.len() == before {
                break;
            }
        }
        let names = cycle_in(&left).join(" → ");
        let (path, place) = self.at(left[0], "needs");
        problems.push(Problem::new(
            path,
            place,
            "CYCLE",
            format!("步骤互相等待：{names}"),
            format!("steps wait for each other: {names}"),
        ));
    }

    /// What is done elsewhere, or not done at all, has no result to keep.
    fn check_cache(&self, problems: &mut Vec<Problem>) {
        for placed in self.steps.iter().filter(|placed| placed.step.cache.is_some()) {
            if placed.step.spread || ELSEWHERE.contains(&placed.step.uses.as_str()) {
                let (path, place) = self.at(placed, "cache");
                problems.push(Problem::new(
                    path,
                    place,
                    "CACHE_OF_NOTHING",
                    "等待、子工作流与 spread 步骤的结果不能缓存",
                    "results of waits, other workflows and spread items cannot be cached",
                ));
            }
        }
    }

    /// Only items can be spread, and only those that do something here.
    fn check_spread(&self, problems: &mut Vec<Problem>) {
        for placed in self.steps.iter().filter(|placed| placed.step.spread) {
            let (path, place) = self.at(placed, "spread");
            if placed.step.for_each.is_none() {
                problems.push(Problem::new(
                    path,
                    place,
                    "SPREAD_WITHOUT_ITEMS",
                    "spread 需要与 for_each 一起使用",
                    "spread needs for_each: there is nothing to spread",
                ));
            } else if ELSEWHERE.contains(&placed.step.uses.as_str()) {
                problems.push(Problem::new(
                    path,
                    place,
                    "SPREAD_OF_NOTHING",
                    "等待与子工作流不占用工作进程，无需 spread",
                    "waits and other workflows hold no worker: leave spread out",
                ));
            }
        }
    }

    fn check_actions(&self, catalog: &Catalog, problems: &mut Vec<Problem>) {
        for placed in self.steps.iter().filter(|placed| !placed.step.uses.is_empty()) {
            let Some(entry) = catalog.entries.get(&placed.step.uses) else {
                let (path, place) = self.at(placed, "uses");
                problems.push(unknown_action(&placed.step.uses, catalog, path, place));
                continue;
            };
            let Some(node) = placed.node else { continue };
            let (path, _) = self.at(placed, "with");
            check_input(entry, node.get("with"), node, &path, problems);
            match entry.name.as_str() {
                WAIT_FOR => check_duration(node, &path, "duration", problems),
                WAIT_SIGNAL => check_duration(node, &path, "timeout", problems),
                WAIT_UNTIL => check_instant(node, &path, problems),
                _ => {}
            }
        }
    }
}

fn unknown_action(name: &str, catalog: &Catalog, path: String, place: Option<Place>) -> Problem {
    let names: Vec<&str> = catalog.entries.keys().map(String::as_str).collect();
    let (zh, en) = nearest(name, &names).map_or_else(Default::default, |hint| {
        (format!("；是否为 {hint}？"), format!("; did you mean {hint}?"))
    });
    Problem::new(
        path,
        place,
        "UNKNOWN_ACTION",
        format!("没有动作 {name:?}{zh}"),
        format!("there is no action {name:?}{en}"),
    )
}

/// A text of `with` that is no expression.
fn literal<'a>(step: &'a Node, key: &str) -> Option<(&'a Node, &'a str)> {
    let node = step.get("with")?.get(key)?;
    Some((node, node.text().filter(|text| !text.contains("${{"))?))
}

fn check_instant(step: &Node, path: &str, problems: &mut Vec<Problem>) {
    let Some((node, text)) = literal(step, "at") else { return };
    if text.parse::<Timestamp>().is_err() {
        problems.push(Problem::new(
            format!("{path}.at"),
            node.place,
            "BAD_INSTANT",
            "应为 RFC 3339 时间，例如 2026-12-01T08:00:00+08:00",
            "must be an RFC 3339 instant such as 2026-12-01T08:00:00+08:00",
        ));
    }
}

/// A JSON Schema cannot say what a duration is.
fn check_duration(step: &Node, path: &str, key: &str, problems: &mut Vec<Problem>) {
    let Some((node, text)) = literal(step, key) else { return };
    if let Err(error) = parse_duration(text) {
        problems.push(Problem::new(
            format!("{path}.{key}"),
            node.place,
            "BAD_DURATION",
            "不是有效的时长，例如 500ms、90s、30m、1h30m、7d，最长十年",
            error.to_string(),
        ));
    }
}

/// The names along one cycle, the first repeated at the end.
fn cycle_in(left: &[&Placed<'_>]) -> Vec<String> {
    let by_id: HashMap<&StepId, &Step> =
        left.iter().map(|placed| (&placed.step.id, placed.step)).collect();
    let mut walk: Vec<&StepId> = Vec::new();
    let mut at = left[0].step;
    while !walk.contains(&&at.id) {
        walk.push(&at.id);
        match at.needs.iter().find_map(|need| by_id.get(need)) {
            Some(next) => at = next,
            None => break,
        }
    }
    let start = walk.iter().position(|id| **id == at.id).unwrap_or(0);
    let mut names: Vec<String> = walk[start..].iter().map(ToString::to_string).collect();
    names.push(at.id.to_string());
    names
}
