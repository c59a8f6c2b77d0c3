//! Access tokens that are refused before their time is over.

use sea_orm_migration::{
    MigrationTrait,
    prelude::*,
    schema::{big_integer, uuid},
};

/// `revoked_tokens`, and `users.tokens_not_before`.
#[derive(Debug)]
pub struct Revocations;

#[derive(DeriveIden)]
enum RevokedTokens {
    Table,
    Id,
    SessionId,
    ExpiresAt,
}

impl MigrationName for Revocations {
    fn name(&self) -> &'static str {
        "m20261125_000061_revocations"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Revocations {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = "ALTER TABLE users ADD COLUMN tokens_not_before BIGINT";
        manager.get_connection().execute_unprepared(sql).await?;
        manager.create_table(table()).await?;
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(RevokedTokens::Table).to_owned()).await?;
        let sql = "ALTER TABLE users DROP COLUMN tokens_not_before";
        manager.get_connection().execute_unprepared(sql).await?;
        Ok(())
    }
}

fn table() -> TableCreateStatement {
    Table::create()
        .table(RevokedTokens::Table)
        .col(uuid(RevokedTokens::Id).primary_key())
        .col(uuid(RevokedTokens::SessionId))
        .col(big_integer(RevokedTokens::ExpiresAt))
        .to_owned()
}

fn indexes() -> [IndexCreateStatement; 2] {
    let on = |name, column| {
        Index::create().name(name).table(RevokedTokens::Table).col(column).to_owned()
    };
    [
        on("revoked_tokens_session", RevokedTokens::SessionId),
        on("revoked_tokens_expiry", RevokedTokens::ExpiresAt),
    ]
}
