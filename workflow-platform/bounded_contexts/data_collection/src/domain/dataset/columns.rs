//! Which fields records were seen to have.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Most columns that are kept; records may have more fields.
const MOST: usize = 200;

/// What the values of a field were so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ColumnType {
    /// Only null so far.
    Null,
    Boolean,
    Integer,
    Number,
    String,
    Array,
    Object,
    Mixed,
}

/// One field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Column {
    pub name: String,
    #[serde(rename = "type")]
    pub kind: ColumnType,
}

/// All fields, in the order in which they were first seen.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Columns(pub Vec<Column>);

impl ColumnType {
    fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(_) => Self::Boolean,
            Value::Number(number) if number.is_f64() => Self::Number,
            Value::Number(_) => Self::Integer,
            Value::String(_) => Self::String,
            Value::Array(_) => Self::Array,
            Value::Object(_) => Self::Object,
        }
    }

    fn with(self, other: Self) -> Self {
        match (self, other) {
            (a, b) if a == b => a,
            (Self::Null, found) | (found, Self::Null) => found,
            (Self::Integer, Self::Number) | (Self::Number, Self::Integer) => Self::Number,
            _ => Self::Mixed,
        }
    }
}

impl Columns {
    /// Takes in the fields of one more record.
    pub fn observe(&mut self, record: &serde_json::Map<String, Value>) {
        for (name, value) in record {
            let kind = ColumnType::of(value);
            let known = self.0.iter_mut().find(|column| column.name == *name);
            if let Some(column) = known {
                column.kind = column.kind.with(kind);
            } else if self.0.len() < MOST {
                self.0.push(Column { name: name.clone(), kind });
            }
        }
    }
}
