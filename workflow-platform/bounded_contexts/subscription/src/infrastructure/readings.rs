//! How many subscriptions and invoices there are, and whether the ledger adds up.

use std::{sync::Arc, time::Duration};

use shared_kernel::{
    application::Readings,
    infrastructure::db::{CountedGroups, Database},
};

const EVERY: Duration = Duration::from_mins(1);

const SUBSCRIPTIONS: CountedGroups = CountedGroups {
    metric: "subscriptions",
    label: "status",
    sql: "SELECT status, count(*) FROM subscriptions WHERE ended_at IS NULL GROUP BY status",
    always: &["active", "trialing", "past_due"],
    every: EVERY,
};

/// Of paid plans, by the plan's code.
const BY_PLAN: CountedGroups = CountedGroups {
    metric: "subscriptions_by_plan",
    label: "plan",
    sql: "SELECT p.code, count(*) FROM subscriptions s JOIN plans p ON p.id = s.plan_id \
          WHERE s.ended_at IS NULL GROUP BY p.code",
    always: &["free", "basic", "pro", "enterprise"],
    every: EVERY,
};

/// Along the index of their status.
const INVOICES: CountedGroups = CountedGroups {
    metric: "invoices",
    label: "status",
    sql: "SELECT status, count(*) FROM invoices GROUP BY status",
    always: &["open", "paid", "uncollectible"],
    every: EVERY,
};

/// Subscriptions and invoices of everybody.
pub fn readings(database: &Database) -> Vec<Arc<dyn Readings>> {
    [SUBSCRIPTIONS, BY_PLAN, INVOICES].map(|groups| groups.of(database)).into()
}
