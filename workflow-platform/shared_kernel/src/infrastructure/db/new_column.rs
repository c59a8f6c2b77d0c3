//! One more column of a table.

use std::fmt;

use sea_orm::{ConnectionTrait as _, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager};

use super::Backend;

/// A migration that adds one column to a table.
pub struct NewColumn {
    /// Of the migration.
    pub name: &'static str,
    pub table: &'static str,
    pub column: &'static str,
    /// What it holds, in words that both databases know: `varchar(20)`.
    pub kind: &'static str,
    /// The statement that fills it in rows of before.
    pub told: Option<fn(Backend) -> String>,
}

impl fmt::Debug for NewColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewColumn").field("name", &self.name).finish_non_exhaustive()
    }
}

impl MigrationName for NewColumn {
    fn name(&self) -> &str {
        self.name
    }
}

#[async_trait::async_trait]
impl MigrationTrait for NewColumn {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let Self { table, column, kind, .. } = self;
        let add = format!("ALTER TABLE {table} ADD COLUMN {column} {kind}");
        let told = self.told.map(|told| told(Backend::of(manager)));
        for change in [Some(add), told].into_iter().flatten() {
            manager.get_connection().execute_unprepared(&change).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let drop = format!("ALTER TABLE {} DROP COLUMN {}", self.table, self.column);
        manager.get_connection().execute_unprepared(&drop).await.map(|_| ())
    }
}
