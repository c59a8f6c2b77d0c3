//! [`Changes`] in the database.

use async_trait::async_trait;
use sea_orm::QueryResult;
use serde_json::{Map, Value};
use shared_kernel::{
    domain::{BucketSpan, Execution, Id, Owner, Timestamp},
    infrastructure::db::UnitOfWork,
};
use uuid::Uuid;

use super::{
    SqlDatasets,
    store::{Weighed, signed, time, unsigned},
};
use crate::application::dataset::ports::{
    Author, Cause, ChangeRow, Changes, Collected, DatasetRow, DatasetStoreError, Place, VersionRow,
    WritesRow,
};

const CHANGE: &str = "SELECT c.version, c.key, c.before, c.data, c.at, v.cause, v.user_id, \
     v.execution_id FROM dataset_changes c LEFT JOIN dataset_versions v \
     ON v.dataset_id = c.dataset_id AND v.version = c.version WHERE c.dataset_id = $1";

const WRITTEN_BY: &str = "SELECT d.name, CAST(COUNT(*) AS BIGINT) AS versions, \
     MIN(v.version) AS first, MAX(v.version) AS last, CAST(SUM(v.added) AS BIGINT) AS added, \
     CAST(SUM(v.changed) AS BIGINT) AS changed, CAST(SUM(v.removed) AS BIGINT) AS removed, \
     MAX(v.at) AS at FROM dataset_versions v JOIN datasets d ON d.id = v.dataset_id \
     WHERE d.user_id = $1 AND v.execution_id = $2 GROUP BY d.name ORDER BY d.name";

const COUNT: &str = "INSERT INTO dataset_counts AS c \
     (dataset_id, stretch, starts_at, added, changed, removed) VALUES ($1, $5, $6, $2, $3, $4), \
     ($1, $7, $8, $2, $3, $4) ON CONFLICT (dataset_id, stretch, starts_at) \
     DO UPDATE SET added = c.added + excluded.added, changed = c.changed + excluded.changed, \
     removed = c.removed + excluded.removed";

const COLLECTED: &str = "SELECT (c.starts_at - $2) / $3 AS place, \
     CAST(SUM(c.added) AS BIGINT) AS added, CAST(SUM(c.changed) AS BIGINT) AS changed, \
     CAST(SUM(c.removed) AS BIGINT) AS removed FROM datasets d JOIN dataset_counts c \
     ON c.dataset_id = d.id AND c.stretch = $3 AND c.starts_at >= $2 \
     WHERE d.user_id = $1 AND d.updated_at >= $2 GROUP BY place";

struct Read {
    change: ChangeRow,
    bytes: usize,
}

impl Weighed for Read {
    fn bytes(&self) -> usize {
        self.bytes
    }
}

pub(super) fn author(row: &QueryResult) -> Result<Author, DatasetStoreError> {
    let (user, execution): (Option<Uuid>, Option<Uuid>) =
        (row.try_get("", "user_id")?, row.try_get("", "execution_id")?);
    Ok(Author { user: user.map(Id::from), execution: execution.map(Id::from) })
}

fn cause(row: &QueryResult) -> Result<Cause, DatasetStoreError> {
    let cause: Option<String> = row.try_get("", "cause")?;
    Ok(Cause::read(&cause.unwrap_or_default()))
}

fn change(row: &QueryResult) -> Result<Read, DatasetStoreError> {
    let (before, after): (Option<String>, String) =
        (row.try_get("", "before")?, row.try_get("", "data")?);
    let bytes = before.as_ref().map_or(0, String::len) + after.len();
    let before: Option<Map<String, Value>> =
        before.map(|text| serde_json::from_str(&text)).transpose()?;
    let change = ChangeRow {
        version: unsigned(row, "version")?,
        key: row.try_get("", "key")?,
        before,
        after: serde_json::from_str(&after)?,
        at: time(row, "at")?,
        cause: cause(row)?,
        author: author(row)?,
    };
    Ok(Read { change, bytes })
}

