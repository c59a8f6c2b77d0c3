//! What a batch must be like to be published; any other is held back until somebody looked at it.

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Batch, Cell, ColumnType, Columns, Reason};

/// More records than any dataset has.
pub const LARGEST_DATASET: u64 = 1_000_000_000_000;
/// Breaches that are told of one rule.
const MOST_TOLD: usize = 20;

/// The rules; those that are absent ask for nothing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Contract {
    /// Records of a batch, at least.
    pub least_records: Option<u64>,
    /// Records of a batch, at most.
    pub most_records: Option<u64>,
    /// By field, the largest share of records in which it is null or missing: 0 to 1.
    pub most_nulls: BTreeMap<String, f64>,
    /// Fields whose values, where there are any, stand once in a batch.
    pub unique: Vec<String>,
    /// Values have the declared types, and required fields are there.
    pub schema: bool,
    /// The largest share by which a batch may have fewer records than the one before: 0 to 1.
    pub largest_drop: Option<f64>,
}

/// A rule of a [`Contract`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    LeastRecords,
    MostRecords,
    MostNulls,
    Unique,
    Schema,
    LargestDrop,
}

/// A rule that a batch breaks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Breach {
    pub rule: Rule,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Key of the first record at fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The reason in English.
    #[schema(example = "7 records of 20 have none, at most 10 % may")]
    pub message: String,
    /// The same for programs; batches that were held before it was kept have the message alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

/// A contract that cannot be kept, with the place of the fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {message}")]
pub struct ContractError {
    pub path: String,
    pub message: &'static str,
}

fn breach(reason: Reason) -> Breach {
    let message = reason.to_string();
    Breach { rule: reason.rule(), field: None, key: None, message, reason: Some(reason) }
}

#[expect(clippy::cast_precision_loss, reason = "numbers of records lie far below 2^52")]
fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

impl Contract {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether the rules can be kept at all.
    pub fn examine(&self) -> Result<(), ContractError> {
        let fault =
            |path: &str, message| ContractError { path: format!("contract.{path}"), message };
        let is_share = |share: &f64| (0.0..=1.0).contains(share);
        for (path, records) in
            [("least_records", self.least_records), ("most_records", self.most_records)]
        {
            if records.is_some_and(|records| records > LARGEST_DATASET) {
                return Err(fault(path, "is more than any dataset has"));
            }
        }
        if self.least_records > self.most_records && self.most_records.is_some() {
            return Err(fault("least_records", "is more than most_records"));
        }
        if let Some((field, _)) = self.most_nulls.iter().find(|(_, share)| !is_share(share)) {
            return Err(fault(&format!("most_nulls.{field}"), "must be between 0 and 1"));
        }
        if self.largest_drop.as_ref().is_some_and(|share| !is_share(share)) {
            return Err(fault("largest_drop", "must be between 0 and 1"));
        }
        if self.most_nulls.len() + self.unique.len() > 200 {
            return Err(fault("most_nulls", "at most 200 fields have a rule"));
        }
        Ok(())
    }

    /// What the batch breaks; `before` is how many records the last published batch had.
    pub fn check(&self, batch: &Batch, columns: &Columns, before: Option<u64>) -> Vec<Breach> {
        let mut found = Vec::new();
        let count = batch.records.len() as u64;
        if let Some(least) = self.least_records.filter(|least| count < *least) {
            found.push(breach(Reason::TooFew { records: count, least }));
        }
        if let Some(most) = self.most_records.filter(|most| count > *most) {
            found.push(breach(Reason::TooMany { records: count, most }));
        }
        found.extend(self.drop_of(count, before));
        found.extend(self.most_nulls.iter().filter_map(|(field, most)| nulls(batch, field, *most)));
        found.extend(self.unique.iter().filter_map(|field| repeated(batch, field)));
        if self.schema {
            let declared = columns.0.iter().filter(|column| column.declared || column.required);
            found.extend(declared.filter_map(|column| misfit(batch, column)).take(MOST_TOLD));
        }
        found
    }

    fn drop_of(&self, count: u64, before: Option<u64>) -> Option<Breach> {
        let (most, before) = (self.largest_drop?, before?);
        let drop = share(before.saturating_sub(count), before);
        (drop > most).then(|| breach(Reason::Fewer { records: count, before, drop, most }))
    }
}

fn at(field: &str, key: &str, reason: Reason) -> Breach {
    Breach { field: Some(field.to_owned()), key: Some(key.to_owned()), ..breach(reason) }
}

fn is_missing(data: &Map<String, Value>, field: &str) -> bool {
    data.get(field).is_none_or(Value::is_null)
}

