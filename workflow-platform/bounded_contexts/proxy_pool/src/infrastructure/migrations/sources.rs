//! Lists of providers that pools follow.

use sea_orm_migration::{
    MigrationTrait,
    prelude::*,
    schema::{big_integer, big_integer_null, boolean, integer, string_len, text, text_null, uuid},
};

use super::{ProxyPools, execute};

#[derive(DeriveIden)]
enum ProxySources {
    Table,
    Id,
    PoolId,
    OwnerId,
    SealedUrl,
    ShownUrl,
    Scheme,
    EverySeconds,
    GraceSeconds,
    Enabled,
    NextAt,
    LastAt,
    LastError,
    LastFound,
    LastAdded,
    LastRejected,
    LastMissing,
    CreatedAt,
}

/// `proxy_sources`: the address is sealed, since it often holds the key of an account.
#[derive(Debug)]
pub struct SourceTables;

impl MigrationName for SourceTables {
    fn name(&self) -> &'static str {
        "m20261126_000043_proxy_sources"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for SourceTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(sources()).await?;
        execute(
            manager,
            &[
                "CREATE INDEX proxy_sources_created ON proxy_sources (pool_id, created_at, id)",
                "CREATE INDEX proxy_sources_owner ON proxy_sources (owner_id)",
                "CREATE INDEX proxy_sources_due ON proxy_sources (next_at) WHERE enabled",
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(ProxySources::Table).to_owned()).await
    }
}

fn sources() -> TableCreateStatement {
    Table::create()
        .table(ProxySources::Table)
        .col(uuid(ProxySources::Id).primary_key())
        .col(uuid(ProxySources::PoolId))
        .col(uuid(ProxySources::OwnerId))
        .col(text(ProxySources::SealedUrl))
        .col(text(ProxySources::ShownUrl))
        .col(string_len(ProxySources::Scheme, 16))
        .col(integer(ProxySources::EverySeconds))
        .col(integer(ProxySources::GraceSeconds))
        .col(boolean(ProxySources::Enabled))
        .col(big_integer(ProxySources::NextAt))
        .col(big_integer_null(ProxySources::LastAt))
        .col(text_null(ProxySources::LastError))
        .col(integer(ProxySources::LastFound).default(0))
        .col(integer(ProxySources::LastAdded).default(0))
        .col(integer(ProxySources::LastRejected).default(0))
        .col(integer(ProxySources::LastMissing).default(0))
        .col(big_integer(ProxySources::CreatedAt))
        .foreign_key(
            ForeignKey::create()
                .name("proxy_sources_pool")
                .from(ProxySources::Table, ProxySources::PoolId)
                .to(ProxyPools::Table, ProxyPools::Id)
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}
