//! What a change changed, field by field.

use serde::Serialize;
use serde_json::{Map, Value};

/// One field before and after; absent where the record, or the field, was not there.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct FieldChange {
    pub field: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Value>)]
    pub before: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Value>)]
    pub after: Option<Value>,
}

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    Added,
    Changed,
    Removed,
}

/// Fields that differ, in the order of the later form, removed ones last.
pub fn diff(
    before: Option<&Map<String, Value>>,
    after: Option<&Map<String, Value>>,
) -> Vec<FieldChange> {
    let empty = Map::new();
    let (before, after) = (before.unwrap_or(&empty), after.unwrap_or(&empty));
    let written = after.iter().filter_map(|(field, value)| {
        let old = before.get(field);
        (old != Some(value)).then(|| FieldChange {
            field: field.clone(),
            before: old.cloned(),
            after: Some(value.clone()),
        })
    });
    let gone =
        before.iter().filter(|(field, _)| !after.contains_key(*field)).map(|(field, old)| {
            FieldChange { field: field.clone(), before: Some(old.clone()), after: None }
        });
    written.chain(gone).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_differs_is_named() {
        let before = json!({ "a": 1, "b": null, "c": [1] });
        let after = json!({ "c": [1], "a": 2, "d": "x" });
        let found = diff(before.as_object(), after.as_object());
        let found: Vec<_> =
            found.into_iter().map(|change| (change.field, change.before, change.after)).collect();
        assert_eq!(
            found,
            [
                ("a".to_owned(), Some(json!(1)), Some(json!(2))),
                ("d".to_owned(), None, Some(json!("x"))),
                ("b".to_owned(), Some(json!(null)), None),
            ]
        );
        assert_eq!(diff(None, after.as_object()).len(), 3);
    }
}
