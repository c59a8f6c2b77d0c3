//! What differs between two models.

use serde::Serialize;
use serde_json::Value;

/// Most changes that are told.
const MOST: usize = 500;

/// One value that is another one now.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Change {
    /// `steps.books.with.pages`: a step stands under its id, another item of a list under its
    /// number.
    #[schema(example = "steps.books.with.pages")]
    pub path: String,
    /// Absent when it was added.
    #[schema(value_type = Option<Value>)]
    pub before: Option<Value>,
    /// Absent when it was removed.
    #[schema(value_type = Option<Value>)]
    pub after: Option<Value>,
}

/// What `new` changed in `old`, in the order of the documents; the first [`MOST`].
pub fn changes(old: &Value, new: &Value) -> Vec<Change> {
    let mut found = Vec::new();
    compare("", Some(old), Some(new), &mut found);
    found
}

fn compare(path: &str, old: Option<&Value>, new: Option<&Value>, found: &mut Vec<Change>) {
    if old == new || found.len() >= MOST {
        return;
    }
    let (before, after) = match (old, new) {
        (Some(old), Some(new)) => (parts(old), parts(new)),
        _ => (None, None),
    };
    let (Some(before), Some(after)) = (before, after) else {
        let (before, after) = (old.cloned(), new.cloned());
        return found.push(Change { path: path.to_owned(), before, after });
    };
    let part = |parts: &[(String, Value)], name: &str| {
        parts.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
    };
    for (name, value) in &before {
        compare(&join(path, name), Some(value), part(&after, name).as_ref(), found);
    }
    for (name, value) in after.iter().filter(|(name, _)| part(&before, name).is_none()) {
        compare(&join(path, name), None, Some(value), found);
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// The named parts of a map or list; a moved step is the same step.
fn parts(value: &Value) -> Option<Vec<(String, Value)>> {
    match value {
        Value::Object(fields) => {
            Some(fields.iter().map(|(key, value)| (key.clone(), value.clone())).collect())
        }
        Value::Array(items) => {
            let name = |(index, item): (usize, &Value)| {
                let id = item.get("id").and_then(Value::as_str);
                (id.map_or_else(|| index.to_string(), str::to_owned), item.clone())
            };
            Some(items.iter().enumerate().map(name).collect())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn changes_are_told_by_step() {
        let old = json!({ "name": "a", "steps": [
            { "id": "x", "uses": "u", "with": { "n": 1 } }, { "id": "y", "uses": "u" },
        ]});
        let new = json!({ "name": "a", "timeout": "1m", "steps": [
            { "id": "z", "uses": "u" }, { "id": "x", "uses": "u", "with": { "n": 2 } },
        ]});
        let found = changes(&old, &new);
        let told: Vec<_> = found
            .iter()
            .map(|c| (c.path.as_str(), c.before.is_some(), c.after.is_some()))
            .collect();
        assert_eq!(
            told,
            [
                ("steps.x.with.n", true, true),
                ("steps.y", true, false),
                ("steps.z", false, true),
                ("timeout", false, true),
            ]
        );
        assert!(changes(&old, &old).is_empty());
    }
}
