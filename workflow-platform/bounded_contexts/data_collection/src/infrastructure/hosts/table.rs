//! The table of decisions about hosts.

use sea_orm::ConnectionTrait as _;
use sea_orm_migration::{
    MigrationTrait,
    prelude::*,
    schema::{big_integer, boolean, double_null, integer_null, string_len, text, uuid},
};

/// Makes the table.
#[derive(Debug)]
pub struct HostRulesTable;

impl MigrationName for HostRulesTable {
    fn name(&self) -> &'static str {
        "m20261125_000060_host_rules"
    }
}

#[derive(DeriveIden)]
enum HostRules {
    Table,
    Host,
    Id,
    Blocked,
    IgnoreRobots,
    RequestsPerSecond,
    Parallel,
    Reason,
    DecidedAt,
}

#[async_trait::async_trait]
impl MigrationTrait for HostRulesTable {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table(HostRules::Table)
            .col(string_len(HostRules::Host, 300).primary_key())
            .col(uuid(HostRules::Id))
            .col(boolean(HostRules::Blocked))
            .col(boolean(HostRules::IgnoreRobots))
            .col(double_null(HostRules::RequestsPerSecond))
            .col(integer_null(HostRules::Parallel))
            .col(text(HostRules::Reason))
            .col(big_integer(HostRules::DecidedAt))
            .to_owned();
        manager.create_table(table).await?;
        let index = "CREATE INDEX host_rules_by_time ON host_rules (decided_at DESC, id DESC)";
        manager.get_connection().execute_unprepared(index).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(HostRules::Table).to_owned()).await
    }
}
