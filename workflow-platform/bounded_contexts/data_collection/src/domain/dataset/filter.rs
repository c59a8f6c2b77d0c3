//! Which records are wanted: `{"price": {"gte": 10, "lt": 20}, "author": "猫腻"}`.

use std::{collections::BTreeSet, ops::Bound};

use serde_json::{Map, Value};
use shared_kernel::domain::Timestamp;

use super::{Cell, words};

/// The name under which the time of a record's last change is filtered and sorted by.
pub const UPDATED_AT: &str = "@updated_at";
/// The order in which records came, which is the order unless another is asked for.
pub const CREATED_AT: &str = "@created_at";

const MOST_CONDITIONS: usize = 10;
const MOST_CHOICES: usize = 100;
const LONGEST_TEXT: usize = 1000;

/// Cells from one to another.
pub type Range = (Bound<Cell>, Bound<Cell>);

/// What is asked of one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// Within any of these; disjoint and sorted.
    Within(Vec<Range>),
    /// Anything else, null included.
    Not(Cell),
    /// A text with this part in it, whatever the case.
    Contains(String),
}

/// One field and what is asked of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    pub field: String,
    pub test: Test,
}

/// All of these.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter(pub Vec<Condition>);

/// A filter that cannot be understood, with the place of the fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {message}")]
pub struct FilterError {
    pub path: String,
    pub message: String,
}

fn wrong(path: impl Into<String>, message: impl Into<String>) -> FilterError {
    FilterError { path: path.into(), message: message.into() }
}

impl Filter {
    /// From an object of fields; `path` begins the places of faults.
    pub fn read(value: &Value, path: &str) -> Result<Self, FilterError> {
        let Value::Object(fields) = value else {
            return Err(wrong(path, "must be an object from field to what is asked of it"));
        };
        let mut conditions = Vec::new();
        for (field, asked) in fields {
            let path = format!("{path}.{field}");
            match asked {
                Value::Object(tests) => {
                    for (operator, operand) in tests {
                        let test = test(field, operator, operand, &format!("{path}.{operator}"))?;
                        conditions.push(Condition { field: field.clone(), test });
                    }
                }
                plain => {
                    let test = test(field, "eq", plain, &path)?;
                    conditions.push(Condition { field: field.clone(), test });
                }
            }
        }
        if conditions.len() > MOST_CONDITIONS {
            return Err(wrong(path, format!("at most {MOST_CONDITIONS} conditions are taken")));
        }
        Ok(Self(conditions))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn matches(&self, data: &Map<String, Value>, updated_at: Timestamp) -> bool {
        self.0.iter().all(|condition| condition.matches(data, updated_at))
    }
}

fn test(field: &str, operator: &str, operand: &Value, path: &str) -> Result<Test, FilterError> {
    let cell = || operand_cell(field, operand, path);
    let range = |low, high| Test::Within(vec![(low, high)]);
    Ok(match operator {
        "eq" => Test::Within(vec![exactly(cell()?)]),
        "ne" => Test::Not(cell()?),
        "lt" => range(first_of(&ordered(cell()?, path)?), Bound::Excluded(cell()?)),
        "lte" => range(first_of(&ordered(cell()?, path)?), Bound::Included(cell()?)),
        "gt" => range(Bound::Excluded(ordered(cell()?, path)?), after_all(&cell()?)),
        "gte" => range(Bound::Included(ordered(cell()?, path)?), after_all(&cell()?)),
        "in" => Test::Within(choices(field, operand, path)?),
        "null" => match operand {
            Value::Bool(true) => Test::Within(vec![exactly(Cell::of(None))]),
            Value::Bool(false) => range(Bound::Excluded(Cell::of(None)), Bound::Unbounded),
            _ => return Err(wrong(path, "must be true or false")),
        },
        "contains" => Test::Contains(part(operand, path)?),
        _ => {
            return Err(wrong(path, "is none of eq, ne, lt, lte, gt, gte, in, contains and null"));
        }
    })
}

fn exactly(cell: Cell) -> Range {
    (Bound::Included(cell.clone()), Bound::Included(cell))
}

fn first_of(cell: &Cell) -> Bound<Cell> {
    Bound::Included(Cell(vec![cell.tag()]))
}

fn after_all(cell: &Cell) -> Bound<Cell> {
    Bound::Excluded(Cell(vec![cell.tag() + 1]))
}

/// Greater and less are asked of values that have an order.
fn ordered(cell: Cell, path: &str) -> Result<Cell, FilterError> {
    if cell.is_null() {
        Err(wrong(path, "must be a number, a text or a boolean"))
    } else {
        Ok(cell)
    }
}

fn operand_cell(field: &str, operand: &Value, path: &str) -> Result<Cell, FilterError> {
    match operand {
        Value::Array(_) | Value::Object(_) => {
            Err(wrong(path, "must be a number, a text, a boolean or null"))
        }
        Value::String(text) if field == UPDATED_AT => text
            .parse()
            .map(Cell::time)
            .map_err(|_| wrong(path, "must be a time such as 2026-01-31T08:00:00Z")),
        _ if field == UPDATED_AT => Err(wrong(path, "must be a time such as 2026-01-31T08:00:00Z")),
        Value::String(text) if text.len() > LONGEST_TEXT => {
            Err(wrong(path, format!("must be at most {LONGEST_TEXT} bytes long")))
        }
        plain => Ok(Cell::of(Some(plain))),
    }
}

fn choices(field: &str, operand: &Value, path: &str) -> Result<Vec<Range>, FilterError> {
    let most = || wrong(path, format!("must be a list of 1 to {MOST_CHOICES} values"));
    let Value::Array(items) = operand else { return Err(most()) };
    if !(1..=MOST_CHOICES).contains(&items.len()) {
        return Err(most());
    }
    let cells = items
        .iter()
        .enumerate()
        .map(|(place, item)| operand_cell(field, item, &format!("{path}[{place}]")));
    let cells = cells.collect::<Result<BTreeSet<_>, _>>()?;
    Ok(cells.into_iter().map(exactly).collect())
}

fn part(operand: &Value, path: &str) -> Result<String, FilterError> {
    match operand {
        Value::String(text) if (1..=LONGEST_TEXT).contains(&text.len()) => Ok(text.to_lowercase()),
        _ => Err(wrong(path, format!("must be a text of 1 to {LONGEST_TEXT} bytes"))),
    }
}

impl Condition {
    fn matches(&self, data: &Map<String, Value>, updated_at: Timestamp) -> bool {
        let value = data.get(&self.field);
        let cell = || {
            if self.field == UPDATED_AT { Cell::time(updated_at) } else { Cell::of(value) }
        };
        match &self.test {
            Test::Within(ranges) => {
                let cell = cell();
                ranges.iter().any(|range| std::ops::RangeBounds::contains(range, &cell))
            }
            Test::Not(other) => cell() != *other,
            Test::Contains(part) => match value {
                Some(Value::String(text)) => text.to_lowercase().contains(part),
                Some(Value::Array(items)) => items.iter().any(|item| {
                    item.as_str().is_some_and(|text| text.to_lowercase().contains(part))
                }),
                _ => false,
            },
        }
    }

