//! Lists to lists. Pure.

use std::{cmp::Ordering, collections::HashMap, sync::Arc};

use serde_json::{Map, Number, Value, json};
use shared_kernel::application::ActionError;

use crate::domain::expression::{Compiled, Scope, Template, evaluate, evaluate_condition};

/// Most items of a result.
const MOST: usize = 1_000_000;

type Result<T> = std::result::Result<T, ActionError>;

/// An expression over `item` and `index`.
pub struct PerItem {
    field: &'static str,
    template: Template,
    scope: Scope,
}

impl PerItem {
    pub fn parse(field: &'static str, text: &str) -> Result<Self> {
        let compiled = Compiled::parse(text)
            .map_err(|error| ActionError::invalid_input(field, error.to_string()))?;
        let allowed = ["item", "index"];
        if let Some(other) =
            Scope::VARIABLES.iter().find(|name| !allowed.contains(name) && compiled.uses(name))
        {
            let message = format!("knows item and index, not {other}; put it into the items");
            return Err(ActionError::invalid_input(field, message));
        }
        Ok(Self { field, template: Template::Whole(Arc::new(compiled)), scope: Scope::default() })
    }

    fn at(&mut self, index: usize, item: &Value) {
        self.scope.item = Some(item.clone());
        self.scope.index = u32::try_from(index).ok();
    }

    fn failed(&self, index: usize, message: impl std::fmt::Display) -> ActionError {
        ActionError::permanent(
            "EXPRESSION_FAILED",
            format!("{} of item {index}: {message}", self.field),
        )
    }

    pub fn value(&mut self, index: usize, item: &Value) -> Result<Value> {
        self.at(index, item);
        evaluate(&self.template, &self.scope).map_err(|error| self.failed(index, error))
    }

    pub fn holds(&mut self, index: usize, item: &Value) -> Result<bool> {
        self.at(index, item);
        evaluate_condition(&self.template, &self.scope).map_err(|error| self.failed(index, error))
    }
}

/// The value of one expression, or an object of several by name.
pub fn map(
    items: &[Value],
    fields: &mut [(String, PerItem)],
    whole: Option<&mut PerItem>,
) -> Result<Vec<Value>> {
    if let Some(whole) = whole {
        return items.iter().enumerate().map(|(at, item)| whole.value(at, item)).collect();
    }
    let row = |(at, item)| {
        let entries = fields.iter_mut().map(|(name, of)| Ok((name.clone(), of.value(at, item)?)));
        Ok(Value::Object(entries.collect::<Result<Map<_, _>>>()?))
    };
    items.iter().enumerate().map(row).collect()
}

pub fn filter(items: Vec<Value>, wanted: &mut PerItem) -> Result<Vec<Value>> {
    let mut kept = Vec::new();
    for (index, item) in items.into_iter().enumerate() {
        if wanted.holds(index, &item)? {
            kept.push(item);
        }
    }
    Ok(kept)
}

/// Stable. Null comes first, then false, true, numbers, texts; anything else by its JSON text.
pub fn sort(items: Vec<Value>, by: &mut PerItem, descending: bool) -> Result<Vec<Value>> {
    let mut keyed = Vec::with_capacity(items.len());
    for (index, item) in items.into_iter().enumerate() {
        keyed.push((by.value(index, &item)?, item));
    }
    keyed.sort_by(|(a, _), (b, _)| {
        let order = compare(a, b);
        if descending { order.reverse() } else { order }
    });
    Ok(keyed.into_iter().map(|(_, item)| item).collect())
}

const fn rank(value: &Value) -> u8 {
    match value {
        Value::Null => 0,
        Value::Bool(_) => 1,
        Value::Number(_) => 2,
        Value::String(_) => 3,
        Value::Array(_) | Value::Object(_) => 4,
    }
}

fn compare(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => numbers(a, b),
        (Value::String(a), Value::String(b)) => a.cmp(b),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        _ => rank(a).cmp(&rank(b)).then_with(|| a.to_string().cmp(&b.to_string())),
    }
}

fn numbers(a: &Number, b: &Number) -> Ordering {
    match (a.as_i64(), b.as_i64()) {
        (Some(a), Some(b)) => a.cmp(&b),
        _ => a.as_f64().partial_cmp(&b.as_f64()).unwrap_or(Ordering::Equal),
    }
}

/// `[{key, count, items}]` in the order in which the keys come first.
pub fn group(items: Vec<Value>, by: &mut PerItem) -> Result<Vec<Value>> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut groups: Vec<(Value, Vec<Value>)> = Vec::new();
    for (index, item) in items.into_iter().enumerate() {
        let key = by.value(index, &item)?;
        let place = *places.entry(key.to_string()).or_insert_with(|| {
            groups.push((key, Vec::new()));
            groups.len() - 1
        });
        groups[place].1.push(item);
    }
    let rows = groups.into_iter();
    Ok(rows
        .map(|(key, items)| json!({ "key": key, "count": items.len(), "items": items }))
        .collect())
}

