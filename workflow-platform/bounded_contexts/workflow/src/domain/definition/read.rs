//! Takes a document apart into a definition, noting what does not fit.

use std::{collections::BTreeSet, time::Duration};

use serde_json::{Value, json};

use super::{
    Concurrency, Definition, Document, Problem, Step, Trigger,
    duration::parse_duration,
    node::{Data, Key, Node},
    params::{ParamsSchema, bad_defaults, check_schema},
    read_step, read_trigger,
    template::template,
};
use crate::domain::expression::Template;

/// Longest name of a definition, characters.
const LONGEST_NAME: usize = 200;
/// Most steps of one list.
const MOST_STEPS: usize = 500;
/// Most expressions; each takes the parser up to a millisecond.
const MOST_EXPRESSIONS: usize = 2000;
/// Unknown keys are told until there are so many problems.
const MOST_NOTES: usize = 1000;
/// As those of a start.
const PRIORITIES: std::ops::RangeInclusive<i32> = -100..=100;
/// Most triggers.
const MOST_TRIGGERS: usize = 20;

const KEYS: [&str; 11] = [
    "name",
    "description",
    "params",
    "triggers",
    "concurrency",
    "priority",
    "timeout",
    "steps",
    "on_failure",
    "finally",
    "outputs",
];

/// Collects problems while reading.
#[derive(Default)]
pub(super) struct Notes(pub Vec<Problem>);

impl Notes {
    pub fn add(
        &mut self,
        path: &str,
        node: &Node,
        code: &'static str,
        zh: impl Into<String>,
        en: impl Into<String>,
    ) {
        self.0.push(Problem::new(path, node.place, code, zh, en));
    }

    pub fn wrong_type(&mut self, path: &str, node: &Node, zh: &str, en: &str) {
        let sort = node.sort();
        self.add(
            path,
            node,
            "WRONG_TYPE",
            format!("应为{zh}"),
            format!("must be {en}, is a {sort}"),
        );
    }

    /// The entries of a map; anything else is noted.
    pub fn map<'a>(&mut self, path: &str, node: &'a Node, known: &[&str]) -> &'a [(Key, Node)] {
        let Data::Map(entries) = &node.data else {
            self.wrong_type(path, node, "映射", "a map");
            return &[];
        };
        for (key, _) in entries.iter().filter(|(key, _)| !known.contains(&key.name.as_str())) {
            self.unknown(path, key, known);
        }
        entries
    }

    fn unknown(&mut self, path: &str, key: &Key, known: &[&str]) {
        if self.0.len() >= MOST_NOTES {
            return;
        }
        let hint = nearest(&key.name, known);
        let (zh, en) = hint.map_or_else(
            || {
                (
                    format!("；可用的键：{}", known.join("、")),
                    format!("; there are {}", known.join(", ")),
                )
            },
            |hint| (format!("；是否为 {hint}？"), format!("; did you mean {hint}?")),
        );
        self.0.push(Problem::new(
            join(path, &key.name),
            key.place,
            "UNKNOWN_KEY",
            format!("未知的键 {:?}{zh}", key.name),
            format!("unknown key {:?}{en}", key.name),
        ));
    }

    pub fn missing(&mut self, path: &str, node: &Node, key: &str) {
        self.add(
            &join(path, key),
            node,
            "MISSING_KEY",
            format!("缺少 {key}"),
            format!("{key} is missing"),
        );
    }

    pub fn list<'a>(&mut self, path: &str, node: Option<&'a Node>, most: usize) -> &'a [Node] {
        let Some(node) = node else { return &[] };
        let Data::List(items) = &node.data else {
            self.wrong_type(path, node, "列表", "a list");
            return &[];
        };
        if items.len() > most {
            self.add(
                path,
                node,
                "TOO_MANY",
                format!("最多 {most} 项"),
                format!("at most {most} are allowed"),
            );
            return &[];
        }
        items
    }

    pub fn text(&mut self, path: &str, node: Option<&Node>) -> Option<String> {
        let node = node?;
        if let Some(text) = node.text() {
            return Some(text.to_owned());
        }
        self.wrong_type(path, node, "文本", "a text");
        None
    }

    pub fn duration(&mut self, path: &str, node: Option<&Node>) -> Option<Duration> {
        let node = node?;
        if let Some(Ok(duration)) = node.text().map(parse_duration) {
            Some(duration)
        } else {
            self.add(
                path,
                node,
                "BAD_DURATION",
                "应为时长，例如 90s、30m、1h30m",
                "must be a duration such as 90s, 30m or 1h30m",
            );
            None
        }
    }

    pub fn flag(&mut self, path: &str, node: Option<&Node>) -> Option<bool> {
        let node = node?;
        if let Data::Bool(value) = node.data {
            return Some(value);
        }
        self.wrong_type(path, node, "true 或 false", "true or false");
        None
    }

    pub fn number(
        &mut self,
        path: &str,
        node: Option<&Node>,
        least: u32,
        most: u32,
    ) -> Option<u32> {
        let node = node?;
        let found = match &node.data {
            Data::Number(number) => number.as_u64().and_then(|value| u32::try_from(value).ok()),
            _ => None,
        };
        if let Some(value) = found.filter(|value| (least..=most).contains(value)) {
            return Some(value);
        }
        self.add(
            path,
            node,
            "OUT_OF_RANGE",
            format!("应为 {least} 到 {most} 之间的整数"),
            format!("must be a whole number between {least} and {most}"),
        );
        None
    }

    pub fn choice<T: Copy>(
        &mut self,
        path: &str,
        node: Option<&Node>,
        choices: &[(&str, T)],
    ) -> Option<T> {
        let node = node?;
        let found = node.text().and_then(|text| choices.iter().find(|(name, _)| *name == text));
        if let Some((_, value)) = found {
            return Some(*value);
        }
        let names: Vec<_> = choices.iter().map(|(name, _)| *name).collect();
        self.add(
            path,
            node,
            "NOT_A_CHOICE",
            format!("应为以下之一：{}", names.join("、")),
            format!("must be one of {}", names.join(", ")),
        );
        None
    }
}

