//! The table of the audit log.

use sea_orm_migration::{
    MigrationTrait,
    prelude::*,
    schema::{big_integer, string_len, string_len_null, text, uuid, uuid_null},
};

#[derive(DeriveIden, Clone, Copy)]
enum AuditLog {
    Table,
    Id,
    At,
    ActorKind,
    ActorId,
    ActorKey,
    Action,
    UserId,
    TargetKind,
    TargetId,
    Outcome,
    Reason,
    Address,
    UserAgent,
    RequestId,
    Details,
}

/// `audit_log`, to which the database itself lets nobody do anything but add, forget what is old,
/// and make anonymous.
#[derive(Debug)]
pub struct AuditTable;

/// What never changes once it is written. Address, program and details do, when a user is deleted.
const FIXED: &str = "id, at, actor_kind, actor_id, actor_key, action, user_id, target_kind, \
     target_id, outcome, reason, request_id";
const REFUSE_POSTGRES: &str = "CREATE FUNCTION audit_log_is_fixed() RETURNS trigger \
     LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$";

impl MigrationName for AuditTable {
    fn name(&self) -> &'static str {
        "m20261125_000002_audit_log"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for AuditTable {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(table()).await?;
        for (name, column) in [
            ("audit_log_at", None),
            ("audit_log_actor", Some(AuditLog::ActorId)),
            ("audit_log_user", Some(AuditLog::UserId)),
            ("audit_log_target", Some(AuditLog::TargetId)),
            ("audit_log_action", Some(AuditLog::Action)),
            ("audit_log_outcome", Some(AuditLog::Outcome)),
            ("audit_log_request", Some(AuditLog::RequestId)),
        ] {
            manager.create_index(index(name, column)).await?;
        }
        fix(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(AuditLog::Table).to_owned()).await?;
        if manager.get_database_backend() == sea_orm::DbBackend::Postgres {
            let sql = "DROP FUNCTION audit_log_is_fixed()";
            manager.get_connection().execute_unprepared(sql).await?;
        }
        Ok(())
    }
}

async fn fix(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    let body = if manager.get_database_backend() == sea_orm::DbBackend::Postgres {
        connection.execute_unprepared(REFUSE_POSTGRES).await?;
        "FOR EACH ROW EXECUTE FUNCTION audit_log_is_fixed()"
    } else {
        "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
    };
    let sql =
        format!("CREATE TRIGGER audit_log_is_fixed BEFORE UPDATE OF {FIXED} ON audit_log {body}");
    connection.execute_unprepared(&sql).await?;
    Ok(())
}

/// Lists go by time within what they are filtered by.
fn index(name: &str, column: Option<AuditLog>) -> IndexCreateStatement {
    let mut index = Index::create().name(name).table(AuditLog::Table).to_owned();
    if let Some(column) = column {
        index.col(column);
    }
    index.col(AuditLog::At).col(AuditLog::Id).to_owned()
}

fn table() -> TableCreateStatement {
    Table::create()
        .table(AuditLog::Table)
        .col(uuid(AuditLog::Id).primary_key())
        .col(big_integer(AuditLog::At))
        .col(string_len(AuditLog::ActorKind, 16))
        .col(uuid_null(AuditLog::ActorId))
        .col(uuid_null(AuditLog::ActorKey))
        .col(string_len(AuditLog::Action, 60))
        .col(uuid_null(AuditLog::UserId))
        .col(string_len_null(AuditLog::TargetKind, 20))
        .col(string_len_null(AuditLog::TargetId, 255))
        .col(string_len(AuditLog::Outcome, 16))
        .col(string_len_null(AuditLog::Reason, 60))
        .col(string_len_null(AuditLog::Address, 45))
        .col(string_len_null(AuditLog::UserAgent, 200))
        .col(string_len_null(AuditLog::RequestId, 128))
        .col(text(AuditLog::Details))
        .to_owned()
}
