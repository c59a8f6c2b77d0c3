//! Rows of a table as what is kept of their owner.

use async_trait::async_trait;
use sea_orm::{ConnectionTrait as _, DbErr, QueryResult, Value as Bound};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::Database;
use crate::{
    application::{PersonalData, PersonalDataError, PersonalPage},
    domain::{Owner, Timestamp},
};

/// Rows of one page, and rows removed at once.
const PAGE: i64 = 200;
const ERASED_AT_ONCE: i64 = 500;

/// How a column is shown. A null is shown as null.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    Id,
    Text,
    Number,
    Flag,
    Time,
    /// Text that is JSON.
    Json,
}

/// What orders the rows and tells them apart: a UUID, and what tells apart its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowKey {
    Id(&'static str),
    IdAndNumber(&'static str, &'static str),
    IdAndText(&'static str, &'static str),
}

/// A table, seen as personal data. All of it is text of ours, never of a caller.
#[derive(Debug, Clone, Copy)]
pub struct PersonalTable {
    pub name: &'static str,
    pub table: &'static str,
    pub key: RowKey,
    /// A condition; `$1` is the owner.
    pub owned: &'static str,
    /// None when it is removed with its owner and shows nothing worth handing out.
    pub columns: &'static [(&'static str, Shown)],
    /// False where somebody else removes the rows, or must keep them.
    pub erased: bool,
}

impl PersonalTable {
    pub fn of(self, database: &Database) -> std::sync::Arc<dyn PersonalData> {
        std::sync::Arc::new(SqlPersonalTable { shape: self, database: database.clone() })
    }
}

struct SqlPersonalTable {
    shape: PersonalTable,
    database: Database,
}

/// The last row of a page.
type Place = (Uuid, Option<Value>);

impl RowKey {
    fn columns(self) -> String {
        match self {
            Self::Id(id) => id.to_owned(),
            Self::IdAndNumber(id, second) | Self::IdAndText(id, second) => {
                format!("{id}, {second}")
            }
        }
    }

    /// The values of `$2` and, if any, `$3`: before all rows unless `after` says otherwise.
    fn bounds(self, after: Option<Place>) -> Vec<Bound> {
        let (id, second) = after.unwrap_or((Uuid::nil(), None));
        match self {
            Self::Id(_) => vec![id.into()],
            Self::IdAndNumber(..) => {
                let number = second.and_then(|value| value.as_i64()).unwrap_or(i64::MIN);
                vec![id.into(), number.into()]
            }
            Self::IdAndText(..) => {
                let text = second.as_ref().and_then(Value::as_str).unwrap_or_default();
                vec![id.into(), text.into()]
            }
        }
    }

    fn place(self, row: &QueryResult) -> Result<Place, DbErr> {
        Ok(match self {
            Self::Id(id) => (row.try_get("", id)?, None),
            Self::IdAndNumber(id, second) => {
                (row.try_get("", id)?, Some(json!(number(row, second)?)))
            }
            Self::IdAndText(id, second) => {
                (row.try_get("", id)?, Some(json!(row.try_get::<String>("", second)?)))
            }
        })
    }
}

/// PostgreSQL keeps to the width of the column.
fn number(row: &QueryResult, name: &str) -> Result<Option<i64>, DbErr> {
    row.try_get::<Option<i64>>("", name)
        .or_else(|_| row.try_get::<Option<i32>>("", name).map(|found| found.map(i64::from)))
}

fn shown(row: &QueryResult, name: &str, shown: Shown) -> Result<Value, DbErr> {
    Ok(match shown {
        Shown::Id => json!(row.try_get::<Option<Uuid>>("", name)?),
        Shown::Text => json!(row.try_get::<Option<String>>("", name)?),
        Shown::Number => json!(number(row, name)?),
        Shown::Flag => json!(row.try_get::<Option<bool>>("", name)?),
        Shown::Time => json!(number(row, name)?.map(Timestamp::from_micros)),
        Shown::Json => {
            let text: Option<String> = row.try_get("", name)?;
            // What cannot be read is handed out as it stands.
            text.map_or(Value::Null, |text| serde_json::from_str(&text).unwrap_or(json!(text)))
        }
    })
}

impl SqlPersonalTable {
    fn failed(&self, source: impl std::error::Error + Send + Sync + 'static) -> PersonalDataError {
        PersonalDataError { part: self.shape.name, source: Box::new(source) }
    }

    async fn read(&self, owner: Owner, after: Option<Place>) -> Result<PersonalPage, DbErr> {
        let PersonalTable { table, key, owned, columns, .. } = self.shape;
        let bounds = key.bounds(after);
        let places: Vec<_> = (2..bounds.len() + 2).map(|place| format!("${place}")).collect();
        let (order, limit) = (key.columns(), bounds.len() + 2);
        let sql = format!(
            "SELECT * FROM {table} WHERE {owned} AND ({order}) > ({}) ORDER BY {order} LIMIT ${limit}",
            places.join(", ")
        );
        let values = std::iter::once(owner.into()).chain(bounds).chain([PAGE.into()]);
        let rows =
            self.database.read().query_all_raw(self.database.statement(&sql, values)).await?;
        let item = |row: &QueryResult| {
            let cells = columns
                .iter()
                .map(|(name, kind)| Ok(((*name).to_owned(), shown(row, name, *kind)?)));
            cells.collect::<Result<Map<_, _>, DbErr>>().map(Value::Object)
        };
        let items = rows.iter().map(item).collect::<Result<Vec<_>, _>>()?;
        let full = i64::try_from(rows.len()).is_ok_and(|found| found == PAGE);
        let last = rows.last().filter(|_| full).map(|row| key.place(row)).transpose()?;
        Ok(PersonalPage { items, next: last.map(|place| json!(place).to_string()) })
    }

    async fn remove(&self, owner: Owner) -> Result<u64, DbErr> {
        let PersonalTable { table, key, owned, .. } = self.shape;
        let key = key.columns();
        let sql = format!(
            "DELETE FROM {table} WHERE ({key}) IN (SELECT {key} FROM {table} WHERE {owned} LIMIT $2)"
        );
        let statement = self.database.statement(&sql, [owner.into(), ERASED_AT_ONCE.into()]);
        Ok(self.database.write().execute_raw(statement).await?.rows_affected())
    }
}

#[async_trait]
impl PersonalData for SqlPersonalTable {
    fn name(&self) -> &'static str {
        self.shape.name
    }

    async fn page(
        &self,
        owner: Owner,
        after: Option<&str>,
    ) -> Result<PersonalPage, PersonalDataError> {
        if self.shape.columns.is_empty() {
            return Ok(PersonalPage { items: Vec::new(), next: None });
        }
        let after = after.map(serde_json::from_str::<Place>).transpose();
        let after = after.map_err(|error| self.failed(error))?;
        self.read(owner, after).await.map_err(|error| self.failed(error))
    }

    async fn erase(&self, owner: Owner) -> Result<u64, PersonalDataError> {
        if !self.shape.erased {
            return Ok(0);
        }
        self.remove(owner).await.map_err(|error| self.failed(error))
    }
}
