//! Terms of pools, what owners say of proxies, and what is known of hosts.

use sea_orm_migration::{
    MigrationTrait,
    prelude::*,
    schema::{big_integer, big_integer_null, double, double_null, integer, string_len, uuid},
};

use super::{Proxies, ProxyPools, execute};

#[derive(DeriveIden)]
enum ProxyHosts {
    Table,
    Id,
    PoolId,
    Host,
    State,
    Strikes,
    PauseUntil,
    CreatedAt,
    LastAt,
    ChangedAt,
}

#[derive(DeriveIden)]
enum ProxyHostPairs {
    Table,
    HostId,
    ProxyId,
    Good,
    Bad,
    EvidenceAt,
    LatencyMs,
    State,
    FailuresInRow,
    Strikes,
    PauseUntil,
    Requests,
    Successes,
    Failures,
    Refused,
    LastAt,
    ChangedAt,
}

/// Columns of `proxy_pools` and `proxies`; `proxy_hosts` and `proxy_host_pairs`. Evidence stands
/// as it counted at `evidence_at`.
#[derive(Debug)]
pub struct ChoiceTables;

impl MigrationName for ChoiceTables {
    fn name(&self) -> &'static str {
        "m20261126_000041_proxy_choice"
    }
}

const COLUMNS: [(&str, &str, &str); 16] = [
    ("proxy_pools", "test_target", "TEXT"),
    ("proxy_pools", "judge", "TEXT"),
    ("proxy_pools", "sticky_seconds", "INTEGER NOT NULL DEFAULT 600"),
    ("proxy_pools", "sticky_uses", "INTEGER"),
    ("proxy_pools", "check_seconds", "INTEGER DEFAULT 600"),
    ("proxy_pools", "list_version", "BIGINT NOT NULL DEFAULT 0"),
    ("proxies", "enabled", "BOOLEAN NOT NULL DEFAULT TRUE"),
    ("proxies", "label", "VARCHAR(128)"),
    ("proxies", "cost", "DOUBLE PRECISION NOT NULL DEFAULT 1"),
    ("proxies", "anonymity", "VARCHAR(16)"),
    ("proxies", "exit_address", "VARCHAR(64)"),
    ("proxies", "checked_at", "BIGINT"),
    ("proxies", "next_check_at", "BIGINT NOT NULL DEFAULT 0"),
    ("proxies", "source_id", "UUID_TYPE"),
    ("proxies", "retires_at", "BIGINT"),
    ("proxies", "changed_at", "BIGINT NOT NULL DEFAULT 0"),
];

const INDEXES: [(&str, &str); 6] = [
    ("proxies_next_check", "proxies (next_check_at)"),
    ("proxies_pool_changed", "proxies (pool_id, changed_at)"),
    ("proxies_pool_state", "proxies (pool_id, state, created_at, id)"),
    ("proxies_source", "proxies (source_id)"),
    ("proxies_retires", "proxies (retires_at)"),
    ("proxies_label", "proxies (pool_id, label)"),
];

#[async_trait::async_trait]
impl MigrationTrait for ChoiceTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let postgres = manager.get_database_backend() == sea_orm::DbBackend::Postgres;
        let uuid = if postgres { "UUID" } else { "BLOB" };
        for (table, column, kind) in COLUMNS {
            let kind = kind.replace("UUID_TYPE", uuid);
            execute(manager, &[&format!("ALTER TABLE {table} ADD COLUMN {column} {kind}")]).await?;
        }
        for (name, on) in INDEXES {
            execute(manager, &[&format!("CREATE INDEX {name} ON {on}")]).await?;
        }
        manager.create_table(hosts()).await?;
        manager.create_table(pairs()).await?;
        for (name, on) in [
            ("proxy_hosts_created", "proxy_hosts (pool_id, created_at, id)"),
            ("proxy_hosts_changed", "proxy_hosts (pool_id, changed_at)"),
            ("proxy_hosts_last", "proxy_hosts (last_at)"),
            ("proxy_host_pairs_proxy", "proxy_host_pairs (proxy_id)"),
            ("proxy_host_pairs_changed", "proxy_host_pairs (host_id, changed_at)"),
        ] {
            execute(manager, &[&format!("CREATE INDEX {name} ON {on}")]).await?;
        }
        execute(manager, &["CREATE UNIQUE INDEX proxy_hosts_name ON proxy_hosts (pool_id, host)"])
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(ProxyHostPairs::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(ProxyHosts::Table).to_owned()).await?;
        for (name, _) in INDEXES {
            execute(manager, &[&format!("DROP INDEX {name}")]).await?;
        }
        for (table, column, _) in COLUMNS.iter().rev() {
            execute(manager, &[&format!("ALTER TABLE {table} DROP COLUMN {column}")]).await?;
        }
        Ok(())
    }
}

fn hosts() -> TableCreateStatement {
    Table::create()
        .table(ProxyHosts::Table)
        .col(uuid(ProxyHosts::Id).primary_key())
        .col(uuid(ProxyHosts::PoolId))
        .col(string_len(ProxyHosts::Host, 300))
        .col(string_len(ProxyHosts::State, 16))
        .col(integer(ProxyHosts::Strikes))
        .col(big_integer_null(ProxyHosts::PauseUntil))
        .col(big_integer(ProxyHosts::CreatedAt))
        .col(big_integer(ProxyHosts::LastAt))
        .col(big_integer(ProxyHosts::ChangedAt))
        .foreign_key(
            ForeignKey::create()
                .name("proxy_hosts_pool")
                .from(ProxyHosts::Table, ProxyHosts::PoolId)
                .to(ProxyPools::Table, ProxyPools::Id)
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}

fn pairs() -> TableCreateStatement {
    Table::create()
        .table(ProxyHostPairs::Table)
        .col(uuid(ProxyHostPairs::HostId))
        .col(uuid(ProxyHostPairs::ProxyId))
        .col(double(ProxyHostPairs::Good))
        .col(double(ProxyHostPairs::Bad))
        .col(big_integer(ProxyHostPairs::EvidenceAt))
        .col(double_null(ProxyHostPairs::LatencyMs))
        .col(string_len(ProxyHostPairs::State, 16))
        .col(integer(ProxyHostPairs::FailuresInRow))
        .col(integer(ProxyHostPairs::Strikes))
        .col(big_integer_null(ProxyHostPairs::PauseUntil))
        .col(big_integer(ProxyHostPairs::Requests))
        .col(big_integer(ProxyHostPairs::Successes))
        .col(big_integer(ProxyHostPairs::Failures))
        .col(big_integer(ProxyHostPairs::Refused))
        .col(big_integer(ProxyHostPairs::LastAt))
        .col(big_integer(ProxyHostPairs::ChangedAt))
        .primary_key(Index::create().col(ProxyHostPairs::HostId).col(ProxyHostPairs::ProxyId))
        .foreign_key(
            ForeignKey::create()
                .name("proxy_host_pairs_host")
                .from(ProxyHostPairs::Table, ProxyHostPairs::HostId)
                .to(ProxyHosts::Table, ProxyHosts::Id)
                .on_delete(ForeignKeyAction::Cascade),
        )
        .foreign_key(
            ForeignKey::create()
                .name("proxy_host_pairs_proxy")
                .from(ProxyHostPairs::Table, ProxyHostPairs::ProxyId)
                .to(Proxies::Table, Proxies::Id)
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}
