//! A document as a tree in which every value knows where it stands.

use serde_json::{Map, Number, Value};

use super::Place;

/// A value and its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    pub place: Option<Place>,
    pub data: Data,
}

/// A key of a map and its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Key {
    pub name: String,
    pub place: Option<Place>,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub enum Data {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Node>),
    /// In the order of the document.
    Map(Vec<(Key, Node)>),
}

impl Node {
    pub fn get(&self, key: &str) -> Option<&Self> {
        match &self.data {
            Data::Map(entries) => {
                entries.iter().find(|(found, _)| found.name == key).map(|(_, value)| value)
            }
            _ => None,
        }
    }

    pub fn text(&self) -> Option<&str> {
        match &self.data {
            Data::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn sort(&self) -> &'static str {
        match self.data {
            Data::Null => "null",
            Data::Bool(_) => "boolean",
            Data::Number(_) => "number",
            Data::Text(_) => "text",
            Data::List(_) => "list",
            Data::Map(_) => "map",
        }
    }

    pub fn to_json(&self) -> Value {
        match &self.data {
            Data::Null => Value::Null,
            Data::Bool(value) => Value::Bool(*value),
            Data::Number(number) => Value::Number(number.clone()),
            Data::Text(text) => Value::String(text.clone()),
            Data::List(items) => Value::Array(items.iter().map(Self::to_json).collect()),
            Data::Map(entries) => Value::Object(
                entries
                    .iter()
                    .map(|(key, value)| (key.name.clone(), value.to_json()))
                    .collect::<Map<_, _>>(),
            ),
        }
    }

    /// From values without places. serde bounds their depth where they come from outside.
    pub fn of_json(value: &Value) -> Self {
        let data = match value {
            Value::Null => Data::Null,
            Value::Bool(value) => Data::Bool(*value),
            Value::Number(number) => Data::Number(number.clone()),
            Value::String(text) => Data::Text(text.clone()),
            Value::Array(items) => Data::List(items.iter().map(Self::of_json).collect()),
            Value::Object(fields) => Data::Map(fields.iter().map(Self::entry_of_json).collect()),
        };
        Self { place: None, data }
    }

    fn entry_of_json((name, value): (&String, &Value)) -> (Key, Self) {
        (Key { name: name.clone(), place: None }, Self::of_json(value))
    }

    /// The value at the end of a JSON pointer's segments, as far down as there is one.
    pub fn at<'a>(&self, segments: impl IntoIterator<Item = &'a str>) -> &Self {
        let mut node = self;
        for segment in segments {
            let below = match &node.data {
                Data::Map(_) => node.get(segment),
                Data::List(items) => {
                    segment.parse::<usize>().ok().and_then(|index| items.get(index))
                }
                _ => None,
            };
            match below {
                Some(below) => node = below,
                None => break,
            }
        }
        node
    }
}
