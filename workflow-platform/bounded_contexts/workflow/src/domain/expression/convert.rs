//! Between JSON and CEL.

use std::collections::HashMap;

use cel::{
    Value as Cel,
    common::{
        types::{
            CelBool, CelDouble, CelInt, CelList, CelMap, CelMapKey, CelNull, CelString,
            CelTimestamp, CelUInt,
        },
        value::Val,
    },
    objects::{Key, Map},
};
use serde_json::{Number, Value};

use super::StepView;

#[cfg(test)]
thread_local! {
    /// Values that this thread has converted.
    pub(super) static CONVERTED: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

pub(super) fn to_cel(value: &Value) -> Box<dyn Val> {
    #[cfg(test)]
    CONVERTED.set(CONVERTED.get() + 1);
    match value {
        Value::Null => Box::new(CelNull),
        Value::Bool(value) => Box::new(CelBool::from(*value)),
        Value::Number(number) => number_to_cel(number),
        Value::String(text) => Box::new(CelString::from(text.clone())),
        Value::Array(items) => list(items),
        Value::Object(fields) => {
            map(fields.iter().map(|(key, value)| (key.clone(), to_cel(value))))
        }
    }
}

fn list(items: &[Value]) -> Box<dyn Val> {
    Box::new(CelList::from(items.iter().map(to_cel).collect::<Vec<_>>()))
}

fn map(entries: impl Iterator<Item = (String, Box<dyn Val>)>) -> Box<dyn Val> {
    let entries = entries.map(|(key, value)| (CelMapKey::from(key), value));
    Box::new(CelMap::from(entries.collect::<HashMap<CelMapKey<'_>, Box<dyn Val>>>()))
}

fn number_to_cel(number: &Number) -> Box<dyn Val> {
    if let Some(value) = number.as_i64() {
        return Box::new(CelInt::from(value));
    }
    match (number.as_u64(), number.as_f64()) {
        (Some(value), _) => Box::new(CelUInt::from(value)),
        (None, Some(value)) => Box::new(CelDouble::from(value)),
        (None, None) => Box::new(CelNull),
    }
}

/// A step's result.
pub(super) fn step_to_cel(view: &StepView) -> Box<dyn Val> {
    let fields: [(&str, Box<dyn Val>); 4] = [
        ("status", Box::new(CelString::from(view.status.clone()))),
        ("output", to_cel(&view.output)),
        ("outputs", list(&view.outputs)),
        ("error", to_cel(&view.error)),
    ];
    map(fields.into_iter().map(|(key, value)| (key.to_owned(), value)))
}

/// A value of CEL as JSON. Bytes and types are none.
pub(super) fn from_val(value: &dyn Val) -> Result<Value, String> {
    if let Some(text) = value.downcast_ref::<CelString>() {
        return Ok(text.inner().into());
    }
    if let Some(list) = value.downcast_ref::<CelList>() {
        return list.inner().iter().map(|item| from_val(item.as_ref())).collect();
    }
    if let Some(map) = value.downcast_ref::<CelMap>() {
        return from_map(map);
    }
    let number = value.downcast_ref::<CelInt>().map(|number| Value::from(*number.inner()));
    let number =
        number.or_else(|| value.downcast_ref::<CelUInt>().map(|n| Value::from(*n.inner())));
    let number =
        number.or_else(|| value.downcast_ref::<CelDouble>().map(|n| Value::from(*n.inner())));
    let plain = number.or_else(|| value.downcast_ref::<CelBool>().map(|b| Value::from(*b.inner())));
    let plain = plain.or_else(|| value.downcast_ref::<CelNull>().map(|_| Value::Null));
    let at = value.downcast_ref::<CelTimestamp>();
    let plain = plain.or_else(|| at.map(|at| Value::from(at.inner().to_rfc3339())));
    plain.ok_or_else(|| format!("a {} cannot be used here", value.get_type().name()))
}

fn from_map(map: &CelMap<'_>) -> Result<Value, String> {
    let mut entries = Vec::with_capacity(map.inner().len());
    for (key, value) in map.inner() {
        let key = match from_val(key.inner())? {
            Value::String(key) => key,
            other => other.to_string(),
        };
        entries.push((key, from_val(value.as_ref())?));
    }
    entries.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(Value::Object(entries.into_iter().collect()))
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
