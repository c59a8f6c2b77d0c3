//! The first version of each plan.

use sea_orm_migration::prelude::*;
use uuid::Uuid;

use super::migrations::{PlanPrices, Plans};
use crate::domain::PlanEntitlements;

struct Seed {
    code: &'static str,
    name_zh: &'static str,
    name_en: &'static str,
    /// In fen.
    month: i64,
    /// In fen.
    year: i64,
    entitlements: PlanEntitlements,
}

const GIB: u64 = 1024 * 1024 * 1024;

const PLANS: [Seed; 4] = [
    Seed {
        code: "free",
        name_zh: "免费版",
        name_en: "Free",
        month: 0,
        year: 0,
        entitlements: PlanEntitlements {
            executions_per_month: Some(1_000),
            pages_per_month: Some(20_000),
            concurrent_executions: Some(10),
            proxies: Some(20),
            dataset_records: Some(50_000),
            schedule_interval_seconds: Some(300),
            history_days: Some(7),
            history_bytes: Some(GIB),
        },
    },
    Seed {
        code: "basic",
        name_zh: "基础版",
        name_en: "Basic",
        month: 4_900,
        year: 49_000,
        entitlements: PlanEntitlements {
            executions_per_month: Some(10_000),
            pages_per_month: Some(200_000),
            concurrent_executions: Some(50),
            proxies: Some(200),
            dataset_records: Some(500_000),
            schedule_interval_seconds: Some(60),
            history_days: Some(30),
            history_bytes: Some(5 * GIB),
        },
    },
    Seed {
        code: "pro",
        name_zh: "专业版",
        name_en: "Pro",
        month: 19_900,
        year: 199_000,
        entitlements: PlanEntitlements {
            executions_per_month: Some(100_000),
            pages_per_month: Some(2_000_000),
            concurrent_executions: Some(500),
            proxies: Some(2_000),
            dataset_records: Some(5_000_000),
            schedule_interval_seconds: Some(10),
            history_days: Some(90),
            history_bytes: Some(20 * GIB),
        },
    },
    Seed {
        code: "enterprise",
        name_zh: "企业版",
        name_en: "Enterprise",
        month: 99_900,
        year: 999_000,
        entitlements: PlanEntitlements {
            executions_per_month: None,
            pages_per_month: None,
            concurrent_executions: None,
            proxies: None,
            dataset_records: None,
            schedule_interval_seconds: Some(1),
            history_days: Some(365),
            history_bytes: Some(100 * GIB),
        },
    },
];

/// Fixed, so that all installations agree on the versions they were born with.
fn id(rank: i32) -> Uuid {
    Uuid::from_u128(0x0193_5b00_0000_7000_8000_0000_0000_0000 + u128::from(rank.unsigned_abs()))
}

/// Inserts of all plans and their prices.
pub fn statements() -> Vec<InsertStatement> {
    (1..)
        .zip(&PLANS)
        .flat_map(|(rank, plan)| [plan_row(rank, plan), price_rows(rank, plan)])
        .collect()
}

fn plan_row(rank: i32, plan: &Seed) -> InsertStatement {
    let entitlements = serde_json::json!(plan.entitlements).to_string();
    Query::insert()
        .into_table(Plans::Table)
        .columns([
            Plans::Id,
            Plans::Code,
            Plans::Version,
            Plans::Rank,
            Plans::OnOffer,
            Plans::NameZh,
            Plans::NameEn,
            Plans::Entitlements,
        ])
        .values_panic([
            id(rank).into(),
            plan.code.into(),
            1.into(),
            rank.into(),
            true.into(),
            plan.name_zh.into(),
            plan.name_en.into(),
            entitlements.into(),
        ])
        .to_owned()
}

fn price_rows(rank: i32, plan: &Seed) -> InsertStatement {
    let mut rows = Query::insert()
        .into_table(PlanPrices::Table)
        .columns([
            PlanPrices::PlanId,
            PlanPrices::Interval,
            PlanPrices::Currency,
            PlanPrices::AmountMinor,
        ])
        .to_owned();
    for (interval, amount) in [("month", plan.month), ("year", plan.year)] {
        rows.values_panic([id(rank).into(), interval.into(), "CNY".into(), amount.into()]);
    }
    rows
}
