//! Tables of the context.

use sea_orm_migration::{
    MigrationTrait,
    prelude::*,
    schema::{big_integer, big_integer_null, double_null, integer, string_len, text_null, uuid},
};

mod choice;
mod sources;
mod tests;

/// The context's migrations.
pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(ProxyPoolTables),
        Box::new(choice::ChoiceTables),
        Box::new(tests::TestTables),
        Box::new(sources::SourceTables),
    ]
}

/// Statements that both databases understand.
async fn execute(manager: &SchemaManager<'_>, statements: &[&str]) -> Result<(), DbErr> {
    for sql in statements {
        manager.get_connection().execute_unprepared(sql).await?;
    }
    Ok(())
}

#[derive(DeriveIden)]
enum ProxyPools {
    Table,
    Id,
    OwnerId,
    Name,
    Strategy,
    ParallelLimit,
    CreatedAt,
}

#[derive(DeriveIden)]
enum Proxies {
    Table,
    Id,
    PoolId,
    OwnerId,
    Scheme,
    Host,
    Port,
    Username,
    SealedPassword,
    State,
    FailuresInRow,
    Strikes,
    CoolDownUntil,
    Requests,
    Successes,
    Failures,
    Bytes,
    LatencyMs,
    LastError,
    LastUsedAt,
    CreatedAt,
}

/// `proxy_pools` and `proxies`. Health stands in `state` (`unknown`, `healthy`, `degraded`,
/// `quarantined`) with what that state owns in the columns beside it.
#[derive(Debug)]
struct ProxyPoolTables;

impl MigrationName for ProxyPoolTables {
    fn name(&self) -> &'static str {
        "m20261123_000040_proxy_pools"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for ProxyPoolTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(pools_table()).await?;
        manager.create_table(proxies_table()).await?;
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Proxies::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(ProxyPools::Table).to_owned()).await
    }
}

fn pools_table() -> TableCreateStatement {
    Table::create()
        .table(ProxyPools::Table)
        .col(uuid(ProxyPools::Id).primary_key())
        .col(uuid(ProxyPools::OwnerId))
        .col(string_len(ProxyPools::Name, 256))
        .col(string_len(ProxyPools::Strategy, 32))
        .col(integer(ProxyPools::ParallelLimit))
        .col(big_integer(ProxyPools::CreatedAt))
        .to_owned()
}

fn proxies_table() -> TableCreateStatement {
    Table::create()
        .table(Proxies::Table)
        .col(uuid(Proxies::Id).primary_key())
        .col(uuid(Proxies::PoolId))
        .col(uuid(Proxies::OwnerId))
        .col(string_len(Proxies::Scheme, 16))
        .col(string_len(Proxies::Host, 255))
        .col(integer(Proxies::Port))
        .col(string_len(Proxies::Username, 255))
        .col(text_null(Proxies::SealedPassword))
        .col(string_len(Proxies::State, 16))
        .col(integer(Proxies::FailuresInRow))
        .col(integer(Proxies::Strikes))
        .col(big_integer_null(Proxies::CoolDownUntil))
        .col(big_integer(Proxies::Requests).default(0))
        .col(big_integer(Proxies::Successes).default(0))
        .col(big_integer(Proxies::Failures).default(0))
        .col(big_integer(Proxies::Bytes).default(0))
        .col(double_null(Proxies::LatencyMs))
        .col(text_null(Proxies::LastError))
        .col(big_integer_null(Proxies::LastUsedAt))
        .col(big_integer(Proxies::CreatedAt))
        .foreign_key(
            ForeignKey::create()
                .name("proxies_pool")
                .from(Proxies::Table, Proxies::PoolId)
                .to(ProxyPools::Table, ProxyPools::Id)
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}

fn indexes() -> Vec<IndexCreateStatement> {
    vec![
        Index::create()
            .name("proxy_pools_owner_name")
            .table(ProxyPools::Table)
            .col(ProxyPools::OwnerId)
            .col(ProxyPools::Name)
            .unique()
            .to_owned(),
        Index::create()
            .name("proxy_pools_owner_created")
            .table(ProxyPools::Table)
            .col(ProxyPools::OwnerId)
            .col(ProxyPools::CreatedAt)
            .col(ProxyPools::Id)
            .to_owned(),
        Index::create()
            .name("proxies_endpoint")
            .table(Proxies::Table)
            .col(Proxies::PoolId)
            .col(Proxies::Scheme)
            .col(Proxies::Host)
            .col(Proxies::Port)
            .col(Proxies::Username)
            .unique()
            .to_owned(),
        Index::create()
            .name("proxies_pool_created")
            .table(Proxies::Table)
            .col(Proxies::PoolId)
            .col(Proxies::CreatedAt)
            .col(Proxies::Id)
            .to_owned(),
        Index::create()
            .name("proxies_owner")
            .table(Proxies::Table)
            .col(Proxies::OwnerId)
            .to_owned(),
    ]
}
