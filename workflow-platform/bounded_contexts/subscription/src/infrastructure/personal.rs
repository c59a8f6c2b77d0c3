//! What the context keeps of a person, as they get it.

use std::sync::Arc;

use shared_kernel::{
    application::PersonalData,
    infrastructure::db::{Database, PersonalTable, RowKey, Shown},
};

const SUBSCRIPTIONS: PersonalTable = PersonalTable {
    name: "subscriptions",
    table: "subscriptions",
    key: RowKey::Id("id"),
    owned: "user_id = $1",
    columns: &[
        ("id", Shown::Id),
        ("plan_id", Shown::Id),
        ("interval", Shown::Text),
        ("started_at", Shown::Time),
        ("period_ends_at", Shown::Time),
        ("ended_at", Shown::Time),
    ],
    erased: true,
};

/// Subscriptions.
pub fn personal_data(database: &Database) -> Vec<Arc<dyn PersonalData>> {
    vec![SUBSCRIPTIONS.of(database)]
}