    /// Tokens that every record has for which it holds; none when it says nothing of them.
    pub fn tokens(&self) -> BTreeSet<String> {
        match &self.test {
            Test::Contains(part) => words::tokens_around(part),
            _ => BTreeSet::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn holds(filter: &Value, data: &Value) -> bool {
        let filter = Filter::read(filter, "filter").unwrap();
        filter.matches(data.as_object().unwrap(), Timestamp::from_millis(1_000))
    }

    #[test]
    fn every_operator_does_what_it_says() {
        let book = json!({ "title": "剑来 A", "price": 12, "tags": ["Fantasy"], "sold": null });
        for good in [
            json!({ "price": 12 }),
            json!({ "price": { "gte": 12, "lte": 12.0, "lt": 12.5, "gt": 11 } }),
            json!({ "price": { "ne": 13 }, "sold": { "null": true }, "absent": { "null": true } }),
            json!({ "price": { "in": [1, 12] }, "title": { "contains": "来 a" } }),
            json!({ "tags": { "contains": "fant" }, "sold": { "ne": 1 } }),
            json!({ "title": { "gt": "a", "null": false } }),
            json!({ "@updated_at": { "gt": "1970-01-01T00:00:00Z" } }),
            json!({ "sold": null }),
            json!({}),
        ] {
            assert!(holds(&good, &book), "{good}");
        }
        for bad in [
            json!({ "price": "12" }),
            json!({ "price": { "lt": 12 } }),
            json!({ "price": { "lt": "z" } }),
            json!({ "price": { "in": [1, 2] } }),
            json!({ "sold": { "gt": 0 } }),
            json!({ "price": { "ne": 12 } }),
            json!({ "title": { "contains": "刀" } }),
            json!({ "@updated_at": { "lt": "1970-01-01T00:00:01Z" } }),
        ] {
            assert!(!holds(&bad, &book), "{bad}");
        }
    }

    #[test]
    fn faults_have_their_place() {
        let path = |filter: Value| Filter::read(&filter, "filter").unwrap_err().path;
        assert_eq!(path(json!([])), "filter");
        assert_eq!(path(json!({ "a": { "near": 1 } })), "filter.a.near");
        assert_eq!(path(json!({ "a": [1] })), "filter.a");
        assert_eq!(path(json!({ "a": { "in": [] } })), "filter.a.in");
        assert_eq!(path(json!({ "a": { "in": [1, {}] } })), "filter.a.in[1]");
        assert_eq!(path(json!({ "a": { "lt": null } })), "filter.a.lt");
        assert_eq!(path(json!({ "a": { "null": 1 } })), "filter.a.null");
        assert_eq!(path(json!({ "a": { "contains": "" } })), "filter.a.contains");
        assert_eq!(path(json!({ "@updated_at": { "gt": "today" } })), "filter.@updated_at.gt");
        let many: Map<String, Value> = (0..11).map(|n| (n.to_string(), json!(n))).collect();
        assert_eq!(path(Value::Object(many)), "filter");
    }
}
