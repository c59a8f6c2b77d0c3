//! Tables of the context.

use sea_orm::ConnectionTrait as _;
use sea_orm_migration::{
    MigrationTrait,
    prelude::*,
    schema::{
        big_integer, big_integer_null, boolean, integer, string_len, string_len_null, text, uuid,
    },
};

use super::seed;

/// The context's migrations.
pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(SubscriptionTables),
        Box::new(super::billing_tables::BillingTables),
        Box::new(super::usage_table::UsageTable),
        Box::new(super::quota_table::QuotaTable),
        Box::new(super::payment_tables::PaymentTables),
        Box::new(super::refund_table::RefundTable),
    ]
}

#[derive(DeriveIden)]
pub(super) enum Plans {
    Table,
    Id,
    Code,
    Version,
    /// Plans are shown in this order.
    Rank,
    OnOffer,
    NameZh,
    NameEn,
    Entitlements,
}

#[derive(DeriveIden)]
pub(super) enum PlanPrices {
    Table,
    PlanId,
    Interval,
    Currency,
    AmountMinor,
}

#[derive(DeriveIden)]
enum Subscriptions {
    Table,
    Id,
    UserId,
    PlanId,
    Interval,
    StartedAt,
    PeriodEndsAt,
    EndedAt,
}

/// `plans` with their `plan_prices`, and `subscriptions`, of which a user has one that has not
/// ended.
#[derive(Debug)]
struct SubscriptionTables;

impl MigrationName for SubscriptionTables {
    fn name(&self) -> &'static str {
        "m20261123_000020_subscriptions"
    }
}

/// Both engines know partial indexes; the query builder does not.
const ONE_LIVE: &str =
    "CREATE UNIQUE INDEX subscriptions_live ON subscriptions (user_id) WHERE ended_at IS NULL";

#[async_trait::async_trait]
impl MigrationTrait for SubscriptionTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(plans_table()).await?;
        manager.create_table(prices_table()).await?;
        manager.create_table(subscriptions_table()).await?;
        manager
            .create_index(
                Index::create()
                    .name("plans_code_version")
                    .table(Plans::Table)
                    .col(Plans::Code)
                    .col(Plans::Version)
                    .unique()
                    .to_owned(),
            )
            .await?;
        manager.get_connection().execute_unprepared(ONE_LIVE).await?;
        for statement in seed::statements() {
            manager.execute(statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Subscriptions::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(PlanPrices::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(Plans::Table).to_owned()).await
    }
}

fn plans_table() -> TableCreateStatement {
    Table::create()
        .table(Plans::Table)
        .col(uuid(Plans::Id).primary_key())
        .col(string_len(Plans::Code, 40))
        .col(integer(Plans::Version))
        .col(integer(Plans::Rank))
        .col(boolean(Plans::OnOffer))
        .col(string_len(Plans::NameZh, 80))
        .col(string_len(Plans::NameEn, 80))
        .col(text(Plans::Entitlements))
        .to_owned()
}

fn prices_table() -> TableCreateStatement {
    Table::create()
        .table(PlanPrices::Table)
        .col(uuid(PlanPrices::PlanId))
        .col(string_len(PlanPrices::Interval, 16))
        .col(string_len(PlanPrices::Currency, 3))
        .col(big_integer(PlanPrices::AmountMinor))
        .primary_key(
            Index::create()
                .col(PlanPrices::PlanId)
                .col(PlanPrices::Interval)
                .col(PlanPrices::Currency),
        )
        .foreign_key(
            ForeignKey::create()
                .name("plan_prices_plan")
                .from(PlanPrices::Table, PlanPrices::PlanId)
                .to(Plans::Table, Plans::Id),
        )
        .to_owned()
}

fn subscriptions_table() -> TableCreateStatement {
    Table::create()
        .table(Subscriptions::Table)
        .col(uuid(Subscriptions::Id).primary_key())
        .col(uuid(Subscriptions::UserId))
        .col(uuid(Subscriptions::PlanId))
        .col(string_len_null(Subscriptions::Interval, 16))
        .col(big_integer(Subscriptions::StartedAt))
        .col(big_integer_null(Subscriptions::PeriodEndsAt))
        .col(big_integer_null(Subscriptions::EndedAt))
        .foreign_key(
            ForeignKey::create()
                .name("subscriptions_plan")
                .from(Subscriptions::Table, Subscriptions::PlanId)
                .to(Plans::Table, Plans::Id),
        )
        .to_owned()
}
