//! The YAML reader: events of the parser into a tree, without recursion and within bounds.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
};

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span, Tag};
use serde_json::Number;

use super::{
    Document, Place, Problem,
    document::{DEEPEST, MOST_TEXT, MOST_VALUES, Size, too_deep, unfolds},
    node::{Data, Key, Node},
    read::join,
};

/// A list or map that is not closed yet.
struct Open {
    node: Node,
    anchor: usize,
    /// The key of a map whose value comes next.
    key: Option<Key>,
    /// The keys so far.
    keys: HashSet<String>,
    size: Size,
}

/// A node that cannot stand where it does.
enum Misplaced {
    /// The map has the key already.
    Twice(Key),
    /// A list or map is no key.
    NoText(Option<Place>),
}

impl Open {
    fn put(&mut self, node: Node) -> Result<(), Misplaced> {
        match (&mut self.node.data, self.key.take()) {
            (Data::List(items), _) => items.push(node),
            (Data::Map(entries), Some(key)) => {
                if !self.keys.insert(key.name.clone()) {
                    return Err(Misplaced::Twice(key));
                }
                entries.push((key, node));
            }
            (Data::Map(_), None) => self.key = Some(key_of(node)?),
            _ => {}
        }
        Ok(())
    }
}

fn key_of(node: Node) -> Result<Key, Misplaced> {
    let place = node.place;
    let name = match node.data {
        Data::Text(text) => text,
        Data::Null => "null".to_owned(),
        Data::Bool(value) => value.to_string(),
        Data::Number(number) => number.to_string(),
        Data::List(_) | Data::Map(_) => return Err(Misplaced::NoText(place)),
    };
    Ok(Key { name, place })
}

#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    /// Nodes by anchor, with the size of each.
    anchors: HashMap<usize, (Node, Size)>,
    root: Option<Node>,
    size: Size,
    documents: usize,
    problems: Vec<Problem>,
}

/// Reads the one document of the text.
pub(super) fn parse(text: &str) -> Result<Document, Problem> {
    let mut builder = Builder::default();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| syntax(&error))?;
        builder.take(event, place_of(span))?;
    }
    match builder.root {
        Some(root) => Ok(Document { root, problems: builder.problems }),
        None => Err(Problem::new(
            "",
            Some(Place { line: 1, column: 1 }),
            "DOCUMENT_EMPTY",
            "文档为空",
            "the document is empty",
        )),
    }
}

fn place_of(span: Span) -> Place {
    let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
    Place { line: number(span.start.line()), column: number(span.start.col()).saturating_add(1) }
}

fn syntax(error: &ScanError) -> Problem {
    let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
    let marker = error.marker();
    let place = Place {
        line: number(marker.line()).max(1),
        column: number(marker.col()).saturating_add(1),
    };
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
                let size = Size { values: 1, text: text.len() };
                let data = scalar(&text, style, tag.as_ref());
                self.add(Node { place: Some(place), data }, anchor, size, size)
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
        let keys = HashSet::new();
        self.open.push(Open { node, anchor, key: None, keys, size: Size::ONE });
        Ok(())
    }

    fn end(&mut self) -> Result<(), Problem> {
        match self.open.pop() {
            Some(Open { node, anchor, size, .. }) => self.add(node, anchor, size, Size::ONE),
            None => Ok(()),
        }
    }

    /// What the anchor names is put in once more; it counts again.
    fn repeat(&mut self, anchor: usize, place: Place) -> Result<(), Problem> {
        let Some((node, size)) = self.anchors.get(&anchor) else {
            return Err(Problem::new(
                "",
                Some(place),
                "SYNTAX_ERROR",
                "引用了自身",
                "an alias stands inside its own anchor",
            ));
        };
        let (size, depth) = (*size, depth(node));
        self.count(size, place)?;
        if self.open.len() + depth > DEEPEST {
            return Err(too_deep(Some(place)));
        }
        let node = self.anchors.get(&anchor).map(|(node, _)| node.clone());
        node.map_or(Ok(()), |node| self.place_in(node, size))
    }

    fn count(&mut self, size: Size, place: Place) -> Result<(), Problem> {
        self.size = self.size.plus(size);
        if self.size.values > MOST_VALUES || self.size.text > MOST_TEXT {
            return Err(unfolds(Some(place)));
        }
        Ok(())
    }

    /// A finished node of some size, of which `own` was not counted yet.
    fn add(&mut self, node: Node, anchor: usize, size: Size, own: Size) -> Result<(), Problem> {
        self.count(own, node.place.unwrap_or(Place { line: 1, column: 1 }))?;
        if anchor > 0 {
            self.anchors.insert(anchor, (node.clone(), size));
        }
        self.place_in(node, size)
    }

    /// Puts a finished node where it belongs.
    fn place_in(&mut self, node: Node, size: Size) -> Result<(), Problem> {
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        open.size = open.size.plus(size);
        match open.put(node) {
            Ok(()) => Ok(()),
            Err(Misplaced::Twice(key)) => {
                self.problems.push(key_twice(join(&self.path(), &key.name), &key));
                Ok(())
            }
            Err(Misplaced::NoText(place)) => {
                let (zh, en) = ("键必须是文本", "a key must be a text");
                Err(Problem::new(self.path(), place, "KEY_NOT_TEXT", zh, en))
            }
        }
    }

    /// Of what is being read: `steps[2].with`.
    fn path(&self) -> String {
        let mut path = String::new();
        for open in &self.open {
            match (&open.node.data, &open.key) {
                (Data::List(items), _) => path.push_str(&format!("[{}]", items.len())),
                (_, Some(key)) => path = join(&path, &key.name),
                _ => {}
            }
        }
        path
    }
}

fn depth(node: &Node) -> usize {
    match &node.data {
        Data::List(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Data::Map(entries) => 1 + entries.iter().map(|(_, value)| depth(value)).max().unwrap_or(0),
        _ => 0,
    }
}

fn key_twice(path: String, key: &Key) -> Problem {
    Problem::new(
        path,
        key.place,
        "DUPLICATE_KEY",
        format!("键 {:?} 重复", key.name),
        format!("key {:?} stands here twice", key.name),
    )
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
