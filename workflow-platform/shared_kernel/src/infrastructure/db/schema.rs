//! Tables of the kernel: the outbox and the memory of what was handled. The tables of idempotency
//! keys and of the audit log stand beside it.

use sea_orm_migration::{
    MigrationTrait,
    prelude::*,
    schema::{
        big_integer, big_integer_null, big_pk_auto, integer, string_len, string_len_null, text,
        text_null, uuid, uuid_null, uuid_uniq,
    },
};

use super::{
    audit_table::AuditTable, idempotency_table::IdempotencyTable, system_tables::SystemTables,
};

/// The kernel's migrations.
pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(OutboxTables),
        Box::new(IdempotencyTable),
        Box::new(AuditTable),
        Box::new(SystemTables),
    ]
}

#[derive(DeriveIden)]
enum Outbox {
    Table,
    Position,
    Id,
    Kind,
    Version,
    Aggregate,
    AggregateId,
    UserId,
    Payload,
    OccurredAt,
    RequestId,
    Attempts,
    DueAt,
    DeliveredAt,
    ParkedAt,
    LastError,
}

#[derive(DeriveIden)]
enum Inbox {
    Table,
    EventId,
    Handler,
    HandledAt,
}

/// `outbox`: events in the order they were written; `inbox`: (event, handler) pairs done.
#[derive(Debug)]
pub struct OutboxTables;

impl MigrationName for OutboxTables {
    fn name(&self) -> &'static str {
        "m20261123_000001_outbox"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for OutboxTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(outbox_table()).await?;
        manager
            .create_index(
                Index::create()
                    .name("outbox_pending")
                    .table(Outbox::Table)
                    .col(Outbox::DeliveredAt)
                    .col(Outbox::ParkedAt)
                    .col(Outbox::Position)
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("outbox_aggregate")
                    .table(Outbox::Table)
                    .col(Outbox::Aggregate)
                    .col(Outbox::AggregateId)
                    .col(Outbox::Position)
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table(Inbox::Table)
                    .col(uuid(Inbox::EventId))
                    .col(string_len(Inbox::Handler, 120))
                    .col(big_integer(Inbox::HandledAt))
                    .primary_key(Index::create().col(Inbox::EventId).col(Inbox::Handler))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Inbox::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(Outbox::Table).to_owned()).await
    }
}

fn outbox_table() -> TableCreateStatement {
    Table::create()
        .table(Outbox::Table)
        .col(big_pk_auto(Outbox::Position))
        .col(uuid_uniq(Outbox::Id))
        .col(string_len(Outbox::Kind, 120))
        .col(integer(Outbox::Version))
        .col(string_len(Outbox::Aggregate, 60))
        .col(string_len(Outbox::AggregateId, 120))
        .col(uuid_null(Outbox::UserId))
        .col(text(Outbox::Payload))
        .col(big_integer(Outbox::OccurredAt))
        .col(string_len_null(Outbox::RequestId, 128))
        .col(integer(Outbox::Attempts))
        .col(big_integer(Outbox::DueAt))
        .col(big_integer_null(Outbox::DeliveredAt))
        .col(big_integer_null(Outbox::ParkedAt))
        .col(text_null(Outbox::LastError))
        .to_owned()
}
