//! Where a session was opened and last used, so that people recognise their own, and so that
//! known places of an account can be told from others.

use sea_orm_migration::{MigrationTrait, prelude::*};

/// Adds `user_sessions.address`, `.last_address` and `.site`, which is what a caller's addresses
/// have in common.
#[derive(Debug)]
pub struct SessionAddress;

const COLUMNS: [&str; 3] = ["address", "last_address", "site"];

impl MigrationName for SessionAddress {
    fn name(&self) -> &'static str {
        "m20261125_000052_session_address"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for SessionAddress {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in COLUMNS {
            // As long as the longest text of an IPv6 address.
            let sql = format!("ALTER TABLE user_sessions ADD COLUMN {column} VARCHAR(45)");
            manager.get_connection().execute_unprepared(&sql).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in COLUMNS {
            let sql = format!("ALTER TABLE user_sessions DROP COLUMN {column}");
            manager.get_connection().execute_unprepared(&sql).await?;
        }
        Ok(())
    }
}
