//! Indexes for lists of users that are searched and sorted.

use sea_orm_migration::{MigrationTrait, prelude::*};
use shared_kernel::infrastructure::db::{Backend, create_index};

/// Adds indexes to `users`, which may be large by now: on PostgreSQL without keeping writers out.
/// Who never signed in has a last sign-in at 0, so that lists by it have no gaps.
#[derive(Debug)]
pub struct UserIndexes;

const INDEXES: [(&str, &str, &str); 3] = [
    ("users_username_prefix", "username_key text_pattern_ops", "username_key"),
    ("users_email_prefix", "email_key text_pattern_ops", "email_key"),
    ("users_last_login", "last_login_at, id", "last_login_at, id"),
];

impl MigrationName for UserIndexes {
    fn name(&self) -> &'static str {
        "m20261125_000080_user_indexes"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for UserIndexes {
    /// `CONCURRENTLY` cannot be part of a transaction.
    fn use_transaction(&self) -> Option<bool> {
        Some(false)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let postgres = Backend::of(manager) == Backend::Postgres;
        if postgres {
            let sql = "ALTER TABLE users ALTER COLUMN last_login_at SET DEFAULT 0";
            connection.execute_unprepared(sql).await?;
        }
        let sql = "UPDATE users SET last_login_at = 0 WHERE last_login_at IS NULL";
        connection.execute_unprepared(sql).await?;
        for (name, on_postgres, on_sqlite) in INDEXES {
            let columns = if postgres { on_postgres } else { on_sqlite };
            create_index(manager, name, &format!("users ({columns})")).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, ..) in INDEXES {
            manager.get_connection().execute_unprepared(&format!("DROP INDEX {name}")).await?;
        }
        Ok(())
    }
}
