//! Finds records by their fields and texts, in an order, a page at a time and with bounded work.
//!
//! Every condition that an index can answer is first counted up to `NARROW`. If one leads to no
//! more records than that, these are looked at and sorted here. Otherwise the records are walked
//! along the index of the order, each is tested, and the page ends after `EXAMINED` records even
//! if it is not full: its cursor says where to go on.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;
use shared_kernel::{application::Principal, domain::Permission};

use super::{
    DatasetRow, DatasetsError, DatasetsModule, RecordRow,
    find::{Plan, Wanted},
    ports::{Order, Spot},
};
use crate::domain::dataset::{CREATED_AT, Cell, Filter, LONGEST_SEARCH, Search, UPDATED_AT};

/// Pages that are put together for a step.
const MOST_PAGES: usize = 100;

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// An object from field to what is asked of it.
    pub filter: Option<Value>,
    pub search: Option<String>,
    /// A field, `@created_at` or `@updated_at`.
    pub sort: Option<String>,
    /// Newest first unless it is said; by a field, the least first.
    pub order: Option<Order>,
    pub cursor: Option<String>,
    pub limit: u32,
    /// Fields that can be seen; all when absent.
    pub visible: Option<Vec<String>>,
}

/// A page of records.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    pub records: Vec<RecordRow>,
    /// Where the next page begins; a page that is not full may have one too.
    pub next_cursor: Option<String>,
}

/// What a page is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SortBy {
    Number,
    /// The field's place in the index.
    Cell(i16),
}

/// As it goes into a cursor: the number, then the cell.
fn written(spot: &Spot) -> String {
    let mut bytes = spot.number.to_be_bytes().to_vec();
    if let Some(Cell(cell)) = &spot.cell {
        bytes.push(1);
        bytes.extend(cell);
    }
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Whether it may be the cursor of some list of records.
pub fn may_be_cursor(text: &str) -> bool {
    URL_SAFE_NO_PAD.decode(text).is_ok_and(|bytes| bytes.len() >= size_of::<i64>())
}

fn spot(text: &str, by: SortBy) -> Option<Spot> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (number, rest) = bytes.split_first_chunk::<8>()?;
    let cell = match (by, rest.split_first()) {
        (SortBy::Number, None) => None,
        (SortBy::Cell(_), Some((1, cell))) if !cell.is_empty() => Some(Cell(cell.to_vec())),
        _ => return None,
    };
    Some(Spot { cell, number: i64::from_be_bytes(*number) })
}

/// The number of the record that a list by numbers has come to.
pub(super) fn number_of(cursor: &str) -> Option<i64> {
    spot(cursor, SortBy::Number).map(|spot| spot.number)
}

impl Query {
    fn sort_by(&self, dataset: &DatasetRow) -> Result<SortBy, DatasetsError> {
        let Some(field) = self.sort.as_deref().filter(|field| *field != CREATED_AT) else {
            return Ok(SortBy::Number);
        };
        if field == UPDATED_AT {
            return match dataset.index_below {
                None => Ok(SortBy::Cell(0)),
                Some(_) => Err(DatasetsError::IndexBuilding(field.to_owned())),
            };
        }
        self.examine_field(dataset, "sort", field)?;
        match dataset.columns.get(field).and_then(|column| column.index) {
            Some(index) if index.ready => Ok(SortBy::Cell(index.field)),
            Some(_) => Err(DatasetsError::IndexBuilding(field.to_owned())),
            None => Err(DatasetsError::input(
                "sort",
                "the field has no index; edit the column and set indexed",
            )),
        }
    }

    /// A field that nobody knows, or that cannot be seen, must not look like an answer.
    fn examine_field(
        &self,
        dataset: &DatasetRow,
        path: &str,
        field: &str,
    ) -> Result<(), DatasetsError> {
        let seen = self.visible.as_ref().is_none_or(|some| some.iter().any(|one| one == field));
        if field == UPDATED_AT || (seen && dataset.columns.get(field).is_some()) {
            return Ok(());
        }
        Err(DatasetsError::input(path, "the dataset has no such field"))
    }

