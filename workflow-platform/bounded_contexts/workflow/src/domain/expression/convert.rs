//! Between JSON and CEL.

use std::{collections::HashMap, sync::Arc};

use cel::{Value as Cel, objects::{Key, Map}};
use serde_json::{Number, Value};

use super::StepView;

pub(super) fn to_cel(value: &Value) -> Cel {
    match value {
        Value::Null => Cel::Null,
        Value::Bool(value) => Cel::Bool(*value),
        Value::Number(number) => number_to_cel(number),
        Value::String(text) => Cel::String(Arc::new(text.clone())),
        Value::Array(items) => Cel::List(Arc::new(items.iter().map(to_cel).collect())),
        Value::Object(fields) => {
            map(fields.iter().map(|(key, value)| (key.clone(), to_cel(value))))
        }
    }
}

fn number_to_cel(number: &Number) -> Cel {
    number
        .as_i64()
        .map(Cel::Int)
        .or_else(|| number.as_u64().map(Cel::UInt))
        .or_else(|| number.as_f64().map(Cel::Float))
        .unwrap_or(Cel::Null)
}

pub(super) fn map(entries: impl Iterator<Item = (String, Cel)>) -> Cel {
    let map: HashMap<Key, Cel> =
        entries.map(|(key, value)| (Key::String(Arc::new(key)), value)).collect();
    Cel::Map(Map { map: Arc::new(map) })
}

/// A step's result, converted once.
pub(super) fn step_to_cel(view: &StepView) -> Cel {
    let make = || {
        let fields = [
            ("status", Cel::from(view.status.as_str())),
            ("output", to_cel(&view.output)),
            ("outputs", Cel::List(Arc::new(view.outputs.iter().map(to_cel).collect()))),
            ("error", to_cel(&view.error)),
        ];
        map(fields.into_iter().map(|(key, value)| (key.to_owned(), value)))
    };
    view.cel.get_or_init(make).clone()
}

/// Keys come out sorted, so that the same value always gives the same JSON.
pub(super) fn to_json(value: &Cel) -> Result<Value, String> {
    Ok(match value {
        Cel::Null => Value::Null,
        Cel::Bool(value) => Value::Bool(*value),
        Cel::Int(value) => Value::from(*value),
        Cel::UInt(value) => Value::from(*value),
        Cel::Float(value) => Number::from_f64(*value).map_or(Value::Null, Value::Number),
        Cel::String(text) => Value::String(text.as_str().to_owned()),
        Cel::List(items) => Value::Array(items.iter().map(to_json).collect::<Result<_, _>>()?),
        Cel::Map(map) => object(map)?,
        Cel::Timestamp(at) => Value::String(at.to_rfc3339()),
        Cel::Duration(length) => Value::String(format!("{}s", length.num_seconds())),
        other => return Err(format!("a {} cannot be a result", other.type_of())),
    })
}

fn object(map: &Map) -> Result<Value, String> {
    let mut entries = Vec::with_capacity(map.map.len());
    for (key, value) in map.map.iter() {
        entries.push((key_text(key), to_json(value)?));
    }
    entries.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(Value::Object(entries.into_iter().collect()))
}

fn key_text(key: &Key) -> String {
    match key {
        Key::Int(value) => value.to_string(),
        Key::Uint(value) => value.to_string(),
        Key::Bool(value) => value.to_string(),
        Key::String(text) => text.as_str().to_owned(),
    }
}