fn version(row: &QueryResult) -> Result<VersionRow, DatasetStoreError> {
    Ok(VersionRow {
        version: unsigned(row, "version")?,
        at: time(row, "at")?,
        cause: cause(row)?,
        author: author(row)?,
        added: unsigned(row, "added")?,
        changed: unsigned(row, "changed")?,
        removed: unsigned(row, "removed")?,
        total: unsigned(row, "total")?,
    })
}

fn writes(row: &QueryResult) -> Result<WritesRow, DatasetStoreError> {
    Ok(WritesRow {
        dataset: row.try_get("", "name")?,
        versions: unsigned(row, "versions")?,
        first: unsigned(row, "first")?,
        last: unsigned(row, "last")?,
        added: unsigned(row, "added")?,
        changed: unsigned(row, "changed")?,
        removed: unsigned(row, "removed")?,
        at: time(row, "at")?,
    })
}

fn collected(row: &QueryResult) -> Result<(u64, Collected), DatasetStoreError> {
    let (added, changed) = (unsigned(row, "added")?, unsigned(row, "changed")?);
    let removed = unsigned(row, "removed")?;
    Ok((unsigned(row, "place")?, Collected { added, changed, removed }))
}

impl SqlDatasets {
    async fn changed(
        &self,
        sql: String,
        values: Vec<sea_orm::Value>,
    ) -> Result<Vec<ChangeRow>, DatasetStoreError> {
        let (read, _) = self.read_bounded(sql, values, change).await?;
        Ok(read.into_iter().map(|read| read.change).collect())
    }
}