    fn wanted(&self, dataset: &DatasetRow) -> Result<Wanted, DatasetsError> {
        let filter = self.filter.as_ref();
        let filter = filter.map(|filter| Filter::read(filter, "filter")).transpose()?;
        let filter = filter.unwrap_or_default();
        for condition in &filter.0 {
            let path = format!("filter.{}", condition.field);
            self.examine_field(dataset, &path, &condition.field)?;
        }
        let by = self.sort_by(dataset)?;
        let newest = if by == SortBy::Number { Order::Descending } else { Order::Ascending };
        let after = self.cursor.as_ref().map(|cursor| {
            spot(cursor, by)
                .ok_or_else(|| DatasetsError::input("cursor", "not a cursor of this list"))
        });
        Ok(Wanted {
            filter,
            search: self.searched()?,
            by,
            sort: self.sort.clone(),
            order: self.order.unwrap_or(newest),
            after: after.transpose()?,
            limit: usize::try_from(self.limit.max(1)).unwrap_or(usize::MAX),
            visible: self.visible.clone(),
        })
    }

    fn searched(&self) -> Result<Option<Search>, DatasetsError> {
        let Some(text) = self.search.as_deref() else { return Ok(None) };
        if text.chars().count() > LONGEST_SEARCH {
            let message = format!("must be at most {LONGEST_SEARCH} characters");
            return Err(DatasetsError::input("search", message));
        }
        let search = Search::new(text);
        let nothing = || DatasetsError::input("search", "must hold a letter or a digit");
        search.ok_or_else(nothing).map(Some)
    }
}

impl DatasetsModule {
    pub async fn query(
        &self,
        who: &Principal,
        name: &str,
        query: &Query,
    ) -> Result<Found, DatasetsError> {
        who.require(Permission::DatasetRead)?;
        let dataset = self.dataset_of(who.owner(), name).await?;
        self.find_in(&dataset, query).await
    }

    /// Pages until the limit is reached; a step has patience where a person has not.
    pub(super) async fn find_all(
        &self,
        dataset: &DatasetRow,
        mut query: Query,
    ) -> Result<Found, DatasetsError> {
        let limit = usize::try_from(query.limit).unwrap_or(usize::MAX);
        let mut records = Vec::new();
        for _ in 0..MOST_PAGES {
            let page = self.find_in(dataset, &query).await?;
            records.extend(page.records);
            query.cursor = page.next_cursor;
            query.limit = u32::try_from(limit.saturating_sub(records.len())).unwrap_or(0);
            if query.cursor.is_none() || query.limit == 0 {
                break;
            }
        }
        Ok(Found { records, next_cursor: query.cursor })
    }

    /// For those who were let in already.
    pub(super) async fn find_in(
        &self,
        dataset: &DatasetRow,
        query: &Query,
    ) -> Result<Found, DatasetsError> {
        let wanted = query.wanted(dataset)?;
        let (records, next) = match self.plan(dataset, &wanted).await? {
            Plan::Narrow(driver) => self.find_narrow(dataset, &wanted, &driver).await?,
            Plan::Walk { driver, by_cell } => {
                self.find_walking(dataset, &wanted, &driver, by_cell).await?
            }
        };
        Ok(Found { records, next_cursor: next.as_ref().map(written) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_belongs_to_its_order() {
        let plain = Spot { cell: None, number: 7 };
        let sorted = Spot { cell: Some(Cell(vec![3, b'x'])), number: -1 };
        assert_eq!(spot(&written(&plain), SortBy::Number), Some(plain.clone()));
        assert_eq!(spot(&written(&sorted), SortBy::Cell(1)), Some(sorted.clone()));
        assert_eq!(spot(&written(&plain), SortBy::Cell(1)), None);
        assert_eq!(spot(&written(&sorted), SortBy::Number), None);
        for hostile in ["", "AAAA", "%%", "AAAAAAAAAAAB", &"A".repeat(200)] {
            assert_eq!(spot(hostile, SortBy::Number), None, "{hostile}");
        }
    }
}
