//! [`Records`] in the database.

use std::{collections::HashMap, ops::Bound};

use async_trait::async_trait;
use sea_orm::{DbErr, QueryResult};
use serde_json::json;
use shared_kernel::{domain::Timestamp, infrastructure::db::UnitOfWork};
use uuid::Uuid;

use super::{
    SqlDatasets, lookup,
    lookup::Statement,
    statements::{changes_sql, known_sql, removed_rows, rows, saw_sql, upsert_sql},
    store::{Weighed, data, signed, time, unsigned},
};
use crate::{
    application::dataset::ports::{
        Candidate, DatasetRow, DatasetStoreError, Driver, KnownRecord, Lookup, Order, RecordRow,
        Records, RemovedRecord, Spot, Stretch, WrittenRecord,
    },
    domain::dataset::Cell,
};

impl Weighed for Candidate {
    fn bytes(&self) -> usize {
        self.bytes
    }
}

fn record(row: &QueryResult) -> Result<(RecordRow, usize), DatasetStoreError> {
    let text: String = row.try_get("", "data")?;
    let record = RecordRow {
        number: row.try_get("", "number")?,
        key: row.try_get("", "key")?,
        data: data(&text)?,
        version: unsigned(row, "version")?,
        created_at: time(row, "created_at")?,
        updated_at: time(row, "updated_at")?,
        seen_at: time(row, "seen_at")?,
    };
    Ok((record, text.len()))
}

fn candidate(row: &QueryResult, by_cell: bool) -> Result<Candidate, DatasetStoreError> {
    let (record, bytes) = record(row)?;
    let cell = if by_cell { Some(Cell(row.try_get("", "cell")?)) } else { None };
    let spot = Spot { cell, number: record.number };
    Ok(Candidate { spot, row: record, bytes })
}

fn known(row: &QueryResult) -> Result<(String, KnownRecord), DatasetStoreError> {
    let text: String = row.try_get("", "data")?;
    let known = KnownRecord {
        number: row.try_get("", "number")?,
        hash: row.try_get("", "hash")?,
        data: data(&text)?,
        updated_at: time(row, "updated_at")?,
    };
    Ok((row.try_get("", "key")?, known))
}

fn keys(rows: &[QueryResult]) -> Result<Vec<String>, DbErr> {
    rows.iter().map(|row| row.try_get("", "key")).collect()
}

#[async_trait]
impl Records for SqlDatasets {
    async fn known(
        &self,
        work: &mut UnitOfWork,
        dataset: Uuid,
        keys: &[&str],
    ) -> Result<HashMap<String, KnownRecord>, DatasetStoreError> {
        let values = vec![dataset.into(), json!(keys).to_string().into()];
        let rows = self.query(work, known_sql(self.backend()), values).await?;
        rows.iter().map(known).collect()
    }

