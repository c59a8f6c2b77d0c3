//! What the program of a login called itself, so that people tell their sessions apart.

use sea_orm_migration::{MigrationTrait, prelude::*};

/// Adds `user_sessions.user_agent`.
#[derive(Debug)]
pub struct SessionAgent;

impl MigrationName for SessionAgent {
    fn name(&self) -> &'static str {
        "m20261124_000051_session_agent"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for SessionAgent {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = "ALTER TABLE user_sessions ADD COLUMN user_agent VARCHAR(200)";
        manager.get_connection().execute_unprepared(sql).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = "ALTER TABLE user_sessions DROP COLUMN user_agent";
        manager.get_connection().execute_unprepared(sql).await?;
        Ok(())
    }
}
