//! The YAML reader: events of the parser into a tree, without recursion and within bounds.

use std::{borrow::Cow, collections::HashMap};

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span, Tag};
use serde_json::Number;

use super::{
    Place, Problem,
    document::{DEEPEST, MOST_VALUES, too_deep},
    node::{Data, Key, Node},
};

/// A list or map that is not closed yet.
struct Open {
    node: Node,
    anchor: usize,
    /// The key of a map whose value comes next.
    key: Option<Key>,
    values: usize,
}

#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    /// Nodes by anchor, with the number of values in each.
    anchors: HashMap<usize, (Node, usize)>,
    root: Option<Node>,
    values: usize,
    documents: usize,
}

/// Reads the one document of the text.
pub(super) fn parse(text: &str) -> Result<Node, Problem> {
    let mut builder = Builder::default();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| syntax(&error))?;
        builder.take(event, place_of(span))?;
    }
    builder.root.ok_or_else(|| {
        Problem::new("", Some(Place { line: 1, column: 1 }), "DOCUMENT_EMPTY", "文档为空", "the document is empty")
    })
}

fn place_of(span: Span) -> Place {
    let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
    Place { line: number(span.start.line()), column: number(span.start.col()).saturating_add(1) }
}

fn syntax(error: &ScanError) -> Problem {
    let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
    let marker = error.marker();
    let place = Place { line: number(marker.line()).max(1), column: number(marker.col()).saturating_add(1) };
    if error.info().contains("recursion") || error.info().contains("nest") {
        return too_deep(Some(place));
    }
    Problem::new(
        "",
        Some(place),
        "SYNTAX_ERROR",
        format!("不是有效的 YAML：{}", error.info()),
        format!("not valid YAML: {}", error.info()),
    )
}

impl Builder {
    fn take(&mut self, event: Event<'_>, place: Place) -> Result<(), Problem> {
        match event {
            Event::DocumentStart(_) => self.begin_document(place),
            Event::Scalar(text, style, anchor, tag) => {
                let data = scalar(&text, style, tag.as_ref());
                self.add(Node { place: Some(place), data }, anchor, 1)
            }
            Event::SequenceStart(anchor, _) => self.begin(Data::List(Vec::new()), anchor, place),
            Event::MappingStart(anchor, _) => self.begin(Data::Map(Vec::new()), anchor, place),
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            Event::Alias(anchor) => self.repeat(anchor, place),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
        }
    }

    fn begin_document(&mut self, place: Place) -> Result<(), Problem> {
        self.documents += 1;
        if self.documents > 1 {
            return Err(Problem::new(
                "",
                Some(place),
                "SEVERAL_DOCUMENTS",
                "只能有一个 YAML 文档",
                "there must be one YAML document, not several",
            ));
        }
        Ok(())
    }

    fn begin(&mut self, data: Data, anchor: usize, place: Place) -> Result<(), Problem> {
        if self.open.len() >= DEEPEST {
            return Err(too_deep(Some(place)));
        }
        let node = Node { place: Some(place), data };
        self.open.push(Open { node, anchor, key: None, values: 1 });
        Ok(())
    }

    fn end(&mut self) -> Result<(), Problem> {
        match self.open.pop() {
            Some(Open { node, anchor, values, .. }) => self.add(node, anchor, values),
            None => Ok(()),
        }
    }

    /// What the anchor names is put in once more; its values count again.
    fn repeat(&mut self, anchor: usize, place: Place) -> Result<(), Problem> {
        let Some((_, values)) = self.anchors.get(&anchor) else {
            return Err(Problem::new("", Some(place), "SYNTAX_ERROR", "引用了自身", "an alias stands inside its own anchor"));
        };
        let values = *values;
        self.count(values, place)?;
        let node = self.anchors.get(&anchor).map(|(node, _)| node.clone());
        let depth = node.as_ref().map_or(0, depth);
        if self.open.len() + depth > DEEPEST {
            return Err(too_deep(Some(place)));
        }
        node.map_or(Ok(()), |node| self.place_in(node, values))
    }

    fn count(&mut self, values: usize, place: Place) -> Result<(), Problem> {
        self.values += values;
        if self.values > MOST_VALUES {
            return Err(Problem::new(
                "",
                Some(place),
                "DOCUMENT_TOO_LARGE",
                format!("展开后的值超过 {MOST_VALUES} 个"),
                format!("the document unfolds into more than {MOST_VALUES} values"),
            ));
        }
        Ok(())
    }

    fn add(&mut self, node: Node, anchor: usize, values: usize) -> Result<(), Problem> {
        let place = node.place.unwrap_or(Place { line: 1, column: 1 });
        self.count(1, place)?;
        if anchor > 0 {
            self.anchors.insert(anchor, (node.clone(), values));
        }
        self.place_in(node, values)
    }

    /// Puts a finished node where it belongs.
    fn place_in(&mut self, node: Node, values: usize) -> Result<(), Problem> {
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        open.values += values;
        match (&mut open.node.data, open.key.take()) {
            (Data::List(items), _) => items.push(node),
            (Data::Map(entries), Some(key)) => entries.push((key, node)),
            (Data::Map(entries), None) => open.key = Some(key_of(node, entries)?),
            _ => {}
        }
        Ok(())
    }
}

fn depth(node: &Node) -> usize {
    match &node.data {
        Data::List(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Data::Map(entries) => 1 + entries.iter().map(|(_, value)| depth(value)).max().unwrap_or(0),
        _ => 0,
    }
}

fn key_of(node: Node, before: &[(Key, Node)]) -> Result<Key, Problem> {
    let place = node.place;
    let name = match node.data {
        Data::Text(text) => text,
        Data::Null => "null".to_owned(),
        Data::Bool(value) => value.to_string(),
        Data::Number(number) => number.to_string(),
        Data::List(_) | Data::Map(_) => {
            return Err(Problem::new("", place, "KEY_NOT_TEXT", "键必须是文本", "a key must be a text"));
        }
    };
    if before.iter().any(|(key, _)| key.name == name) {
        return Err(Problem::new(
            name.clone(),
            place,
            "DUPLICATE_KEY",
            format!("键 {name:?} 重复"),
            format!("key {name:?} stands here twice"),
        ));
    }
    Ok(Key { name, place })
}

/// The core schema of YAML 1.2 (section 10.3) for plain scalars; quoted ones are texts.
fn scalar(text: &str, style: ScalarStyle, tag: Option<&Cow<'_, Tag>>) -> Data {
    let forced_text = tag.is_some_and(|tag| tag.suffix == "str");
    if style != ScalarStyle::Plain || forced_text {
        return Data::Text(text.to_owned());
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Data::Null,
        "true" | "True" | "TRUE" => Data::Bool(true),
        "false" | "False" | "FALSE" => Data::Bool(false),
        _ => number(text).map_or_else(|| Data::Text(text.to_owned()), Data::Number),
    }
}

fn number(text: &str) -> Option<Number> {
    if let Some(digits) = text.strip_prefix("0x") {
        return i64::from_str_radix(digits, 16).ok().map(Number::from);
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return i64::from_str_radix(digits, 8).ok().map(Number::from);
    }
    let first = text.trim_start_matches(['+', '-']).bytes().next()?;
    if !(first.is_ascii_digit() || first == b'.') {
        return None;
    }
    let digits = text.strip_prefix('+').unwrap_or(text);
    let whole = digits.parse::<i64>().ok().map(Number::from);
    let whole = whole.or_else(|| digits.parse::<u64>().ok().map(Number::from));
    whole.or_else(|| Number::from_f64(digits.parse().ok()?))
}
