//! Changes what its owner says of a dataset: description, key, retention, contract and columns.

use serde_json::json;
use shared_kernel::{
    application::Principal,
    domain::{Permission, Timestamp},
};

use super::{DatasetRow, DatasetsError, DatasetsModule};
use crate::domain::dataset::{ColumnEdit, Contract, LARGEST_DATASET, Retention};

const LONGEST_DESCRIPTION: usize = 2000;
const LONGEST_LABEL: usize = 200;
const MOST_DAYS: u32 = 3650;

/// What is to change; what is absent stays.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DatasetEdit {
    pub description: Option<String>,
    /// Only while there are no records.
    pub key: Option<Vec<String>>,
    pub retention: Option<Retention>,
    pub contract: Option<Contract>,
    pub columns: Vec<ColumnEdit>,
}

impl DatasetEdit {
    pub(super) fn apply(self, row: &mut DatasetRow, now: Timestamp) -> Result<(), DatasetsError> {
        if let Some(description) = self.description {
            at_most("description", &description, LONGEST_DESCRIPTION)?;
            row.settings.description = description;
        }
        if let Some(key) = self.key.filter(|key| *key != row.settings.key) {
            examine_key(&key)?;
            if row.records > 0 {
                return Err(DatasetsError::OtherKey(row.settings.key.clone()));
            }
            row.settings.key = key;
        }
        if let Some(retention) = self.retention {
            examine_retention(retention)?;
            row.settings.retention = retention;
            row.retain_at = retention.is_set().then_some(now);
        }
        if let Some(contract) = self.contract {
            contract.examine()?;
            row.settings.contract = contract;
        }
        edit_columns(self.columns, row)
    }
}

fn at_most(path: &str, text: &str, most: usize) -> Result<(), DatasetsError> {
    if text.chars().count() > most || text.contains('\0') {
        return Err(DatasetsError::input(path, format!("must be at most {most} characters")));
    }
    Ok(())
}

/// Fields that can tell records apart.
pub(super) fn examine_key(key: &[String]) -> Result<(), DatasetsError> {
    let fits = |field: &String| (1..=200).contains(&field.len()) && !field.contains('\0');
    let apart = key.iter().collect::<std::collections::BTreeSet<_>>().len() == key.len();
    if key.len() > 10 || !apart || !key.iter().all(fits) {
        return Err(DatasetsError::input("key", "must name 1 to 10 different fields"));
    }
    Ok(())
}

fn examine_retention(retention: Retention) -> Result<(), DatasetsError> {
    for (path, days) in [("days", retention.days), ("history_days", retention.history_days)] {
        if days.is_some_and(|days| !(1..=MOST_DAYS).contains(&days)) {
            let message = format!("must be between 1 and {MOST_DAYS}");
            return Err(DatasetsError::input(format!("retention.{path}"), message));
        }
    }
    if retention.records.is_some_and(|records| !(1..=LARGEST_DATASET).contains(&records)) {
        let message = format!("must be between 1 and {LARGEST_DATASET}");
        return Err(DatasetsError::input("retention.records", message));
    }
    Ok(())
}

fn edit_columns(edits: Vec<ColumnEdit>, row: &mut DatasetRow) -> Result<(), DatasetsError> {
    let indexed = row.columns.indexed().count();
    for (place, edit) in edits.into_iter().enumerate() {
        let path = |part: &str| format!("columns[{place}].{part}");
        if !(1..=200).contains(&edit.name.len()) || edit.name.contains('\0') {
            return Err(DatasetsError::input(path("name"), "must be 1 to 200 bytes"));
        }
        at_most(&path("label"), edit.label.as_deref().unwrap_or_default(), LONGEST_LABEL)?;
        let description = edit.description.as_deref().unwrap_or_default();
        at_most(&path("description"), description, LONGEST_DESCRIPTION)?;
        row.columns
            .edit(edit)
            .map_err(|error| DatasetsError::input(path("name"), error.to_string()))?;
    }
    if row.records == 0 {
        row.columns.make_ready();
    } else if row.columns.indexed().count() > indexed {
        row.index_below = Some(i64::MAX);
    }
    Ok(())
}

impl DatasetsModule {
    pub async fn edit(
        &self,
        who: &Principal,
        name: &str,
        edit: DatasetEdit,
    ) -> Result<DatasetRow, DatasetsError> {
        who.require(Permission::DatasetWrite)?;
        let now = self.ambient.now();
        let mut work = self.database.begin().await?;
        let held = self.store.hold_known(&mut work, who.owner(), name).await?;
        let mut row = held.ok_or(DatasetsError::NotFound)?;
        let before = row.clone();
        edit.apply(&mut row, now)?;
        if row == before {
            return Ok(row);
        }
        self.store.update(&mut work, &row).await?;
        let details = json!({ "settings": row.settings });
        work.record(&self.audited(who, &row, "dataset.edited", &details)).await?;
        work.commit().await?;
        self.bell.notify_one();
        Ok(row)
    }
}
