//! What the values of a field are like.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::Value;
use shared_kernel::{application::Principal, domain::Permission};

use super::{
    DatasetRow, DatasetsError, DatasetsModule,
    ports::{Driver, Lookup, Order},
};
use crate::domain::dataset::Cell;

/// Values that are named.
const TOP: u32 = 10;
/// Records of a dataset that are all looked at, in the index.
const COUNTED: u64 = 200_000;
/// Records that are looked at otherwise: the newest.
const SAMPLED: u64 = 20_000;
/// Records read at once.
const STRETCH: u32 = 500;

/// How often a value stands in a field.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Frequency {
    /// Of a long text its beginning.
    #[schema(value_type = Value)]
    pub value: Value,
    pub count: u64,
}

/// Figures of a field.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct FieldStatistics {
    pub field: String,
    /// Records that were looked at.
    pub examined: u64,
    /// These were the newest, and not all.
    pub sampled: bool,
    /// Among them, those in which the field is null or missing.
    pub nulls: u64,
    /// Different values, null aside.
    pub distinct: u64,
    /// The least; of all records when the field is indexed.
    #[schema(value_type = Value)]
    pub min: Value,
    #[schema(value_type = Value)]
    pub max: Value,
    /// The most frequent values.
    pub top: Vec<Frequency>,
}

fn frequencies(cells: Vec<(Cell, u64)>) -> Vec<Frequency> {
    let all = cells.into_iter();
    all.map(|(cell, count)| Frequency { value: cell.shown(), count }).collect()
}

fn shown(cell: Option<Cell>) -> Value {
    cell.map_or(Value::Null, |cell| cell.shown())
}

impl DatasetsModule {
    pub async fn statistics(
        &self,
        who: &Principal,
        name: &str,
        field: &str,
    ) -> Result<FieldStatistics, DatasetsError> {
        who.require(Permission::DatasetRead)?;
        let dataset = self.dataset_of(who.owner(), name).await?;
        let column =
            dataset.columns.get(field).ok_or(DatasetsError::PartNotFound("column"))?.clone();
        let index = column.index.filter(|index| index.ready).map(|index| index.field);
        let mut figures = match index {
            Some(index) if dataset.records <= COUNTED => {
                self.counted(&dataset, field, index).await?
            }
            _ => self.sampled(&dataset, field).await?,
        };
        if let Some(index) = index {
            let extreme = |order| self.store.extreme(&dataset, index, order);
            figures.min = shown(extreme(Order::Ascending).await?);
            figures.max = shown(extreme(Order::Descending).await?);
        }
        Ok(figures)
    }

    async fn counted(
        &self,
        dataset: &DatasetRow,
        field: &str,
        index: i16,
    ) -> Result<FieldStatistics, DatasetsError> {
        let (examined, nulls, distinct) = self.store.tally(dataset, index).await?;
        Ok(FieldStatistics {
            field: field.to_owned(),
            examined,
            sampled: false,
            nulls,
            distinct,
            min: Value::Null,
            max: Value::Null,
            top: frequencies(self.store.frequent(dataset, index, TOP).await?),
        })
    }

    async fn sampled(
        &self,
        dataset: &DatasetRow,
        field: &str,
    ) -> Result<FieldStatistics, DatasetsError> {
        let mut found: HashMap<Cell, u64> = HashMap::new();
        let (mut examined, mut after, mut all) = (0, None, false);
        while examined < SAMPLED && !all {
            let (driver, order, by_cell) = (&Driver::All, Order::Descending, false);
            let after_now = after.as_ref();
            let way = Lookup { dataset, driver, order, by_cell, after: after_now, limit: STRETCH };
            let stretch = self.store.look_up(way).await?;
            examined += stretch.candidates.len() as u64;
            after = stretch.candidates.last().map(|candidate| candidate.spot.clone());
            for candidate in &stretch.candidates {
                *found.entry(Cell::of(candidate.row.data.get(field))).or_default() += 1;
            }
            all = stretch.end;
        }
        let nulls = found.remove(&Cell::of(None)).unwrap_or_default();
        let (min, max) = (found.keys().min().cloned(), found.keys().max().cloned());
        let distinct = found.len() as u64;
        let mut top: Vec<_> = found.into_iter().collect();
        top.sort_by(|(a, many), (b, more)| more.cmp(many).then_with(|| a.cmp(b)));
        top.truncate(TOP as usize);
        Ok(FieldStatistics {
            field: field.to_owned(),
            examined,
            sampled: !all,
            nulls,
            distinct,
            min: shown(min),
            max: shown(max),
            top: frequencies(top),
        })
    }
}
