//! What the context keeps of a person, as they get it.

use std::sync::Arc;

use shared_kernel::{
    application::PersonalData,
    infrastructure::db::{Database, PersonalTable, RowKey, Shown},
};

/// An account goes with `anonymise`, which takes all of this with it.
const TABLES: [PersonalTable; 4] = [
    PersonalTable {
        name: "account",
        table: "users",
        key: RowKey::Id("id"),
        owned: "id = $1",
        columns: &[
            ("id", Shown::Id),
            ("username", Shown::Text),
            ("email", Shown::Text),
            ("role", Shown::Text),
            ("status", Shown::Text),
            ("locale", Shown::Text),
            ("created_at", Shown::Time),
            ("last_login_at", Shown::Time),
            ("delete_at", Shown::Time),
        ],
        erased: false,
    },
    PersonalTable {
        name: "sessions",
        table: "user_sessions",
        key: RowKey::Id("id"),
        owned: "user_id = $1",
        columns: &[
            ("id", Shown::Id),
            ("created_at", Shown::Time),
            ("last_used_at", Shown::Time),
            ("expires_at", Shown::Time),
            ("ended_at", Shown::Time),
            ("end_reason", Shown::Text),
            ("user_agent", Shown::Text),
            ("address", Shown::Text),
            ("last_address", Shown::Text),
        ],
        erased: false,
    },
    PersonalTable {
        name: "api_keys",
        table: "api_keys",
        key: RowKey::Id("id"),
        owned: "user_id = $1",
        columns: &[
            ("id", Shown::Id),
            ("name", Shown::Text),
            ("scopes", Shown::Text),
            ("created_at", Shown::Time),
            ("expires_at", Shown::Time),
            ("last_used_at", Shown::Time),
        ],
        erased: false,
    },
    PersonalTable {
        name: "saved_views",
        table: "saved_views",
        key: RowKey::IdAndText("user_id", "name"),
        owned: "user_id = $1",
        columns: &[("name", Shown::Text), ("search", Shown::Text), ("created_at", Shown::Time)],
        erased: false,
    },
];

/// Account, sessions, keys and saved views.
pub fn personal_data(database: &Database) -> Vec<Arc<dyn PersonalData>> {
    TABLES.map(|table| table.of(database)).into()
}
