//! What the parts of a definition say of each other.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use jsonschema::Validator;
use shared_kernel::application::ActionDescriptor;

use super::{
    Definition, Document, Problem, Step, StepId,
    input_check::check_input,
    node::{Data, Node},
    params::validator,
};

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
}

impl Catalog {
    /// Actions whose input schema cannot be used are a fault of the build and left out.
    pub fn new(descriptors: Vec<ActionDescriptor>) -> Self {
        let entry = |descriptor: &ActionDescriptor| {
            let validator = validator(&descriptor.input_schema).ok()?;
            Some((descriptor.name.clone(), CatalogEntry { name: descriptor.name.clone(), validator }))
        };
        Self { entries: descriptors.iter().filter_map(entry).collect(), descriptors }
    }

    pub fn descriptors(&self) -> &[ActionDescriptor] {
        &self.descriptors
    }
}

/// Looks at everything beyond the shape.
pub(super) fn check(definition: &Definition, document: &Document, catalog: &Catalog, problems: &mut Vec<Problem>) {
    let mut seen = HashSet::new();
    let mut earlier: BTreeSet<&str> = BTreeSet::new();
    for (key, steps) in lists(definition) {
        let nodes = nodes_of(document, key);
        let checker = Checker { key, steps, nodes, catalog };
        checker.ids(&mut seen, problems);
        checker.needs(problems);
        checker.cycle(problems);
        checker.actions(problems);
        checker.references(&earlier, problems);
        earlier.extend(steps.iter().map(|step| step.id.as_str()));
    }
    outputs(definition, document, &earlier, problems);
    concurrency(definition, document, problems);
}

fn lists(definition: &Definition) -> [(&'static str, &[Step]); 3] {
    [
        ("steps", &definition.steps),
        ("on_failure", &definition.on_failure),
        ("finally", &definition.finally),
    ]
}

/// Nodes of a list by step id; the first of a name.
fn nodes_of<'a>(document: &'a Document, key: &str) -> HashMap<&'a str, (usize, &'a Node)> {
    let Some(Data::List(items)) = document.root.get(key).map(|node| &node.data) else {
        return HashMap::new();
    };
    let mut nodes = HashMap::new();
    for (index, item) in items.iter().enumerate() {
        if let Some(id) = item.get("id").and_then(Node::text) {
            nodes.entry(id).or_insert((index, item));
        }
    }
    nodes
}

struct Checker<'a> {
    key: &'a str,
    steps: &'a [Step],
    nodes: HashMap<&'a str, (usize, &'a Node)>,
    catalog: &'a Catalog,
}

impl<'a> Checker<'a> {
    /// Where a step, or one of its keys, stands.
    fn at(&self, step: &Step, key: &str) -> (String, Option<super::Place>) {
        let Some((index, node)) = self.nodes.get(step.id.as_str()) else {
            return (format!("{}.{}", self.key, step.id), None);
        };
        let place = node.get(key).unwrap_or(node).place;
        (format!("{}[{index}].{key}", self.key), place)
    }

    fn ids(&self, seen: &mut HashSet<&'a str>, problems: &mut Vec<Problem>) {
        for step in self.steps {
            if !seen.insert(step.id.as_str()) {
                let (path, place) = self.at(step, "id");
                problems.push(Problem::new(
                    path,
                    place,
                    "DUPLICATE_STEP_ID",
                    format!("步骤标识 {} 重复", step.id),
                    format!("there are two steps {}", step.id),
                ));
            }
        }
    }