pub(super) fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// A known word at most two edits away.
pub(super) fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let near = known.iter().map(|name| (edits(word, name), *name)).min()?;
    (near.0 <= 2 && word.len() > 2).then_some(near.1)
}

/// Levenshtein distance of short words.
fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.chars().take(64).enumerate() {
        let mut before = i;
        row[0] = i + 1;
        for (j, other) in b.iter().enumerate() {
            let replaced = before + usize::from(letter != *other);
            before = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(before + 1);
        }
    }
    row[b.len()]
}

/// A definition as far as it can be made out, and all problems.
pub(super) fn read(document: &Document) -> (Option<Definition>, Vec<Problem>) {
    let mut notes = Notes::default();
    let root = &document.root;
    if !matches!(root.data, Data::Map(_)) {
        notes.wrong_type("", root, "映射", "a map with name and steps");
        return (None, notes.0);
    }
    if expressions_in(root) > MOST_EXPRESSIONS {
        let en = format!("at most {MOST_EXPRESSIONS} expressions are allowed");
        notes.add("", root, "TOO_MANY", format!("最多 {MOST_EXPRESSIONS} 个表达式"), en);
        return (None, notes.0);
    }
    notes.map("", root, &KEYS);
    if root.get("steps").is_none() {
        notes.missing("", root, "steps");
    }
    let mut definition = Definition {
        name: name(root, &mut notes),
        description: notes.text("description", root.get("description")),
        params: ParamsSchema::new(params(root, &mut notes)),
        triggers: triggers(root, &mut notes),
        concurrency: concurrency(root, &mut notes),
        priority: priority(root, &mut notes),
        timeout: notes.duration("timeout", root.get("timeout")),
        steps: steps(root, "steps", &mut notes),
        on_failure: steps(root, "on_failure", &mut notes),
        finally: steps(root, "finally", &mut notes),
        outputs: outputs(root, &mut notes),
        variables: Vec::new(),
        advice: Vec::new(),
        model: root.to_json(),
    };
    definition.variables = variables_of(&definition);
    (Some(definition), notes.0)
}

/// Sorted, each once.
fn variables_of(definition: &Definition) -> Vec<String> {
    let lists = [&definition.steps, &definition.on_failure, &definition.finally];
    let of_steps = lists.into_iter().flatten().flat_map(Step::expressions);
    let of_outputs = definition.outputs.iter().flat_map(|(_, output)| output.expressions());
    let names = of_steps.chain(of_outputs).flat_map(|expression| expression.vars());
    let names: BTreeSet<&str> = names.collect();
    names.into_iter().map(str::to_owned).collect()
}

