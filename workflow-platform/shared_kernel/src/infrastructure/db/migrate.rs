//! One list of migrations for both databases, put together from all contexts.

use sea_orm::DbErr;
use sea_orm_migration::{MigrationStatus, MigrationTrait, MigratorTraitSelf, async_trait};

use super::Database;

/// Whether a migration is in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MigrationState {
    Applied,
    Pending,
}

/// One migration and its state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationStep {
    pub name: String,
    pub state: MigrationState,
}

/// Gives a context's migrations, in order.
type Source = fn() -> Vec<Box<dyn MigrationTrait>>;

/// All migrations of the platform.
#[derive(Debug, Clone)]
pub struct Migrations {
    sources: Vec<Source>,
}

struct Migrator<'a>(&'a Migrations);

#[async_trait::async_trait]
impl MigratorTraitSelf for Migrator<'_> {
    fn migrations(&self) -> Vec<Box<dyn MigrationTrait>> {
        self.0.sources.iter().flat_map(|source| source()).collect()
    }
}

impl Migrations {
    /// The kernel's own, then the given ones.
    pub fn new(contexts: impl IntoIterator<Item = Source>) -> Self {
        let kernel: Source = super::migrations;
        Self { sources: std::iter::once(kernel).chain(contexts).collect() }
    }

    /// Applies what is pending.
    pub async fn up(&self, database: &Database) -> Result<(), DbErr> {
        Migrator(self).up(database.write(), None).await
    }

    /// Takes back the last `steps`.
    pub async fn down(&self, database: &Database, steps: u32) -> Result<(), DbErr> {
        Migrator(self).down(database.write(), Some(steps)).await
    }

    pub async fn status(&self, database: &Database) -> Result<Vec<MigrationStep>, DbErr> {
        let found = Migrator(self).get_migration_with_status(database.write()).await?;
        Ok(found
            .iter()
            .map(|migration| MigrationStep {
                name: migration.name().to_owned(),
                state: match migration.status() {
                    MigrationStatus::Applied => MigrationState::Applied,
                    MigrationStatus::Pending => MigrationState::Pending,
                },
            })
            .collect())
    }
}