    fn needs(&self, problems: &mut Vec<Problem>) {
        let known: HashSet<&StepId> = self.steps.iter().map(|step| &step.id).collect();
        for step in self.steps {
            for need in step.needs.iter().filter(|need| !known.contains(need)) {
                let (path, place) = self.at(step, "needs");
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
    fn cycle(&self, problems: &mut Vec<Problem>) {
        let mut left: Vec<&Step> = self.steps.iter().collect();
        loop {
            let waiting: HashSet<&StepId> = left.iter().map(|step| &step.id).collect();
            let before = left.len();
            left.retain(|step| step.needs.iter().any(|need| waiting.contains(need)));
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

    fn actions(&self, problems: &mut Vec<Problem>) {
        for step in self.steps.iter().filter(|step| !step.uses.is_empty()) {
            let Some(entry) = self.catalog.entries.get(&step.uses) else {
                let (path, place) = self.at(step, "uses");
                problems.push(Problem::new(
                    path,
                    place,
                    "UNKNOWN_ACTION",
                    format!("没有动作 {:?}", step.uses),
                    format!("there is no action {:?}", step.uses),
                ));
                continue;
            };
            if let Some((_, node)) = self.nodes.get(step.id.as_str()) {
                let (path, _) = self.at(step, "with");
                check_input(entry, node.get("with"), node, &path, problems);
            }
        }
    }

    /// A result can be used when the step that gives it must have settled before.
    fn references(&self, earlier: &BTreeSet<&str>, problems: &mut Vec<Problem>) {
        let ancestors = self.ancestors();
        for step in self.steps {
            let settled = ancestors.get(step.id.as_str());
            for (key, expression) in expressions_of(step) {
                for named in expression.steps() {
                    let met = earlier.contains(named) || settled.is_some_and(|found| found.contains(named));
                    if !met {
                        self.note_reference(step, key, named, problems);
                    }
                }
                if step.for_each.is_none() && (expression.uses("item") || expression.uses("index")) {
                    let (path, place) = self.at(step, key);
                    problems.push(Problem::new(path, place, "NO_ITEM", "只有 for_each 的步骤才有 item 和 index", "item and index exist in steps with for_each only"));
                }
            }
        }
    }

    fn note_reference(&self, step: &Step, key: &str, named: &str, problems: &mut Vec<Problem>) {
        let (path, place) = self.at(step, key);
        let known = self.steps.iter().any(|step| step.id.as_str() == named);
        let (code, zh, en) = if known {
            (
                "STEP_NOT_NEEDED",
                format!("步骤 {} 不等待步骤 {named}，请加入 needs", step.id),
                format!("step {} does not wait for {named}; add it to needs", step.id),
            )
        } else {
            ("UNKNOWN_STEP", format!("没有步骤 {named}"), format!("there is no step {named}"))
        };
        problems.push(Problem::new(path, place, code, zh, en));
    }

    /// For each step, all that it waits for, directly or not.
    fn ancestors(&self) -> HashMap<&'a str, HashSet<&'a str>> {
        let by_id: HashMap<&str, &Step> = self.steps.iter().map(|step| (step.id.as_str(), step)).collect();
        let mut all = HashMap::new();
        for step in self.steps {
            let mut found = HashSet::new();
            let mut open: Vec<&StepId> = step.needs.iter().collect();
            while let Some(need) = open.pop() {
                if found.insert(need.as_str())
                    && let Some(step) = by_id.get(need.as_str())
                {
                    open.extend(&step.needs);
                }
            }
            all.insert(step.id.as_str(), found);
        }
        all
    }
}

/// The names along one cycle, the first repeated at the end.
fn cycle_in(left: &[&Step]) -> Vec<String> {
    let by_id: HashMap<&StepId, &Step> = left.iter().map(|step| (&step.id, *step)).collect();
    let mut walk: Vec<&StepId> = Vec::new();
    let mut at = left[0];
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

type Expressions<'a> = Vec<(&'static str, &'a std::sync::Arc<crate::domain::expression::Compiled>)>;

fn expressions_of(step: &Step) -> Expressions<'_> {
    let condition = step.condition.iter().flat_map(|template| template.expressions());
    let list = step.for_each.iter().flat_map(super::super::expression::Template::expressions);
    let with = step.with.expressions().into_iter().map(|found| ("with", found));
    let list = list.map(|found| ("for_each", found));
    condition.map(|found| ("if", found)).chain(list).chain(with).collect()
}

fn outputs(definition: &Definition, document: &Document, known: &BTreeSet<&str>, problems: &mut Vec<Problem>) {
    for (name, template) in &definition.outputs {
        for named in template.expressions().iter().flat_map(|expression| expression.steps()) {
            if !known.contains(named) {
                let node = document.root.get("outputs").and_then(|node| node.get(name));
                let place = node.and_then(|node| node.place);
                problems.push(Problem::new(
                    format!("outputs.{name}"),
                    place,
                    "UNKNOWN_STEP",
                    format!("没有步骤 {named}"),
                    format!("there is no step {named}"),
                ));
            }
        }
    }
}

/// The key is wanted before anything ran.
fn concurrency(definition: &Definition, document: &Document, problems: &mut Vec<Problem>) {
    let Some(concurrency) = &definition.concurrency else { return };
    let early = |name: &str| matches!(name, "params" | "user" | "trigger");
    let late = concurrency.key.expressions().into_iter().any(|expression| {
        crate::domain::expression::Scope::VARIABLES.iter().any(|name| expression.uses(name) && !early(name))
    });
    if late {
        let node = document.root.get("concurrency").and_then(|node| node.get("key"));
        problems.push(Problem::new(
            "concurrency.key",
            node.and_then(|node| node.place),
            "NOT_KNOWN_YET",
            "此处只能使用 params、user 和 trigger",
            "only params, user and trigger are known here",
        ));
    }
}
