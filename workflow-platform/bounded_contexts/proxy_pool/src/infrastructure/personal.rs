//! What the context keeps of a person, as they get it.

use std::sync::Arc;

use shared_kernel::{
    application::PersonalData,
    infrastructure::db::{Database, PersonalTable, RowKey, Shown},
};

/// Passwords are kept sealed and are not handed out.
const TABLES: [PersonalTable; 4] = [
    PersonalTable {
        name: "proxy_tests",
        table: "proxy_tests",
        key: RowKey::Id("id"),
        owned: "owner_id = $1",
        columns: &[
            ("id", Shown::Id),
            ("pool_id", Shown::Id),
            ("state", Shown::Text),
            ("target", Shown::Text),
            ("total", Shown::Number),
            ("worked", Shown::Number),
            ("created_at", Shown::Time),
        ],
        erased: true,
    },
    PersonalTable {
        name: "proxy_sources",
        table: "proxy_sources",
        key: RowKey::Id("id"),
        owned: "owner_id = $1",
        columns: &[
            ("id", Shown::Id),
            ("pool_id", Shown::Id),
            ("shown_url", Shown::Text),
            ("every_seconds", Shown::Number),
            ("created_at", Shown::Time),
        ],
        erased: true,
    },
    PersonalTable {
        name: "proxies",
        table: "proxies",
        key: RowKey::Id("id"),
        owned: "owner_id = $1",
        columns: &[
            ("id", Shown::Id),
            ("pool_id", Shown::Id),
            ("scheme", Shown::Text),
            ("host", Shown::Text),
            ("port", Shown::Number),
            ("username", Shown::Text),
            ("label", Shown::Text),
            ("state", Shown::Text),
            ("requests", Shown::Number),
            ("created_at", Shown::Time),
            ("last_used_at", Shown::Time),
        ],
        erased: true,
    },
    PersonalTable {
        name: "proxy_pools",
        table: "proxy_pools",
        key: RowKey::Id("id"),
        owned: "owner_id = $1",
        columns: &[
            ("id", Shown::Id),
            ("name", Shown::Text),
            ("strategy", Shown::Text),
            ("parallel_limit", Shown::Number),
            ("created_at", Shown::Time),
        ],
        erased: true,
    },
];

/// What belongs to pools before them.
pub fn personal_data(database: &Database) -> Vec<Arc<dyn PersonalData>> {
    TABLES.map(|table| table.of(database)).into()
}
