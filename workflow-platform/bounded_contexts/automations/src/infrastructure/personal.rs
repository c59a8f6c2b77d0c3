//! What the context keeps of a person, as they get it.

use std::sync::Arc;

use shared_kernel::{
    application::PersonalData,
    infrastructure::db::{Database, PersonalTable, RowKey, Shown},
};

const TABLES: [PersonalTable; 7] = [
    PersonalTable {
        name: "notifications",
        table: "notifications",
        key: RowKey::Id("id"),
        owned: "user_id = $1",
        columns: &[
            ("id", Shown::Id),
            ("title", Shown::Text),
            ("body", Shown::Text),
            ("created_at", Shown::Time),
            ("read_at", Shown::Time),
        ],
        erased: true,
    },
    PersonalTable {
        name: "automation_firings",
        table: "automation_firings",
        key: RowKey::Id("id"),
        owned: "user_id = $1",
        columns: &[
            ("id", Shown::Id),
            ("automation_id", Shown::Id),
            ("told", Shown::Json),
            ("state", Shown::Text),
            ("outcomes", Shown::Json),
            ("fired_at", Shown::Time),
        ],
        erased: true,
    },
    PersonalTable {
        name: "automation_counts",
        table: "automation_hits",
        key: RowKey::IdAndText("automation_id", "event_id"),
        owned: "automation_id IN (SELECT id FROM automations WHERE user_id = $1)",
        columns: &[],
        erased: true,
    },
    PersonalTable {
        name: "webhook_attempts",
        table: "webhook_attempts",
        key: RowKey::IdAndNumber("delivery_id", "number"),
        owned: "user_id = $1",
        columns: &[
            ("delivery_id", Shown::Id),
            ("number", Shown::Number),
            ("at", Shown::Time),
            ("status", Shown::Number),
            ("error", Shown::Text),
            ("answer", Shown::Text),
        ],
        erased: true,
    },
    PersonalTable {
        name: "webhook_deliveries",
        table: "webhook_deliveries",
        key: RowKey::Id("id"),
        owned: "user_id = $1",
        columns: &[
            ("id", Shown::Id),
            ("endpoint_id", Shown::Id),
            ("kind", Shown::Text),
            ("body", Shown::Json),
            ("state", Shown::Text),
            ("created_at", Shown::Time),
        ],
        erased: true,
    },
    PersonalTable {
        name: "webhook_endpoints",
        table: "webhook_endpoints",
        key: RowKey::Id("id"),
        owned: "user_id = $1",
        columns: &[
            ("id", Shown::Id),
            ("url", Shown::Text),
            ("description", Shown::Text),
            ("enabled", Shown::Flag),
            ("created_at", Shown::Time),
            ("updated_at", Shown::Time),
        ],
        erased: true,
    },
    PersonalTable {
        name: "automations",
        table: "automations",
        key: RowKey::Id("id"),
        owned: "user_id = $1",
        columns: &[
            ("id", Shown::Id),
            ("rule", Shown::Json),
            ("preset", Shown::Text),
            ("created_at", Shown::Time),
            ("updated_at", Shown::Time),
        ],
        erased: true,
    },
];

/// In an order in which each may go before those behind it.
pub fn personal_data(database: &Database) -> Vec<Arc<dyn PersonalData>> {
    TABLES.map(|table| table.of(database)).into()
}
