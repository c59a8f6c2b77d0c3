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
        ("status", Shown::Text),
        ("interval", Shown::Text),
        ("started_at", Shown::Time),
        ("period_ends_at", Shown::Time),
        ("ended_at", Shown::Time),
    ],
    erased: true,
};

/// Bookkeeping outlives its customers; after them, the id in it says nothing of anybody.
const INVOICES: PersonalTable = PersonalTable {
    name: "invoices",
    table: "invoices",
    key: RowKey::Id("id"),
    owned: "user_id = $1",
    columns: &[
        ("id", Shown::Id),
        ("number", Shown::Text),
        ("status", Shown::Text),
        ("currency", Shown::Text),
        ("lines", Shown::Json),
        ("total_minor", Shown::Number),
        ("issued_at", Shown::Time),
        ("settled_at", Shown::Time),
    ],
    erased: false,
};

const CREDIT_NOTES: PersonalTable = PersonalTable {
    name: "credit_notes",
    table: "credit_notes",
    key: RowKey::Id("id"),
    owned: "user_id = $1",
    columns: &[
        ("id", Shown::Id),
        ("number", Shown::Text),
        ("currency", Shown::Text),
        ("net_minor", Shown::Number),
        ("tax_minor", Shown::Number),
        ("invoice_id", Shown::Id),
        ("reason", Shown::Text),
        ("issued_at", Shown::Time),
    ],
    erased: false,
};

const PAYMENTS: PersonalTable = PersonalTable {
    name: "payments",
    table: "payments",
    key: RowKey::Id("id"),
    owned: "user_id = $1",
    columns: &[
        ("id", Shown::Id),
        ("invoice_id", Shown::Id),
        ("status", Shown::Text),
        ("currency", Shown::Text),
        ("amount_minor", Shown::Number),
        ("created_at", Shown::Time),
        ("settled_at", Shown::Time),
    ],
    erased: false,
};

const REFUNDS: PersonalTable = PersonalTable {
    name: "refunds",
    table: "refunds",
    key: RowKey::Id("id"),
    owned: "user_id = $1",
    columns: &[
        ("id", Shown::Id),
        ("invoice_id", Shown::Id),
        ("credit_note_id", Shown::Id),
        ("status", Shown::Text),
        ("currency", Shown::Text),
        ("amount_minor", Shown::Number),
        ("reason", Shown::Text),
        ("created_at", Shown::Time),
        ("settled_at", Shown::Time),
    ],
    erased: false,
};

const USAGE: PersonalTable = PersonalTable {
    name: "usage_days",
    table: "usage_days",
    key: RowKey::IdAndNumber("user_id", "day"),
    owned: "user_id = $1",
    columns: &[
        ("day", Shown::Number),
        ("executions", Shown::Number),
        ("pages", Shown::Number),
        ("bytes", Shown::Number),
        ("proxy_bytes", Shown::Number),
    ],
    erased: true,
};

const COUNTERS: PersonalTable = PersonalTable {
    name: "quota_counters",
    table: "quota_counters",
    key: RowKey::IdAndText("user_id", "counter"),
    owned: "user_id = $1",
    columns: &[("counter", Shown::Text), ("used", Shown::Number)],
    erased: true,
};

/// Subscriptions, what is owed for them, and what is used of them; invoices first, as `closing` has
/// them.
pub fn personal_data(
    database: &Database,
    closing: impl FnOnce(Arc<dyn PersonalData>) -> Arc<dyn PersonalData>,
) -> Vec<Arc<dyn PersonalData>> {
    let tables = [SUBSCRIPTIONS, CREDIT_NOTES, PAYMENTS, REFUNDS, USAGE, COUNTERS];
    let tables = tables.map(|table| table.of(database));
    std::iter::once(closing(INVOICES.of(database))).chain(tables).collect()
}