    async fn write(
        &self,
        work: &mut UnitOfWork,
        row: &DatasetRow,
        records: &[WrittenRecord<'_>],
        now: Timestamp,
    ) -> Result<(), DatasetStoreError> {
        if records.is_empty() {
            return Ok(());
        }
        let rows = rows(records);
        let version = signed(row.version + 1);
        let values = || vec![row.id.into(), rows.clone().into(), version.into(), now.into()];
        self.execute(work, upsert_sql(self.backend()), values()).await?;
        self.execute(work, changes_sql(self.backend()), values()).await?;
        self.index_written(work, row, records, now).await
    }

    async fn saw(
        &self,
        work: &mut UnitOfWork,
        row: &DatasetRow,
        numbers: &[i64],
        now: Timestamp,
    ) -> Result<(), DatasetStoreError> {
        let values = vec![row.number.into(), json!(numbers).to_string().into(), now.into()];
        self.execute(work, saw_sql(self.backend()), values).await?;
        Ok(())
    }

    async fn remove(
        &self,
        work: &mut UnitOfWork,
        row: &DatasetRow,
        records: &[RemovedRecord],
        now: Timestamp,
    ) -> Result<(), DatasetStoreError> {
        let version = signed(row.version + 1);
        let values = vec![row.id.into(), removed_rows(records).into(), version.into(), now.into()];
        self.execute(work, changes_sql(self.backend()), values).await?;
        self.unindex(work, row, records).await
    }

    async fn index_below(
        &self,
        work: &mut UnitOfWork,
        row: &DatasetRow,
        below: i64,
        most: u32,
    ) -> Result<Option<i64>, DatasetStoreError> {
        let (low, high) = row.numbers();
        let sql = format!(
            "SELECT number, data, updated_at FROM dataset_records \
             WHERE number > $1 AND number < $2 ORDER BY number DESC LIMIT {most}"
        );
        let rows = self.query(work, sql, vec![low.into(), below.min(high).into()]).await?;
        let made = rows.iter().map(|row| {
            let text: String = row.try_get("", "data")?;
            Ok((row.try_get("", "number")?, data(&text)?, time(row, "updated_at")?))
        });
        let records = made.collect::<Result<Vec<_>, DatasetStoreError>>()?;
        self.index_again(work, row, &records).await?;
        let full = records.len() == usize::try_from(most).unwrap_or(usize::MAX);
        Ok(records.last().filter(|_| full).map(|(number, ..)| *number))
    }

    async fn unseen_since(
        &self,
        work: &mut UnitOfWork,
        row: &DatasetRow,
        since: Timestamp,
        most: u32,
    ) -> Result<Vec<String>, DatasetStoreError> {
        let sql = format!(
            "SELECT r.key FROM dataset_seen s JOIN dataset_records r ON r.number = s.number \
             WHERE s.dataset = $1 AND s.seen_at < $2 ORDER BY s.seen_at LIMIT {most}"
        );
        let rows = self.query(work, sql, vec![row.number.into(), since.into()]).await?;
        Ok(keys(&rows)?)
    }

    async fn oldest(
        &self,
        work: &mut UnitOfWork,
        row: &DatasetRow,
        most: u32,
    ) -> Result<Vec<String>, DatasetStoreError> {
        let (low, high) = row.numbers();
        let sql = format!(
            "SELECT key FROM dataset_records WHERE number > $1 AND number < $2 \
             ORDER BY number LIMIT {most}"
        );
        let rows = self.query(work, sql, vec![low.into(), high.into()]).await?;
        Ok(keys(&rows)?)
    }

    async fn record(
        &self,
        dataset: Uuid,
        key: &str,
    ) -> Result<Option<RecordRow>, DatasetStoreError> {
        let sql = "SELECT r.*, COALESCE(s.seen_at, r.updated_at) AS seen_at \
                   FROM dataset_records r LEFT JOIN dataset_seen s ON s.number = r.number \
                   WHERE r.dataset_id = $1 AND r.key = $2";
        let rows = self.read(sql, vec![dataset.into(), key.into()]).await?;
        Ok(rows.first().map(record).transpose()?.map(|(record, _)| record))
    }

    async fn look_up(&self, way: Lookup<'_>) -> Result<Stretch, DatasetStoreError> {
        let Statement { sql, values } = lookup::records(self.backend(), &way);
        let by_cell = way.by_cell;
        let (candidates, whole) =
            self.read_bounded(sql, values, |row| candidate(row, by_cell)).await?;
        let full = candidates.len() >= usize::try_from(way.limit).unwrap_or(usize::MAX);
        Ok(Stretch { candidates, end: whole && !full })
    }

    async fn count_up_to(
        &self,
        row: &DatasetRow,
        driver: &Driver,
        most: u32,
    ) -> Result<u32, DatasetStoreError> {
        let mut statement = Statement::new();
        let sql = match driver {
            Driver::Tokens(tokens) => {
                let matching = lookup::has_tokens(&mut statement, self.backend(), row, tokens);
                format!("SELECT 1 AS one FROM dataset_texts WHERE {matching} LIMIT {most}")
            }
            driver => {
                let by_cell = matches!(driver, Driver::Cells { .. });
                let order = Order::Ascending;
                let way = Lookup { dataset: row, driver, order, by_cell, after: None, limit: most };
                lookup::places(&mut statement, self.backend(), &way)
            }
        };
        let sql = format!("SELECT CAST(COUNT(*) AS BIGINT) AS found FROM ({sql}) AS p");
        let rows = self.read(sql, statement.values).await?;
        let found = rows.first().map(|row| unsigned(row, "found")).transpose()?;
        Ok(found.and_then(|found| u32::try_from(found).ok()).unwrap_or_default())
    }

    async fn frequent(
        &self,
        row: &DatasetRow,
        field: i16,
        most: u32,
    ) -> Result<Vec<(Cell, u64)>, DatasetStoreError> {
        let sql = format!(
            "SELECT value, CAST(COUNT(*) AS BIGINT) AS found FROM dataset_cells \
             WHERE dataset = $1 AND field = $2 AND value > $3 \
             GROUP BY value ORDER BY COUNT(*) DESC, value LIMIT {most}"
        );
        let nothing = Cell::of(None).0;
        let values = vec![row.number.into(), field.into(), nothing.into()];
        let rows = self.read(sql, values).await?;
        let pair =
            |row: &QueryResult| Ok((Cell(row.try_get("", "value")?), unsigned(row, "found")?));
        rows.iter().map(pair).collect()
    }

    async fn tally(
        &self,
        row: &DatasetRow,
        field: i16,
    ) -> Result<(u64, u64, u64), DatasetStoreError> {
        // Kept in one pass over the index: values stand together there.
        let sql = "SELECT CAST(COALESCE(SUM(held), 0) AS BIGINT) AS found, \
                   CAST(COALESCE(SUM(CASE WHEN value = $3 THEN held ELSE 0 END), 0) AS BIGINT) AS nulls, \
                   CAST(COALESCE(SUM(CASE WHEN value = $3 THEN 0 ELSE 1 END), 0) AS BIGINT) AS kinds \
                   FROM (SELECT value, COUNT(*) AS held FROM dataset_cells \
                   WHERE dataset = $1 AND field = $2 GROUP BY value) AS v";
        let nothing = Cell::of(None).0;
        let values = vec![row.number.into(), field.into(), nothing.into()];
        let rows = self.read(sql, values).await?;
        let Some(row) = rows.first() else { return Ok((0, 0, 0)) };
        Ok((unsigned(row, "found")?, unsigned(row, "nulls")?, unsigned(row, "kinds")?))
    }

    async fn extreme(
        &self,
        row: &DatasetRow,
        field: i16,
        order: Order,
    ) -> Result<Option<Cell>, DatasetStoreError> {
        let mut statement = Statement::new();
        let (dataset, field) = (statement.bind(row.number), statement.bind(field));
        let some = (Bound::Excluded(Cell::of(None)), Bound::Unbounded);
        let within = lookup::within(&mut statement, &some);
        let order = if order == Order::Ascending { "ASC" } else { "DESC" };
        let sql = format!(
            "SELECT value FROM dataset_cells WHERE dataset = {dataset} AND field = {field}{within} \
             ORDER BY value {order} LIMIT 1"
        );
        let rows = self.read(sql, statement.values).await?;
        Ok(rows.first().map(|row| row.try_get("", "value").map(Cell)).transpose()?)
    }
}
