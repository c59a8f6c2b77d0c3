//! How a query is answered.

use std::{cmp::Ordering, collections::BTreeSet, ops::Bound};

use super::{
    DatasetRow, DatasetsError, DatasetsModule, RecordRow,
    ports::{Candidate, Driver, Lookup, Order, Spot, Stretch},
    query::SortBy,
};
use crate::domain::dataset::{Cell, Condition, Filter, Range, Search, Test, UPDATED_AT};

/// Records that are few enough to look at all of them.
const NARROW: u32 = 2000;
/// Records that are looked at for one page.
const EXAMINED: usize = 10_000;
/// Records read at once.
const STRETCH: u32 = 500;
/// Bytes of JSON after which a page ends.
const PAGE_BYTES: usize = 4 * 1024 * 1024;

/// A query, understood.
pub(super) struct Wanted {
    pub filter: Filter,
    pub search: Option<Search>,
    pub by: SortBy,
    /// Name of the field.
    pub sort: Option<String>,
    pub order: Order,
    pub after: Option<Spot>,
    pub limit: usize,
    pub visible: Option<Vec<String>>,
}

/// Along what the records are found.
pub(super) enum Plan {
    /// Few enough to sort here.
    Narrow(Driver),
    /// In the order that was asked for.
    Walk { driver: Driver, by_cell: bool },
}

type Page = (Vec<RecordRow>, Option<Spot>);

/// Records in their order, until the page is full.
struct Gathered {
    records: Vec<RecordRow>,
    bytes: usize,
    last: Option<Spot>,
}

impl Wanted {
    /// What can be seen of the record, if it is wanted.
    fn take(&self, mut row: RecordRow) -> Option<RecordRow> {
        if let Some(visible) = &self.visible {
            row.data.retain(|field, _| visible.contains(field));
        }
        let fits = self.filter.matches(&row.data, row.updated_at)
            && self.search.as_ref().is_none_or(|search| search.matches(&row.data));
        fits.then_some(row)
    }

    fn is_selective(&self) -> bool {
        !self.filter.is_empty() || self.search.is_some()
    }

    /// Where the record stands in the wanted order.
    fn spot(&self, row: &RecordRow) -> Spot {
        let cell = match (self.by, self.sort.as_deref()) {
            (SortBy::Number, _) | (_, None) => None,
            (SortBy::Cell(_), Some(UPDATED_AT)) => Some(Cell::time(row.updated_at)),
            (SortBy::Cell(_), Some(field)) => Some(Cell::of(row.data.get(field))),
        };
        Spot { cell, number: row.number }
    }

    fn compare(&self, one: &Spot, other: &Spot) -> Ordering {
        let ascending = (&one.cell, one.number).cmp(&(&other.cell, other.number));
        if self.order == Order::Ascending { ascending } else { ascending.reverse() }
    }

    /// Ranges that the filter leaves of a field; all of it unless one says otherwise.
    fn ranges_of(&self, field: &str) -> Vec<Range> {
        let of_field = |condition: &&Condition| condition.field == field;
        let ranges = self.filter.0.iter().filter(of_field).find_map(|one| match &one.test {
            Test::Within(ranges) => Some(ranges.clone()),
            _ => None,
        });
        ranges.unwrap_or_else(|| vec![(Bound::Unbounded, Bound::Unbounded)])
    }

    /// Ways that lead to every wanted record.
    fn drivers(&self, dataset: &DatasetRow) -> Vec<Driver> {
        let mut drivers = Vec::new();
        let mut tokens = BTreeSet::new();
        for condition in &self.filter.0 {
            tokens.extend(condition.tokens());
            if let Test::Within(ranges) = &condition.test
                && let Some(field) = field_of(dataset, &condition.field)
            {
                drivers.push(Driver::Cells { field, ranges: ranges.clone() });
            }
        }
        tokens.extend(self.search.iter().flat_map(|search| search.beginnings().iter().cloned()));
        if !tokens.is_empty() && dataset.index_below.is_none() {
            drivers.push(Driver::Tokens(tokens));
        }
        drivers
    }
}

/// The field's place in the index, once every record is in it.
fn field_of(dataset: &DatasetRow, field: &str) -> Option<i16> {
    if field == UPDATED_AT {
        return dataset.index_below.is_none().then_some(0);
    }
    let index = dataset.columns.get(field)?.index?;
    index.ready.then_some(index.field)
}

/// Whether every range is one cell, so that an order by number needs no sorting.
fn are_cells(ranges: &[Range]) -> bool {
    let is_one =
        |range: &Range| matches!(range, (Bound::Included(a), Bound::Included(b)) if a == b);
    ranges.iter().all(is_one)
}

impl Gathered {
    fn new() -> Self {
        Self { records: Vec::new(), bytes: 0, last: None }
    }

