//! Bodies of answers, and what requests have in common.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use shared_kernel::{
    api::BadRequest,
    domain::{Execution, Id, Timestamp, User},
};

use crate::{
    application::dataset::{
        Author, Cause, ChangeRow, DatasetRow, Delta, Order, RecordRow, VersionRow,
    },
    domain::dataset::{ChangeKind, Column, ColumnType, Contract, FieldChange, Retention, diff},
};

/// Whether a field can be sorted by and is found quickly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IndexState {
    None,
    /// Being filled; a moment of patience.
    Building,
    Ready,
}

/// A field of records.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ColumnView {
    pub name: String,
    #[serde(rename = "type")]
    pub kind: ColumnType,
    /// The type was said by hand, and batches do not change it.
    pub declared: bool,
    pub required: bool,
    /// What people read instead of the name.
    pub label: Option<String>,
    pub description: Option<String>,
    pub index: IndexState,
}

impl From<Column> for ColumnView {
    fn from(column: Column) -> Self {
        let index = column.index.map_or(IndexState::None, |index| {
            if index.ready { IndexState::Ready } else { IndexState::Building }
        });
        let Column { name, kind, declared, required, label, description, .. } = column;
        Self { name, kind, declared, required, label, description, index }
    }
}

/// A dataset.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DatasetView {
    pub name: String,
    pub description: String,
    /// Fields that tell records apart; none until a batch names them.
    pub key: Vec<String>,
    /// Fields that records were seen to have, in the order in which they appeared.
    pub columns: Vec<ColumnView>,
    pub records: u64,
    /// Goes up with every batch that changed something.
    pub version: u64,
    pub retention: Retention,
    pub contract: Contract,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl From<DatasetRow> for DatasetView {
    fn from(row: DatasetRow) -> Self {
        Self {
            name: row.name,
            description: row.settings.description,
            key: row.settings.key,
            columns: row.columns.0.into_iter().map(Into::into).collect(),
            records: row.records,
            version: row.version,
            retention: row.settings.retention,
            contract: row.settings.contract,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// A record with what is known of it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RecordView {
    /// Absent where a link does not show it.
    pub key: Option<String>,
    /// As it was written.
    #[schema(value_type = Object)]
    pub data: Map<String, Value>,
    /// Of the dataset, when the record last changed.
    pub version: u64,
    /// First seen.
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// When a batch last had it, changed or not.
    pub seen_at: Timestamp,
}

impl From<RecordRow> for RecordView {
    fn from(row: RecordRow) -> Self {
        let RecordRow { key, data, version, created_at, updated_at, seen_at, .. } = row;
        Self { key: Some(key), data, version, created_at, updated_at, seen_at }
    }
}

/// A change of a record.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ChangeView {
    pub version: u64,
    /// Absent where a link does not show it.
    pub key: Option<String>,
    pub kind: ChangeKind,
    pub at: Timestamp,
    pub cause: Cause,
    #[schema(value_type = Option<String>, format = Uuid)]
    pub user_id: Option<Id<User>>,
    #[schema(value_type = Option<String>, format = Uuid)]
    pub execution_id: Option<Id<Execution>>,
    /// Fields that differ.
    pub fields: Vec<FieldChange>,
}

impl From<ChangeRow> for ChangeView {
    fn from(row: ChangeRow) -> Self {
        let kind = match (&row.before, &row.after) {
            (None, _) => ChangeKind::Added,
            (_, None) => ChangeKind::Removed,
            _ => ChangeKind::Changed,
        };
        Self {
            version: row.version,
            key: Some(row.key),
            kind,
            at: row.at,
            cause: row.cause,
            user_id: row.author.user,
            execution_id: row.author.execution,
            fields: diff(row.before.as_ref(), row.after.as_ref()),
        }
    }
}

impl ChangeView {
    /// As strangers see it.
    pub fn anonymous(self, shows_key: bool) -> Self {
        let key = self.key.filter(|_| shows_key);
        Self { key, user_id: None, execution_id: None, ..self }
    }
}

/// Changes in the order in which they happened.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DeltaView {
    pub items: Vec<ChangeView>,
    /// Hand this back as `after`, also when nothing follows yet.
    pub cursor: String,
    /// More follows at once.
    pub more: bool,
}

impl DeltaView {
    pub fn new(delta: Delta, view: impl Fn(ChangeView) -> ChangeView) -> Self {
        let items = delta.changes.into_iter().map(|change| view(change.into())).collect();
        Self { items, cursor: delta.cursor, more: delta.more }
    }
}

/// A version of a dataset.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct VersionView {
    pub version: u64,
    pub at: Timestamp,
    pub cause: Cause,
    #[schema(value_type = Option<String>, format = Uuid)]
    pub user_id: Option<Id<User>>,
    #[schema(value_type = Option<String>, format = Uuid)]
    pub execution_id: Option<Id<Execution>>,
    pub added: u64,
    pub changed: u64,
    pub removed: u64,
    /// Records then.
    pub total: u64,
}

impl From<VersionRow> for VersionView {
    fn from(row: VersionRow) -> Self {
        let VersionRow { version, at, cause, author, added, changed, removed, total } = row;
        let Author { user: user_id, execution: execution_id } = author;
        Self { version, at, cause, user_id, execution_id, added, changed, removed, total }
    }
}

/// The way of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    Asc,
    Desc,
}

impl From<Direction> for Order {
    fn from(direction: Direction) -> Self {
        match direction {
            Direction::Asc => Self::Ascending,
            Direction::Desc => Self::Descending,
        }
    }
}

/// A filter in a query string: JSON.
pub fn filter_of(text: Option<&str>) -> Result<Option<Value>, BadRequest> {
    let read = text.map(serde_json::from_str).transpose();
    read.map_err(|error| BadRequest::field("filter", format!("is not JSON: {error}")))
}

/// Names in a query string: a JSON list, or separated by commas.
pub fn names_of(path: &str, text: Option<&str>) -> Result<Option<Vec<String>>, BadRequest> {
    let Some(text) = text else { return Ok(None) };
    let names: Vec<String> = if text.starts_with('[') {
        serde_json::from_str(text)
            .map_err(|_| BadRequest::field(path, "must be names, or a JSON list of them"))?
    } else {
        text.split(',').map(|name| name.trim().to_owned()).collect()
    };
    if names.is_empty() || names.len() > 200 {
        return Err(BadRequest::field(path, "must be 1 to 200 names"));
    }
    Ok(Some(names))
}

/// Rows of a page.
pub fn limit_of(limit: Option<u32>) -> Result<u32, BadRequest> {
    Ok(shared_kernel::api::PageQuery::parse(limit, None)?.limit)
}
