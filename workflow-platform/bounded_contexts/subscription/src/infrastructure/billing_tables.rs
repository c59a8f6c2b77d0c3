//! Tables of money.

use sea_orm::{ConnectionTrait as _, DatabaseBackend};
use sea_orm_migration::{MigrationTrait, prelude::*};

/// The terms of subscriptions, invoices, credit notes, coupons, and a ledger that only grows.
#[derive(Debug)]
pub(super) struct BillingTables;

impl MigrationName for BillingTables {
    fn name(&self) -> &'static str {
        "m20261125_000021_billing"
    }
}

/// `state` is the subscription's state as JSON, `due_at` when time changes it next.
const UP: [&str; 18] = [
    "ALTER TABLE subscriptions ADD COLUMN status varchar(16) NOT NULL DEFAULT 'active'",
    "ALTER TABLE subscriptions ADD COLUMN state text NOT NULL DEFAULT '\"free\"'",
    "ALTER TABLE subscriptions ADD COLUMN due_at bigint",
    "CREATE INDEX subscriptions_due ON subscriptions (due_at, user_id) WHERE due_at IS NOT NULL",
    "CREATE TABLE billing_accounts (user_id {UUID} PRIMARY KEY, credit_minor bigint NOT NULL, \
     trial_used boolean NOT NULL)",
    "CREATE TABLE document_numbers (document varchar(16) PRIMARY KEY, last bigint NOT NULL)",
    "CREATE TABLE invoices (id {UUID} PRIMARY KEY, number varchar(20) NOT NULL UNIQUE, \
     user_id {UUID} NOT NULL, subscription_id {UUID} NOT NULL, reason varchar(16) NOT NULL, \
     status varchar(16) NOT NULL, currency varchar(3) NOT NULL, lines text NOT NULL, \
     total_minor bigint NOT NULL, credit_minor bigint NOT NULL, credited_minor bigint NOT NULL, \
     paid_minor bigint NOT NULL, issued_at bigint NOT NULL, due_at bigint NOT NULL, \
     settled_at bigint)",
    "CREATE INDEX invoices_by_user ON invoices (user_id, issued_at, id)",
    "CREATE INDEX invoices_by_status ON invoices (status, issued_at, id)",
    "CREATE INDEX invoices_by_time ON invoices (issued_at, id)",
    "CREATE INDEX invoices_open ON invoices (user_id, due_at) WHERE status = 'open'",
    "CREATE TABLE credit_notes (id {UUID} PRIMARY KEY, number varchar(20) NOT NULL UNIQUE, \
     user_id {UUID} NOT NULL, subscription_id {UUID} NOT NULL, currency varchar(3) NOT NULL, \
     net_minor bigint NOT NULL, tax_minor bigint NOT NULL, issued_at bigint NOT NULL)",
    "CREATE INDEX credit_notes_by_user ON credit_notes (user_id, issued_at)",
    "CREATE TABLE coupons (id {UUID} PRIMARY KEY, code varchar(40) NOT NULL UNIQUE, \
     terms text NOT NULL, max_redemptions integer, redeemed integer NOT NULL, \
     disabled boolean NOT NULL, created_at bigint NOT NULL)",
    "CREATE TABLE coupon_redemptions (coupon_id {UUID} NOT NULL REFERENCES coupons (id), \
     user_id {UUID} NOT NULL, at bigint NOT NULL, PRIMARY KEY (coupon_id, user_id))",
    "CREATE TABLE ledger_entries (posting_id {UUID} NOT NULL, position integer NOT NULL, \
     kind varchar(20) NOT NULL, reference {UUID} NOT NULL, user_id {UUID} NOT NULL, \
     account varchar(20) NOT NULL, currency varchar(3) NOT NULL, amount_minor bigint NOT NULL, \
     at bigint NOT NULL, PRIMARY KEY (posting_id, position))",
    "CREATE INDEX ledger_by_account ON ledger_entries (user_id, account)",
    "CREATE INDEX ledger_by_reference ON ledger_entries (reference, account)",
];

const REFUSE_POSTGRES: &str = "CREATE FUNCTION ledger_only_grows() RETURNS trigger \
     LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the ledger only grows'; END $$";

const DOWN: [&str; 11] = [
    "DROP TABLE ledger_entries",
    "DROP TABLE coupon_redemptions",
    "DROP TABLE coupons",
    "DROP TABLE credit_notes",
    "DROP TABLE invoices",
    "DROP TABLE document_numbers",
    "DROP TABLE billing_accounts",
    "DROP INDEX subscriptions_due",
    "ALTER TABLE subscriptions DROP COLUMN due_at",
    "ALTER TABLE subscriptions DROP COLUMN state",
    "ALTER TABLE subscriptions DROP COLUMN status",
];

#[async_trait::async_trait]
impl MigrationTrait for BillingTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let is_postgres = manager.get_database_backend() == DatabaseBackend::Postgres;
        let uuid = if is_postgres { "uuid" } else { "blob" };
        for statement in UP {
            connection.execute_unprepared(&statement.replace("{UUID}", uuid)).await?;
        }
        let refuse = if is_postgres {
            connection.execute_unprepared(REFUSE_POSTGRES).await?;
            "FOR EACH ROW EXECUTE FUNCTION ledger_only_grows()"
        } else {
            "BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END"
        };
        for event in ["UPDATE", "DELETE"] {
            let name = event.to_lowercase();
            let sql = format!(
                "CREATE TRIGGER ledger_refuses_{name} BEFORE {event} ON ledger_entries {refuse}"
            );
            connection.execute_unprepared(&sql).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        for statement in DOWN {
            connection.execute_unprepared(statement).await?;
        }
        if manager.get_database_backend() == DatabaseBackend::Postgres {
            connection.execute_unprepared("DROP FUNCTION ledger_only_grows()").await?;
        }
        Ok(())
    }
}