    /// Whether there was room for it.
    fn add(&mut self, wanted: &Wanted, candidate: Candidate, row: RecordRow) -> bool {
        if self.records.len() >= wanted.limit || self.bytes >= PAGE_BYTES {
            return false;
        }
        self.bytes += candidate.bytes;
        self.last = Some(candidate.spot);
        self.records.push(row);
        true
    }
}

impl DatasetsModule {
    pub(super) async fn plan(
        &self,
        dataset: &DatasetRow,
        wanted: &Wanted,
    ) -> Result<Plan, DatasetsError> {
        let mut drivers = wanted.drivers(dataset);
        let mut narrowest: Option<(u32, usize)> = None;
        for (place, driver) in drivers.iter().enumerate() {
            let most = narrowest.map_or(NARROW + 1, |(count, _)| count);
            let count = self.store.count_up_to(dataset, driver, most).await?;
            if count <= NARROW && narrowest.is_none_or(|(least, _)| count < least) {
                narrowest = Some((count, place));
            }
        }
        if let Some((_, place)) = narrowest {
            return Ok(Plan::Narrow(drivers.swap_remove(place)));
        }
        if let SortBy::Cell(field) = wanted.by {
            let ranges = wanted.ranges_of(wanted.sort.as_deref().unwrap_or_default());
            return Ok(Plan::Walk { driver: Driver::Cells { field, ranges }, by_cell: true });
        }
        let by_number = |driver: &Driver| match driver {
            Driver::Tokens(_) | Driver::All => true,
            Driver::Cells { ranges, .. } => are_cells(ranges),
        };
        let driver = drivers.into_iter().rev().find(by_number).unwrap_or(Driver::All);
        Ok(Plan::Walk { driver, by_cell: false })
    }

    /// Looks at all that the driver leads to, keeping no more than a page of it.
    pub(super) async fn find_narrow(
        &self,
        dataset: &DatasetRow,
        wanted: &Wanted,
        driver: &Driver,
    ) -> Result<Page, DatasetsError> {
        let by_cell = matches!(driver, Driver::Cells { .. });
        let mut after = None;
        let mut kept: Vec<(Candidate, RecordRow)> = Vec::new();
        loop {
            let (order, after_now) = (Order::Ascending, after.as_ref());
            let way = Lookup { dataset, driver, order, by_cell, after: after_now, limit: STRETCH };
            let Stretch { candidates, end } = self.store.look_up(way).await?;
            after = candidates.last().map(|candidate| candidate.spot.clone());
            for mut candidate in candidates {
                let Some(row) = wanted.take(candidate.row.clone()) else { continue };
                candidate.spot = wanted.spot(&row);
                let follows = |after| wanted.compare(&candidate.spot, after) == Ordering::Greater;
                if wanted.after.as_ref().is_none_or(follows) {
                    kept.push((candidate, row));
                }
            }
            kept.sort_by(|(one, _), (other, _)| wanted.compare(&one.spot, &other.spot));
            kept.truncate(wanted.limit.saturating_add(1));
            if end || after.is_none() {
                break;
            }
        }
        let mut page = Gathered::new();
        let mut more = false;
        for (candidate, row) in kept {
            if !page.add(wanted, candidate, row) {
                more = true;
                break;
            }
        }
        Ok((page.records, page.last.filter(|_| more)))
    }

    /// Goes along the wanted order until the page is full, or enough was looked at.
    pub(super) async fn find_walking(
        &self,
        dataset: &DatasetRow,
        wanted: &Wanted,
        driver: &Driver,
        by_cell: bool,
    ) -> Result<Page, DatasetsError> {
        let most = u32::try_from(wanted.limit.saturating_add(1)).unwrap_or(STRETCH);
        let limit = if wanted.is_selective() { STRETCH } else { most.min(STRETCH) };
        let mut page = Gathered::new();
        let mut after = wanted.after.clone();
        let mut examined = 0;
        loop {
            let (order, after_now) = (wanted.order, after.as_ref());
            let way = Lookup { dataset, driver, order, by_cell, after: after_now, limit };
            let Stretch { candidates, end } = self.store.look_up(way).await?;
            examined += candidates.len();
            for mut candidate in candidates {
                let spot = candidate.spot.clone();
                let taken = std::mem::take(&mut candidate.row.data);
                let row = RecordRow { data: taken, ..candidate.row.clone() };
                if let Some(row) = wanted.take(row)
                    && !page.add(wanted, candidate, row)
                {
                    return Ok((page.records, page.last));
                }
                after = Some(spot);
            }
            if end {
                return Ok((page.records, None));
            }
            if examined >= EXAMINED || page.bytes >= PAGE_BYTES {
                return Ok((page.records, after));
            }
        }
    }
}
