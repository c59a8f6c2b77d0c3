//! Where API keys are kept.

use sea_orm_migration::{
    MigrationTrait,
    prelude::*,
    schema::{big_integer, big_integer_null, binary_len, string_len, string_len_null, text, uuid},
};

#[derive(DeriveIden)]
enum ApiKeys {
    Table,
    Id,
    UserId,
    Name,
    Scopes,
    SecretHash,
    LastFour,
    CreatedAt,
    ExpiresAt,
    LastUsedAt,
    LastUsedAddress,
}

#[derive(DeriveIden)]
enum Users {
    Table,
    Id,
}

/// `api_keys`. The secret is kept as a hash alone; `scopes` is a JSON list of permissions.
#[derive(Debug)]
pub struct ApiKeyTable;

impl MigrationName for ApiKeyTable {
    fn name(&self) -> &'static str {
        "m20261125_000010_api_keys"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for ApiKeyTable {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(table()).await?;
        let of_user = Index::create()
            .name("api_keys_user_created")
            .table(ApiKeys::Table)
            .col(ApiKeys::UserId)
            .col(ApiKeys::CreatedAt)
            .col(ApiKeys::Id)
            .to_owned();
        manager.create_index(of_user).await?;
        let ends = Index::create()
            .name("api_keys_expires")
            .table(ApiKeys::Table)
            .col(ApiKeys::ExpiresAt)
            .to_owned();
        manager.create_index(ends).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(ApiKeys::Table).to_owned()).await
    }
}

fn table() -> TableCreateStatement {
    Table::create()
        .table(ApiKeys::Table)
        .col(uuid(ApiKeys::Id).primary_key())
        .col(uuid(ApiKeys::UserId))
        .col(string_len(ApiKeys::Name, 60))
        .col(text(ApiKeys::Scopes))
        .col(binary_len(ApiKeys::SecretHash, 32))
        .col(string_len(ApiKeys::LastFour, 4))
        .col(big_integer(ApiKeys::CreatedAt))
        .col(big_integer(ApiKeys::ExpiresAt))
        .col(big_integer_null(ApiKeys::LastUsedAt))
        .col(string_len_null(ApiKeys::LastUsedAddress, 45))
        .foreign_key(
            ForeignKey::create()
                .name("api_keys_user")
                .from(ApiKeys::Table, ApiKeys::UserId)
                .to(Users::Table, Users::Id)
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}