#[async_trait]
impl Changes for SqlDatasets {
    async fn keep_version(
        &self,
        work: &mut UnitOfWork,
        dataset: Uuid,
        version: &VersionRow,
    ) -> Result<(), DatasetStoreError> {
        let sql = "INSERT INTO dataset_versions (dataset_id, version, at, cause, user_id, \
                   execution_id, added, changed, removed, total) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        let values = vec![
            dataset.into(),
            signed(version.version).into(),
            version.at.into(),
            version.cause.as_str().into(),
            version.author.user.map(Uuid::from).into(),
            version.author.execution.map(Uuid::from).into(),
            signed(version.added).into(),
            signed(version.changed).into(),
            signed(version.removed).into(),
            signed(version.total).into(),
        ];
        self.execute(work, sql, values).await?;
        let mut values = vec![
            dataset.into(),
            signed(version.added).into(),
            signed(version.changed).into(),
            signed(version.removed).into(),
        ];
        for span in [BucketSpan::Hour, BucketSpan::Day] {
            values.extend([span.micros().into(), span.beginning(version.at).into()]);
        }
        self.execute(work, COUNT, values).await?;
        Ok(())
    }

    async fn history(
        &self,
        dataset: Uuid,
        key: &str,
        below: Option<u64>,
        limit: u32,
    ) -> Result<Vec<ChangeRow>, DatasetStoreError> {
        let sql = format!(
            "{CHANGE} AND c.key = $2 AND c.version < $3 ORDER BY c.version DESC LIMIT {limit}"
        );
        let below = below.map_or(i64::MAX, signed);
        self.changed(sql, vec![dataset.into(), key.into(), below.into()]).await
    }

    async fn first_after(
        &self,
        dataset: Uuid,
        key: &str,
        version: u64,
    ) -> Result<Option<ChangeRow>, DatasetStoreError> {
        let sql = format!("{CHANGE} AND c.key = $2 AND c.version > $3 ORDER BY c.version LIMIT 1");
        let values = vec![dataset.into(), key.into(), signed(version).into()];
        Ok(self.changed(sql, values).await?.pop())
    }

    async fn changes(
        &self,
        dataset: Uuid,
        after: &Place,
        limit: u32,
    ) -> Result<Vec<ChangeRow>, DatasetStoreError> {
        let sql = format!(
            "{CHANGE} AND (c.version, c.key) > ($2, $3) ORDER BY c.version, c.key LIMIT {limit}"
        );
        let values = vec![dataset.into(), signed(after.version).into(), after.key.clone().into()];
        self.changed(sql, values).await
    }

    async fn rank(&self, dataset: Uuid, place: &Place) -> Result<u64, DatasetStoreError> {
        let sql = "SELECT CAST(COUNT(*) AS BIGINT) AS found FROM dataset_changes \
                   WHERE dataset_id = $1 AND version = $2 AND key <= $3";
        let values = vec![dataset.into(), signed(place.version).into(), place.key.clone().into()];
        let rows = self.read(sql, values).await?;
        Ok(rows.first().map(|row| unsigned(row, "found")).transpose()?.unwrap_or_default())
    }

    async fn key_at(
        &self,
        dataset: Uuid,
        version: u64,
        rank: u64,
    ) -> Result<Option<String>, DatasetStoreError> {
        let sql = format!(
            "SELECT key FROM dataset_changes WHERE dataset_id = $1 AND version = $2 \
             ORDER BY key LIMIT 1 OFFSET {rank}"
        );
        let rows = self.read(sql, vec![dataset.into(), signed(version).into()]).await?;
        Ok(rows.first().map(|row| row.try_get("", "key")).transpose()?)
    }

    async fn latest(&self, dataset: Uuid, limit: u32) -> Result<Vec<ChangeRow>, DatasetStoreError> {
        let sql = format!("{CHANGE} ORDER BY c.version DESC, c.key DESC LIMIT {limit}");
        self.changed(sql, vec![dataset.into()]).await
    }

    async fn versions(
        &self,
        dataset: Uuid,
        below: Option<u64>,
        limit: u32,
    ) -> Result<Vec<VersionRow>, DatasetStoreError> {
        let sql = format!(
            "SELECT * FROM dataset_versions WHERE dataset_id = $1 AND version < $2 \
             ORDER BY version DESC LIMIT {limit}"
        );
        let below = below.map_or(i64::MAX, signed);
        let rows = self.read(sql, vec![dataset.into(), below.into()]).await?;
        rows.iter().map(version).collect()
    }

    async fn written_by(
        &self,
        owner: Owner,
        execution: Id<Execution>,
    ) -> Result<Vec<WritesRow>, DatasetStoreError> {
        let rows = self.read(WRITTEN_BY, vec![owner.into(), execution.into()]).await?;
        rows.iter().map(writes).collect()
    }

    async fn collected(
        &self,
        owner: Owner,
        from: Timestamp,
        stretch: i64,
    ) -> Result<Vec<(u64, Collected)>, DatasetStoreError> {
        let rows = self.read(COLLECTED, vec![owner.into(), from.into(), stretch.into()]).await?;
        rows.iter().map(collected).collect()
    }

    async fn last_before(
        &self,
        work: &mut UnitOfWork,
        dataset: Uuid,
        before: Timestamp,
    ) -> Result<u64, DatasetStoreError> {
        // The time goes up with the version, so the search ends where it is found.
        let sql = "SELECT version FROM dataset_versions WHERE dataset_id = $1 AND at < $2 \
                   ORDER BY version DESC LIMIT 1";
        let rows = self.query(work, sql, vec![dataset.into(), before.into()]).await?;
        Ok(rows.first().map(|row| unsigned(row, "version")).transpose()?.unwrap_or_default())
    }

    async fn forget_up_to(
        &self,
        work: &mut UnitOfWork,
        row: &DatasetRow,
        version: u64,
        most: u32,
    ) -> Result<u64, DatasetStoreError> {
        let sql = format!(
            "DELETE FROM dataset_changes WHERE (dataset_id, key, version) IN \
             (SELECT dataset_id, key, version FROM dataset_changes \
             WHERE dataset_id = $1 AND version <= $2 ORDER BY version, key LIMIT {most})"
        );
        Ok(self.execute(work, sql, vec![row.id.into(), signed(version).into()]).await?)
    }
}
