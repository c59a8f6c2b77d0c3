//! What stands in the index of a record: a cell for each indexed field, one for the time of its
//! last change, and its tokens.

use std::{
    collections::{BTreeSet, HashSet},
    fmt::Write as _,
};

use serde_json::{Map, Value, json};
use shared_kernel::{domain::Timestamp, infrastructure::db::UnitOfWork};

use super::{
    SqlDatasets,
    statements::{add_cells_sql, remove_cells_sql, remove_sql, texts_sql},
};
use crate::{
    application::dataset::ports::{DatasetRow, DatasetStoreError, RemovedRecord, WrittenRecord},
    domain::dataset::{Cell, Columns, tokens},
};

/// The field of the time of the last change.
pub(super) const UPDATED_FIELD: i16 = 0;

type Entry = (i16, Cell, i64);

fn entries(
    columns: &Columns,
    number: i64,
    data: &Map<String, Value>,
    updated_at: Timestamp,
) -> impl Iterator<Item = Entry> {
    let of = move |(column, index): (&crate::domain::dataset::Column, _)| {
        let crate::domain::dataset::FieldIndex { field, .. } = index;
        (field, Cell::of(data.get(&column.name)), number)
    };
    std::iter::once((UPDATED_FIELD, Cell::time(updated_at), number))
        .chain(columns.indexed().map(of))
}

/// Appends the bytes as two digits each.
fn push_hex(out: &mut String, bytes: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for byte in bytes {
        out.push(char::from(DIGITS[usize::from(byte >> 4)]));
        out.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
}

/// Entries as JSON: field, hexadecimal value and number each. Written out at once, since there are
/// as many for every record as it has fields.
fn listed<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> String {
    let mut out = String::from("[");
    for (field, cell, number) in entries {
        if out.len() > 1 {
            out.push(',');
        }
        let _ = write!(out, "[{field},\"");
        push_hex(&mut out, &cell.0);
        let _ = write!(out, "\",{number}]");
    }
    out.push(']');
    out
}

/// A token as it stands in the index: nobody else's begin so.
pub(super) fn token_of(dataset: &DatasetRow, token: &str) -> String {
    format!("{}x{token}", dataset.number)
}

fn text_of(dataset: &DatasetRow, number: i64, data: &Map<String, Value>) -> Value {
    let tokens: Vec<_> = tokens(data).iter().map(|token| token_of(dataset, token)).collect();
    json!([number, tokens])
}

impl SqlDatasets {
    async fn add_cells(
        &self,
        work: &UnitOfWork,
        row: &DatasetRow,
        entries: String,
    ) -> Result<(), DatasetStoreError> {
        let values = vec![row.number.into(), entries.into()];
        self.execute(work, add_cells_sql(self.backend()), values).await?;
        Ok(())
    }

    async fn remove_cells(
        &self,
        work: &UnitOfWork,
        row: &DatasetRow,
        entries: String,
    ) -> Result<(), DatasetStoreError> {
        let values = vec![row.number.into(), entries.into()];
        self.execute(work, remove_cells_sql(self.backend()), values).await?;
        Ok(())
    }

    async fn write_texts(
        &self,
        work: &UnitOfWork,
        texts: Vec<Value>,
    ) -> Result<(), DatasetStoreError> {
        let texts = Value::Array(texts).to_string();
        self.execute(work, texts_sql(self.backend()), vec![texts.into()]).await?;
        Ok(())
    }

    /// Only what differs is written.
    pub(super) async fn index_written(
        &self,
        work: &UnitOfWork,
        row: &DatasetRow,
        records: &[WrittenRecord<'_>],
        now: Timestamp,
    ) -> Result<(), DatasetStoreError> {
        let (mut old, mut new) = (HashSet::new(), BTreeSet::new());
        for written in records {
            if let Some(before) = &written.before {
                old.extend(entries(&row.columns, written.number, &before.data, before.updated_at));
            }
            new.extend(entries(&row.columns, written.number, &written.record.data, now));
        }
        let gone: Vec<_> = old.iter().filter(|entry| !new.contains(entry)).collect();
        // A column that is new to the index has no old cells, so all of the new ones are offered.
        if !gone.is_empty() {
            self.remove_cells(work, row, listed(gone)).await?;
        }
        self.add_cells(work, row, listed(&new)).await?;
        let texts = records.iter().map(|one| text_of(row, one.number, &one.record.data));
        self.write_texts(work, texts.collect()).await
    }

    pub(super) async fn unindex(
        &self,
        work: &UnitOfWork,
        row: &DatasetRow,
        records: &[RemovedRecord],
    ) -> Result<(), DatasetStoreError> {
        let gone: Vec<_> = records
            .iter()
            .flat_map(|RemovedRecord { before, .. }| {
                entries(&row.columns, before.number, &before.data, before.updated_at)
            })
            .collect();
        self.remove_cells(work, row, listed(&gone)).await?;
        let numbers: Vec<_> = records.iter().map(|removed| removed.before.number).collect();
        let numbers = json!(numbers).to_string();
        for table in ["dataset_texts", "dataset_seen", "dataset_records"] {
            let sql = remove_sql(self.backend(), table);
            self.execute(work, sql, vec![numbers.clone().into()]).await?;
        }
        Ok(())
    }

    /// Puts records that are there already into the index of every column.
    pub(super) async fn index_again(
        &self,
        work: &UnitOfWork,
        row: &DatasetRow,
        records: &[(i64, Map<String, Value>, Timestamp)],
    ) -> Result<(), DatasetStoreError> {
        let all: Vec<_> = records
            .iter()
            .flat_map(|(number, data, at)| entries(&row.columns, *number, data, *at))
            .collect();
        self.add_cells(work, row, listed(&all)).await?;
        let texts = records.iter().map(|(number, data, _)| text_of(row, *number, data));
        self.write_texts(work, texts.collect()).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_json_with_hexadecimal_values() {
        let entries = [(0, Cell(vec![5, 0xff, 0x0a]), -3), (7, Cell(Vec::new()), 9)];
        let text = listed(&entries);
        assert_eq!(text, r#"[[0,"05ff0a",-3],[7,"",9]]"#);
        assert_eq!(listed(&[]), "[]");
    }
}