fn expressions_in(node: &Node) -> usize {
    match &node.data {
        Data::Text(text) => text.matches("${{").count(),
        Data::List(items) => items.iter().map(expressions_in).sum(),
        Data::Map(entries) => entries.iter().map(|(_, value)| expressions_in(value)).sum(),
        _ => 0,
    }
}

fn name(root: &Node, notes: &mut Notes) -> String {
    let Some(node) = root.get("name") else {
        notes.missing("", root, "name");
        return String::new();
    };
    let name = notes.text("name", Some(node)).unwrap_or_default();
    let bad = name.trim().is_empty()
        || name.chars().count() > LONGEST_NAME
        || name.chars().any(char::is_control);
    if node.text().is_some() && bad {
        notes.add(
            "name",
            node,
            "BAD_NAME",
            format!("名称应为 1 到 {LONGEST_NAME} 个字符"),
            format!("must have 1 to {LONGEST_NAME} characters and no control characters"),
        );
    }
    name
}

fn params(root: &Node, notes: &mut Notes) -> Value {
    let Some(node) = root.get("params") else {
        return json!({ "type": "object", "additionalProperties": false });
    };
    let Data::Map(_) = &node.data else {
        notes.wrong_type("params", node, "JSON Schema", "a JSON Schema");
        return json!({});
    };
    let mut schema = node.to_json();
    if let Value::Object(fields) = &mut schema {
        fields.entry("type").or_insert(json!("object"));
        fields.entry("additionalProperties").or_insert(json!(false));
    }
    if let Err(message) = check_schema(&schema) {
        notes.add(
            "params",
            node,
            "BAD_SCHEMA",
            format!("不是有效的 JSON Schema：{message}"),
            format!("not a usable JSON Schema: {message}"),
        );
        return schema;
    }
    for (name, message) in bad_defaults(&schema) {
        notes.add(
            &format!("params.properties.{name}.default"),
            node.at(["properties", name.as_str(), "default"]),
            "BAD_DEFAULT",
            format!("默认值与定义不符：{message}"),
            format!("does not fit its own schema: {message}"),
        );
    }
    schema
}

fn steps(root: &Node, key: &str, notes: &mut Notes) -> Vec<super::Step> {
    let nodes = notes.list(key, root.get(key), MOST_STEPS);
    let mut steps: Vec<super::Step> = Vec::with_capacity(nodes.len());
    for (index, node) in nodes.iter().enumerate() {
        let before = steps.last().map(|step| step.id.clone());
        steps.extend(read_step::step(node, &format!("{key}[{index}]"), before, notes));
    }
    steps
}

fn outputs(root: &Node, notes: &mut Notes) -> Vec<(String, Template)> {
    let Some(node) = root.get("outputs") else { return Vec::new() };
    let Data::Map(entries) = &node.data else {
        notes.wrong_type("outputs", node, "映射", "a map");
        return Vec::new();
    };
    entries
        .iter()
        .map(|(key, value)| {
            let path = format!("outputs.{}", key.name);
            (key.name.clone(), template(value, &path, &mut notes.0))
        })
        .collect()
}

fn concurrency(root: &Node, notes: &mut Notes) -> Option<Concurrency> {
    let node = root.get("concurrency")?;
    notes.map("concurrency", node, &["key", "limit"]);
    let key = match node.get("key") {
        Some(key) => template(key, "concurrency.key", &mut notes.0),
        None => Template::Literal(json!("")),
    };
    let limit = notes.number("concurrency.limit", node.get("limit"), 1, 10_000).unwrap_or(1);
    Some(Concurrency { key, limit })
}

fn priority(root: &Node, notes: &mut Notes) -> i32 {
    let Some(node) = root.get("priority") else { return 0 };
    let found = match &node.data {
        Data::Number(number) => number.as_i64().and_then(|value| i32::try_from(value).ok()),
        _ => None,
    };
    let fits = found.filter(|value| PRIORITIES.contains(value));
    if fits.is_none() {
        let (zh, en) =
            ("应为 -100 到 100 之间的整数", "must be a whole number between -100 and 100");
        notes.add("priority", node, "OUT_OF_RANGE", zh, en);
    }
    fits.unwrap_or(0)
}

fn triggers(root: &Node, notes: &mut Notes) -> Vec<Trigger> {
    let nodes = notes.list("triggers", root.get("triggers"), MOST_TRIGGERS);
    nodes
        .iter()
        .enumerate()
        .filter_map(|(index, node)| {
            read_trigger::trigger(node, &format!("triggers[{index}]"), notes)
        })
        .collect()
}