fn nulls(batch: &Batch, field: &str, most: f64) -> Option<Breach> {
    let mut missing = batch.records.iter().filter(|record| is_missing(&record.data, field));
    let first = missing.next()?;
    let (count, all) = (missing.count() as u64 + 1, batch.records.len() as u64);
    let reason = Reason::Missing { records: count, of: all, most };
    (share(count, all) > most).then(|| at(field, &first.key, reason))
}

fn repeated(batch: &Batch, field: &str) -> Option<Breach> {
    let mut seen = HashSet::with_capacity(batch.records.len());
    let again = batch.records.iter().find(|record| {
        let value = record.data.get(field);
        let whole = value.is_some_and(|value| value.is_array() || value.is_object());
        let bytes = match value {
            Some(value) if whole => value.to_string().into_bytes(),
            value => Cell::of(value).0,
        };
        !is_missing(&record.data, field) && !seen.insert(bytes)
    })?;
    Some(at(field, &again.key, Reason::Repeated))
}

fn misfit(batch: &Batch, column: &super::Column) -> Option<Breach> {
    let (field, kind) = (&column.name, column.kind);
    batch.records.iter().find_map(|record| {
        let value = record.data.get(field).filter(|value| !value.is_null());
        let reason = match value {
            None if column.required => Reason::Absent,
            Some(value) if column.declared && !kind.admits(value) => {
                Reason::WrongType { found: ColumnType::of(value), declared: kind }
            }
            _ => return None,
        };
        Some(at(field, &record.key, reason))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::dataset::ColumnEdit;

    fn batch(count: u64) -> Batch {
        let records = (0..count)
            .map(|id| json!({ "id": id, "name": if id % 2 == 0 { json!("x") } else { json!(null) } }))
            .collect();
        Batch::new(&["id".to_owned()], records).unwrap()
    }

    fn broken(contract: Value, count: u64, before: Option<u64>) -> Vec<Rule> {
        let contract: Contract = serde_json::from_value(contract).unwrap();
        let mut columns = Columns::default();
        for (name, kind, required) in
            [("id", ColumnType::Integer, true), ("name", ColumnType::Integer, false)]
        {
            let (name, kind, required) = (name.to_owned(), Some(kind), Some(required));
            columns.edit(ColumnEdit { name, kind, required, ..ColumnEdit::default() }).unwrap();
        }
        contract.check(&batch(count), &columns, before).into_iter().map(|one| one.rule).collect()
    }

    #[test]
    fn every_rule_is_kept_to_its_edge() {
        assert_eq!(broken(json!({}), 4, Some(100)), []);
        assert_eq!(broken(json!({ "least_records": 4, "most_records": 4 }), 4, None), []);
        assert_eq!(broken(json!({ "least_records": 5 }), 4, None), [Rule::LeastRecords]);
        assert_eq!(broken(json!({ "most_records": 3 }), 4, None), [Rule::MostRecords]);
        assert_eq!(broken(json!({ "most_nulls": { "name": 0.5 } }), 4, None), []);
        assert_eq!(broken(json!({ "most_nulls": { "name": 0.4 } }), 4, None), [Rule::MostNulls]);
        assert_eq!(broken(json!({ "most_nulls": { "absent": 0.9 } }), 4, None), [Rule::MostNulls]);
        assert_eq!(broken(json!({ "unique": ["id"] }), 4, None), []);
        assert_eq!(broken(json!({ "unique": ["name"] }), 4, None), [Rule::Unique]);
        assert_eq!(broken(json!({ "schema": true }), 4, None), [Rule::Schema]);
        assert_eq!(broken(json!({ "largest_drop": 0.5 }), 4, Some(8)), []);
        assert_eq!(broken(json!({ "largest_drop": 0.5 }), 4, Some(9)), [Rule::LargestDrop]);
        assert_eq!(broken(json!({ "largest_drop": 0.5 }), 4, None), []);
        assert_eq!(broken(json!({ "largest_drop": 0.0 }), 0, Some(1)), [Rule::LargestDrop]);
    }

    #[test]
    fn a_breach_from_before_reasons_were_kept_is_read_as_it_is() {
        let old = json!({ "rule": "unique", "field": "id", "key": "1", "message": "twice" });
        let read: Breach = serde_json::from_value(old.clone()).unwrap();
        assert_eq!(read.reason, None);
        assert_eq!(serde_json::to_value(read).unwrap(), old);
    }

    #[test]
    fn rules_that_cannot_be_kept_are_refused() {
        let path = |contract: Value| {
            serde_json::from_value::<Contract>(contract).unwrap().examine().unwrap_err().path
        };
        assert_eq!(
            path(json!({ "least_records": 2, "most_records": 1 })),
            "contract.least_records"
        );
        assert_eq!(path(json!({ "most_nulls": { "a": 1.1 } })), "contract.most_nulls.a");
        assert_eq!(path(json!({ "largest_drop": -0.1 })), "contract.largest_drop");
    }
}