/// One row for each pair whose keys are equal: the fields of both, those of `right` first to give
/// way. With `keep_left` a row without a partner stays as it is.
pub fn join(
    left: Vec<Value>,
    right: Vec<Value>,
    left_key: &mut PerItem,
    right_key: &mut PerItem,
    keep_left: bool,
) -> Result<Vec<Value>> {
    let mut partners: HashMap<String, Vec<Value>> = HashMap::new();
    for (index, item) in right.into_iter().enumerate() {
        partners.entry(right_key.value(index, &item)?.to_string()).or_default().push(item);
    }
    let mut rows = Vec::new();
    for (index, item) in left.into_iter().enumerate() {
        let key = left_key.value(index, &item)?.to_string();
        match partners.get(&key) {
            None if keep_left => rows.push(item),
            None => {}
            Some(found) => rows.extend(found.iter().map(|other| joined(&item, other))),
        }
        if rows.len() > MOST {
            let message = format!("the result has more than {MOST} rows");
            return Err(ActionError::permanent("TOO_MANY_ROWS", message));
        }
    }
    Ok(rows)
}

fn joined(left: &Value, right: &Value) -> Value {
    let mut row = right.as_object().cloned().unwrap_or_default();
    row.extend(left.as_object().cloned().unwrap_or_default());
    Value::Object(row)
}

/// Lists within the list are unfolded, `depth` levels.
pub fn flatten(items: Vec<Value>, depth: u64) -> Vec<Value> {
    let mut flat = Vec::new();
    for item in items {
        match item {
            Value::Array(inner) if depth > 0 => flat.extend(flatten(inner, depth - 1)),
            other => flat.push(other),
        }
    }
    flat
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> PerItem {
        PerItem::parse("by", text).unwrap()
    }

    fn list(value: &Value) -> Vec<Value> {
        value.as_array().unwrap().clone()
    }

    #[test]
    fn rows_are_filtered_sorted_and_grouped() {
        let items = list(&json!([{"a": "x", "n": 3}, {"a": "y", "n": 1}, {"a": "x", "n": 2}]));
        let big = filter(items.clone(), &mut of("item.n > 1")).unwrap();
        assert_eq!(big.len(), 2);
        let sorted = sort(items.clone(), &mut of("item.n"), true).unwrap();
        assert_eq!(json!(sorted[0]["n"]), 3);
        let groups = group(items, &mut of("item.a")).unwrap();
        assert_eq!((&groups[0]["key"], &groups[0]["count"]), (&json!("x"), &json!(2)));
        assert_eq!(groups[1]["items"], json!([{"a": "y", "n": 1}]));
    }

    #[test]
    fn values_of_all_types_have_an_order() {
        let mixed = list(&json!(["b", 2, null, true, 1.5, "a", false, [1]]));
        let sorted = sort(mixed, &mut of("item"), false).unwrap();
        assert_eq!(json!(sorted), json!([null, false, true, 1.5, 2, "a", "b", [1]]));
    }

    #[test]
    fn lists_are_joined_by_key() {
        let left = list(&json!([{"id": 1, "n": "one"}, {"id": 2, "n": "two"}]));
        let right = list(&json!([{"book": 1, "n": "x", "price": 5}]));
        let run = |keep| {
            let (id, book) = (&mut of("item.id"), &mut of("item.book"));
            json!(join(left.clone(), right.clone(), id, book, keep).unwrap())
        };
        assert_eq!(run(false), json!([{"book": 1, "n": "one", "price": 5, "id": 1}]));
        assert_eq!(run(true)[1], json!({"id": 2, "n": "two"}));
    }

    #[test]
    fn lists_are_unfolded_as_deep_as_wanted() {
        let deep = list(&json!([1, [2, [3, [4]]]]));
        assert_eq!(json!(flatten(deep.clone(), 1)), json!([1, 2, [3, [4]]]));
        assert_eq!(json!(flatten(deep, 9)), json!([1, 2, 3, 4]));
    }

    #[test]
    fn what_is_wrong_with_an_expression_names_its_item() {
        assert!(PerItem::parse("by", "item.").is_err());
        assert!(PerItem::parse("by", "params.n").is_err());
        let error = sort(vec![json!({"n": 1}), json!({})], &mut of("item.n"), false).unwrap_err();
        assert!(error.message.contains("item 1"), "{error}");
    }
}
