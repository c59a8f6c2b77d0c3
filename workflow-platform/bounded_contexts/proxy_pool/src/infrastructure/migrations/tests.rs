//! Tests of pools and what they found.

use sea_orm_migration::{
    MigrationTrait,
    prelude::*,
    schema::{
        big_integer, big_integer_null, boolean, double_null, integer, string_len, string_len_null,
        text, text_null, uuid,
    },
};

use super::{ProxyPools, execute};

#[derive(DeriveIden)]
enum ProxyTests {
    Table,
    Id,
    PoolId,
    OwnerId,
    State,
    Target,
    Judge,
    Total,
    Done,
    Worked,
    CancelWanted,
    LeasedUntil,
    CreatedAt,
    FinishedAt,
}

#[derive(DeriveIden)]
enum ProxyTestResults {
    Table,
    TestId,
    Seq,
    ProxyId,
    Address,
    Worked,
    LatencyMs,
    Error,
    Anonymity,
    ExitAddress,
    At,
}

/// `proxy_tests`, of which one process at a time drives each until `leased_until`, and
/// `proxy_test_results`, numbered in the order in which they came.
#[derive(Debug)]
pub struct TestTables;

impl MigrationName for TestTables {
    fn name(&self) -> &'static str {
        "m20261126_000042_proxy_tests"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for TestTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(tests()).await?;
        manager.create_table(results()).await?;
        execute(
            manager,
            &[
                "CREATE INDEX proxy_tests_created ON proxy_tests (pool_id, created_at, id)",
                "CREATE INDEX proxy_tests_owner ON proxy_tests (owner_id)",
                "CREATE INDEX proxy_tests_running ON proxy_tests (leased_until) \
                 WHERE state = 'running'",
                "CREATE UNIQUE INDEX proxy_tests_one ON proxy_tests (pool_id) \
                 WHERE state = 'running'",
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(ProxyTestResults::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(ProxyTests::Table).to_owned()).await
    }
}

fn tests() -> TableCreateStatement {
    Table::create()
        .table(ProxyTests::Table)
        .col(uuid(ProxyTests::Id).primary_key())
        .col(uuid(ProxyTests::PoolId))
        .col(uuid(ProxyTests::OwnerId))
        .col(string_len(ProxyTests::State, 16))
        .col(text(ProxyTests::Target))
        .col(text_null(ProxyTests::Judge))
        .col(integer(ProxyTests::Total))
        .col(integer(ProxyTests::Done))
        .col(integer(ProxyTests::Worked))
        .col(boolean(ProxyTests::CancelWanted))
        .col(big_integer(ProxyTests::LeasedUntil))
        .col(big_integer(ProxyTests::CreatedAt))
        .col(big_integer_null(ProxyTests::FinishedAt))
        .foreign_key(
            ForeignKey::create()
                .name("proxy_tests_pool")
                .from(ProxyTests::Table, ProxyTests::PoolId)
                .to(ProxyPools::Table, ProxyPools::Id)
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}

fn results() -> TableCreateStatement {
    Table::create()
        .table(ProxyTestResults::Table)
        .col(uuid(ProxyTestResults::TestId))
        .col(integer(ProxyTestResults::Seq))
        .col(uuid(ProxyTestResults::ProxyId))
        .col(string_len(ProxyTestResults::Address, 300))
        .col(boolean(ProxyTestResults::Worked))
        .col(double_null(ProxyTestResults::LatencyMs))
        .col(text_null(ProxyTestResults::Error))
        .col(string_len_null(ProxyTestResults::Anonymity, 16))
        .col(string_len_null(ProxyTestResults::ExitAddress, 64))
        .col(big_integer(ProxyTestResults::At))
        .primary_key(Index::create().col(ProxyTestResults::TestId).col(ProxyTestResults::Seq))
        .foreign_key(
            ForeignKey::create()
                .name("proxy_test_results_test")
                .from(ProxyTestResults::Table, ProxyTestResults::TestId)
                .to(ProxyTests::Table, ProxyTests::Id)
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}
