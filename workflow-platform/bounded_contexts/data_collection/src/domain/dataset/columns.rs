//! Which fields records have: seen in them, or said by hand.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Most columns that are kept; records may have more fields.
const MOST: usize = 200;
/// Columns that are indexed without being asked for; the first ones with simple values.
const INDEXED_UNASKED: usize = 16;
/// Most columns with an index.
pub const MOST_INDEXED: usize = 32;

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

/// The place of a field in the index of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldIndex {
    /// From 1; 0 is the time of the last change.
    pub field: i16,
    /// All records are in it.
    pub ready: bool,
}

/// One field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    pub name: String,
    #[serde(rename = "type")]
    pub kind: ColumnType,
    /// Said by hand, so that batches do not change the type.
    #[serde(default)]
    pub declared: bool,
    #[serde(default)]
    pub required: bool,
    /// What people read instead of the name.
    #[serde(default)]
    pub label: Option<String>,
    #[serde(default)]
    pub description: Option<String>,
    #[serde(default)]
    pub index: Option<FieldIndex>,
}

/// All fields, in the order in which they were first seen.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Columns(pub Vec<Column>);

/// What is to be said of a column; what is absent stays, an empty text takes it back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ColumnEdit {
    pub name: String,
    pub kind: Option<ColumnType>,
    pub required: Option<bool>,
    pub label: Option<String>,
    pub description: Option<String>,
    /// An index cannot be taken back.
    pub indexed: bool,
}

/// Why a column cannot be as asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ColumnError {
    #[error("at most {MOST} columns are kept")]
    TooMany,
    #[error("at most {MOST_INDEXED} columns are indexed")]
    TooManyIndexed,
}

impl ColumnType {
    pub fn of(value: &Value) -> Self {
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

    /// Whether a value other than null may stand in such a column.
    pub fn admits(self, value: &Value) -> bool {
        matches!((self, Self::of(value)), (Self::Mixed, _) | (Self::Number, Self::Integer))
            || self == Self::of(value)
    }

    const fn is_simple(self) -> bool {
        matches!(self, Self::Boolean | Self::Integer | Self::Number | Self::String)
    }

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::String => "string",
            Self::Array => "array",
            Self::Object => "object",
            Self::Mixed => "mixed",
        }
    }
}

impl Column {
    fn seen(name: &str, kind: ColumnType) -> Self {
        let name = name.to_owned();
        let (declared, required, label, description, index) = (false, false, None, None, None);
        Self { name, kind, declared, required, label, description, index }
    }
}

impl Columns {
    pub fn get(&self, name: &str) -> Option<&Column> {
        self.0.iter().find(|column| column.name == name)
    }

    /// Columns with a place in the index, ready or not.
    pub fn indexed(&self) -> impl Iterator<Item = (&Column, FieldIndex)> {
        self.0.iter().filter_map(|column| column.index.map(|index| (column, index)))
    }

    pub fn all_ready(&self) -> bool {
        self.indexed().all(|(_, index)| index.ready)
    }

    pub fn make_ready(&mut self) {
        for index in self.0.iter_mut().filter_map(|column| column.index.as_mut()) {
            index.ready = true;
        }
    }

    fn next_index(&self) -> FieldIndex {
        let last = self.indexed().map(|(_, index)| index.field).max().unwrap_or(0);
        FieldIndex { field: last.saturating_add(1), ready: false }
    }

    /// Takes in the fields of one more record.
    pub fn observe(&mut self, record: &Map<String, Value>) {
        for (name, value) in record {
            let kind = ColumnType::of(value);
            let place = self.0.iter().position(|column| column.name == *name);
            let place = match place {
                Some(place) => place,
                None if self.0.len() < MOST => {
                    self.0.push(Column::seen(name, ColumnType::Null));
                    self.0.len() - 1
                }
                None => continue,
            };
            self.take_in(place, kind);
        }
    }

    fn take_in(&mut self, place: usize, kind: ColumnType) {
        let column = &self.0[place];
        let kind = if column.declared { column.kind } else { column.kind.with(kind) };
        let unasked = column.index.is_none() && kind.is_simple();
        let index = (unasked && self.indexed().count() < INDEXED_UNASKED)
            .then(|| self.next_index())
            .or(column.index);
        let column = &mut self.0[place];
        (column.kind, column.index) = (kind, index);
    }

