//! Records on their way into a dataset.

use std::collections::HashMap;

use serde_json::{Map, Value};

/// Most records of one batch.
pub const MOST_RECORDS: usize = 50_000;
/// Largest record, bytes of JSON.
pub const LARGEST_RECORD: usize = 1024 * 1024;
/// Longest key, bytes.
const LONGEST_KEY: usize = 500;

/// A record under its key.
#[derive(Debug, Clone, PartialEq)]
pub struct Keyed {
    pub key: String,
    pub data: Map<String, Value>,
    /// BLAKE3 of the record's JSON with sorted keys.
    pub hash: String,
}

/// Records with different keys, in the order of their last appearance's first place.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Batch {
    pub records: Vec<Keyed>,
}

/// A batch that cannot be stored, with the place of the fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {message}")]
pub struct BatchError {
    pub path: String,
    pub message: String,
}

fn wrong(path: impl Into<String>, message: impl Into<String>) -> BatchError {
    BatchError { path: path.into(), message: message.into() }
}

impl Batch {
    /// Checks every record. Of several with one key the last counts, as if they had been written
    /// one after the other.
    pub fn new(key: &[String], records: Vec<Value>) -> Result<Self, BatchError> {
        if key.is_empty() || key.len() > 10 {
            return Err(wrong("key", "must name 1 to 10 fields"));
        }
        if records.len() > MOST_RECORDS {
            return Err(wrong("records", format!("at most {MOST_RECORDS} are taken at once")));
        }
        let mut places: HashMap<String, usize> = HashMap::with_capacity(records.len());
        let mut kept: Vec<Keyed> = Vec::with_capacity(records.len());
        for (index, record) in records.into_iter().enumerate() {
            let keyed = keyed(key, index, record)?;
            if let Some(place) = places.get(&keyed.key) {
                kept[*place] = keyed;
            } else {
                places.insert(keyed.key.clone(), kept.len());
                kept.push(keyed);
            }
        }
        Ok(Self { records: kept })
    }

    /// Records without a key of their own: each gets one, made of `seed` and its place, so that
    /// the same batch has the same keys.
    pub fn keyless(seed: &str, records: Vec<Value>) -> Result<Self, BatchError> {
        if records.len() > MOST_RECORDS {
            return Err(wrong("records", format!("at most {MOST_RECORDS} are taken at once")));
        }
        let keyed = |(index, record)| {
            let (data, hash) = checked(index, record)?;
            let key = blake3::hash(format!("{seed}/{index}").as_bytes()).to_hex()[..32].to_owned();
            Ok(Keyed { key, data, hash })
        };
        let records = records.into_iter().enumerate().map(keyed).collect::<Result<_, _>>()?;
        Ok(Self { records })
    }
}

/// Under the key that its fields make.
fn keyed(key: &[String], index: usize, record: Value) -> Result<Keyed, BatchError> {
    let (data, hash) = checked(index, record)?;
    let path = format!("records[{index}]");
    let parts = key.iter().map(|name| part(&data, name, &path)).collect::<Result<Vec<_>, _>>()?;
    let key = match parts.as_slice() {
        [one] => one.clone(),
        several => Value::from(several.to_vec()).to_string(),
    };
    if key.len() > LONGEST_KEY {
        return Err(wrong(path, format!("key is longer than {LONGEST_KEY} bytes")));
    }
    Ok(Keyed { key, data, hash })
}

/// The record, if it can be stored, and its hash.
fn checked(index: usize, record: Value) -> Result<(Map<String, Value>, String), BatchError> {
    let path = format!("records[{index}]");
    let Value::Object(data) = record else { return Err(wrong(path, "must be an object")) };
    let text = sorted(&Value::Object(data.clone())).to_string();
    if text.len() > LARGEST_RECORD {
        return Err(wrong(path, format!("is larger than {LARGEST_RECORD} bytes")));
    }
    if text.contains("\\u0000") {
        return Err(wrong(path, "holds a zero character, which databases cannot store"));
    }
    Ok((data, blake3::hash(text.as_bytes()).to_hex().to_string()))
}

fn part(data: &Map<String, Value>, name: &str, path: &str) -> Result<String, BatchError> {
    let path = format!("{path}.{name}");
    match data.get(name) {
        None | Some(Value::Null) => Err(wrong(path, "the key is missing")),
        Some(Value::String(text)) if text.is_empty() => Err(wrong(path, "the key is empty")),
        Some(Value::String(text)) => Ok(text.clone()),
        Some(Value::Number(number)) => Ok(number.to_string()),
        Some(Value::Bool(value)) => Ok(value.to_string()),
        Some(_) => Err(wrong(path, "a key must be a text, a number or a boolean")),
    }
}

/// The same value always has the same text, in whatever order its keys came.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(items) => Value::Array(items.iter().map(sorted).collect()),
        Value::Object(fields) => {
            let mut entries: Vec<_> =
                fields.iter().map(|(key, value)| (key.clone(), sorted(value))).collect();
            entries.sort_by(|(a, _), (b, _)| a.cmp(b));
            Value::Object(entries.into_iter().collect())
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn batch(records: Value) -> Result<Batch, BatchError> {
        let Value::Array(records) = records else { panic!("a list") };
        Batch::new(&["id".to_owned()], records)
    }

    #[test]
    fn the_last_of_a_key_counts() {
        let found =
            batch(json!([{ "id": 1, "v": "a" }, { "id": 2 }, { "id": "1", "v": "b" }])).unwrap();
        let keys: Vec<_> = found.records.iter().map(|record| record.key.as_str()).collect();
        assert_eq!(keys, ["1", "2"]);
        assert_eq!(found.records[0].data["v"], "b");
    }

    #[test]
    fn the_order_of_fields_does_not_matter() {
        let one = batch(json!([{ "id": 1, "a": { "x": 1, "y": 2 } }])).unwrap();
        let two = batch(json!([{ "a": { "y": 2, "x": 1 }, "id": 1 }])).unwrap();
        assert_eq!(one.records[0].hash, two.records[0].hash);
    }

    #[test]
    fn faults_have_their_place() {
        let path = |records| batch(records).unwrap_err().path;
        assert_eq!(path(json!([{ "id": 1 }, 5])), "records[1]");
        assert_eq!(path(json!([{ "id": 1 }, { "name": "x" }])), "records[1].id");
        assert_eq!(path(json!([{ "id": null }])), "records[0].id");
        assert_eq!(path(json!([{ "id": [1] }])), "records[0].id");
        assert_eq!(path(json!([{ "id": "x".repeat(501) }])), "records[0]");
        assert_eq!(path(json!([{ "id": 1, "t": "a\u{0}b" }])), "records[0]");
        assert_eq!(path(json!([{ "id": 1, "t": "x".repeat(LARGEST_RECORD) }])), "records[0]");
    }

    #[test]
    fn records_without_a_key_get_the_same_ones_again() {
        let records = || vec![json!({ "line": "a" }), json!({ "line": "a" })];
        let (one, two) = (Batch::keyless("run", records()), Batch::keyless("run", records()));
        assert_eq!(one, two);
        let one = one.unwrap();
        assert_ne!(one.records[0].key, one.records[1].key);
        assert_ne!(Batch::keyless("other", records()).unwrap().records[0].key, one.records[0].key);
    }

    #[test]
    fn several_fields_make_one_key() {
        let key = ["a".to_owned(), "b".to_owned()];
        let found =
            Batch::new(&key, vec![json!({ "a": "x,y", "b": 1 }), json!({ "a": "x", "b": "y,1" })])
                .unwrap();
        assert_eq!(found.records.len(), 2);
    }
}
