//! What the context keeps of a person, as they get it.

use std::sync::Arc;

use shared_kernel::{
    application::PersonalData,
    infrastructure::db::{Database, PersonalTable, RowKey, Shown},
};

/// Of a dataset of the owner.
const OF_DATASET: &str = "dataset_id IN (SELECT id FROM datasets WHERE user_id = $1)";

const TABLES: [PersonalTable; 4] = [
    PersonalTable {
        name: "dataset_batches",
        table: "dataset_batches",
        key: RowKey::IdAndText("dataset_id", "key"),
        owned: OF_DATASET,
        columns: &[],
        erased: true,
    },
    PersonalTable {
        // Former states of the records below.
        name: "dataset_changes",
        table: "dataset_changes",
        key: RowKey::IdAndText("dataset_id", "key"),
        owned: OF_DATASET,
        columns: &[],
        erased: true,
    },
    PersonalTable {
        name: "dataset_records",
        table: "dataset_records",
        key: RowKey::IdAndText("dataset_id", "key"),
        owned: OF_DATASET,
        columns: &[
            ("dataset_id", Shown::Id),
            ("key", Shown::Text),
            ("data", Shown::Json),
            ("version", Shown::Number),
            ("created_at", Shown::Time),
            ("updated_at", Shown::Time),
        ],
        erased: true,
    },
    PersonalTable {
        name: "datasets",
        table: "datasets",
        key: RowKey::Id("id"),
        owned: "user_id = $1",
        columns: &[
            ("id", Shown::Id),
            ("name", Shown::Text),
            ("columns", Shown::Json),
            ("records", Shown::Number),
            ("version", Shown::Number),
            ("created_at", Shown::Time),
            ("updated_at", Shown::Time),
        ],
        erased: true,
    },
];

/// Datasets, what is in them first.
pub fn personal_data(database: &Database) -> Vec<Arc<dyn PersonalData>> {
    TABLES.map(|table| table.of(database)).into()
}
