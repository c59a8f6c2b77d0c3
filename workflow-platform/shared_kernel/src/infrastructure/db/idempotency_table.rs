//! The table of keys that callers gave to their requests.

use sea_orm_migration::{
    MigrationTrait,
    prelude::*,
    schema::{big_integer, integer_null, string_len, text, text_null, uuid},
};

/// `idempotency_keys`: a row without `status` is under way until `leased_until`; one with a
/// status and without an answer was done, and its answer was not kept.
#[derive(Debug)]
pub struct IdempotencyTable;

impl MigrationName for IdempotencyTable {
    fn name(&self) -> &'static str {
        "m20261125_000101_idempotency_keys"
    }
}

#[derive(DeriveIden)]
enum IdempotencyKeys {
    Table,
    UserId,
    IdempotencyKey,
    Route,
    Fingerprint,
    Lease,
    LeasedUntil,
    Status,
    Answer,
    CreatedAt,
}

#[async_trait::async_trait]
impl MigrationTrait for IdempotencyTable {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(keys()).await?;
        let by_age = Index::create()
            .name("idempotency_keys_by_age")
            .table(IdempotencyKeys::Table)
            .col(IdempotencyKeys::CreatedAt)
            .to_owned();
        manager.create_index(by_age).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(IdempotencyKeys::Table).to_owned()).await
    }
}

fn keys() -> TableCreateStatement {
    Table::create()
        .table(IdempotencyKeys::Table)
        .col(uuid(IdempotencyKeys::UserId))
        .col(string_len(IdempotencyKeys::IdempotencyKey, 255))
        .col(text(IdempotencyKeys::Route))
        .col(string_len(IdempotencyKeys::Fingerprint, 64))
        .col(uuid(IdempotencyKeys::Lease))
        .col(big_integer(IdempotencyKeys::LeasedUntil))
        .col(integer_null(IdempotencyKeys::Status))
        .col(text_null(IdempotencyKeys::Answer))
        .col(big_integer(IdempotencyKeys::CreatedAt))
        .primary_key(
            Index::create().col(IdempotencyKeys::UserId).col(IdempotencyKeys::IdempotencyKey),
        )
        .to_owned()
}