    /// Gives every simple column that was seen before there was an index its place.
    pub fn index_unasked(&mut self) {
        for place in 0..self.0.len() {
            self.take_in(place, ColumnType::Null);
        }
    }

    /// Says something of a column, which is made when records did not have it yet.
    pub fn edit(&mut self, edit: ColumnEdit) -> Result<(), ColumnError> {
        let place = self.0.iter().position(|column| column.name == edit.name);
        if place.is_none() && self.0.len() >= MOST {
            return Err(ColumnError::TooMany);
        }
        let wants_index = edit.indexed && place.is_none_or(|at| self.0[at].index.is_none());
        if wants_index && self.indexed().count() >= MOST_INDEXED {
            return Err(ColumnError::TooManyIndexed);
        }
        let index = wants_index.then(|| self.next_index());
        let place = place.unwrap_or_else(|| {
            self.0.push(Column::seen(&edit.name, ColumnType::Null));
            self.0.len() - 1
        });
        let column = &mut self.0[place];
        if let Some(kind) = edit.kind {
            (column.kind, column.declared) = (kind, kind != ColumnType::Null);
        }
        column.required = edit.required.unwrap_or(column.required);
        column.index = index.or(column.index);
        said(&mut column.label, edit.label);
        said(&mut column.description, edit.description);
        Ok(())
    }
}

fn said(kept: &mut Option<String>, text: Option<String>) {
    if let Some(text) = text {
        *kept = Some(text).filter(|text| !text.is_empty());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{
        ColumnType::{Array, Boolean, Mixed, Number},
        *,
    };

    fn observed(records: &[Value]) -> Columns {
        let mut columns = Columns::default();
        for record in records {
            columns.observe(record.as_object().unwrap());
        }
        columns
    }

    #[test]
    fn types_are_inferred_and_widen() {
        let columns = observed(&[
            json!({ "a": null, "b": 1, "c": 1, "d": "x" }),
            json!({ "a": true, "b": 1.5, "c": "x", "e": [] }),
        ]);
        let kinds: Vec<_> = columns.0.iter().map(|column| column.kind).collect();
        assert_eq!(kinds, [Boolean, Number, Mixed, ColumnType::String, Array]);
        let fields: Vec<_> = columns.indexed().map(|(_, index)| index.field).collect();
        assert_eq!(fields, [4, 1, 2, 3], "null and lists are not indexed unasked");
    }

    #[test]
    fn a_declared_type_stays_and_an_index_is_given_once() {
        let mut columns = observed(&[json!({ "tags": ["a"], "price": 1 })]);
        let edit = |name: &str, kind, indexed| ColumnEdit {
            name: name.to_owned(),
            kind,
            indexed,
            label: Some("Price".to_owned()),
            ..ColumnEdit::default()
        };
        columns.edit(edit("price", Some(ColumnType::Integer), true)).unwrap();
        columns.edit(edit("tags", None, true)).unwrap();
        columns.observe(json!({ "price": "free" }).as_object().unwrap());
        let price = columns.get("price").unwrap();
        assert_eq!((price.kind, price.declared), (ColumnType::Integer, true));
        assert_eq!(price.index.map(|index| index.field), Some(1));
        assert_eq!(columns.get("tags").unwrap().index.map(|index| index.field), Some(2));
        columns
            .edit(ColumnEdit { label: Some(String::new()), ..edit("price", None, false) })
            .unwrap();
        assert_eq!(columns.get("price").unwrap().label, None);
    }

    #[test]
    fn columns_and_indexes_are_bounded() {
        let wide: Map<String, Value> =
            (0..300).map(|place| (format!("f{place}"), json!(place))).collect();
        let mut columns = Columns::default();
        columns.observe(&wide);
        assert_eq!((columns.0.len(), columns.indexed().count()), (MOST, INDEXED_UNASKED));
        let edit = |name: String| ColumnEdit { name, indexed: true, ..ColumnEdit::default() };
        assert_eq!(columns.edit(edit("more".to_owned())), Err(ColumnError::TooMany));
        let refused = (16..40).map(|place| columns.edit(edit(format!("f{place}")))).last();
        assert_eq!(refused, Some(Err(ColumnError::TooManyIndexed)));
    }
}
