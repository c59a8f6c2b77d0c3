//! One list of migrations for both databases, put together from all contexts.

use std::collections::BTreeSet;

use sea_orm::DbErr;
use sea_orm_migration::{MigrationTrait, MigratorTraitSelf, async_trait};

use super::Database;

/// Whether a migration is in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MigrationState {
    Applied,
    Pending,
    /// Applied by a later version of the program, which this one does not know.
    Later,
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

    /// Names of all there are, in order.
    pub fn names(&self) -> Vec<String> {
        let all = Migrator(self).migrations();
        all.iter().map(|migration| migration.name().to_owned()).collect()
    }

    /// Applies what is pending. With nothing pending, steps of a later version are no error: the
    /// program of the version before works on its schema.
    pub async fn up(&self, database: &Database) -> Result<(), DbErr> {
        let steps = self.status(database).await?;
        if steps.iter().any(|step| step.state == MigrationState::Pending) {
            return Migrator(self).up(database.write(), None).await;
        }
        let later = steps.iter().filter(|step| step.state == MigrationState::Later).count();
        if later > 0 {
            tracing::warn!(later, "the schema has {later} steps of a later version");
        }
        Ok(())
    }

    /// Takes back the last `steps`.
    pub async fn down(&self, database: &Database, steps: u32) -> Result<(), DbErr> {
        Migrator(self).down(database.write(), Some(steps)).await
    }

    /// All that are known, in order, and then those that only the database knows.
    pub async fn status(&self, database: &Database) -> Result<Vec<MigrationStep>, DbErr> {
        let applied = Migrator(self).get_migration_models(database.write()).await?;
        let mut applied: BTreeSet<String> =
            applied.into_iter().map(|model| model.version).collect();
        let mut steps: Vec<_> = self
            .names()
            .into_iter()
            .map(|name| {
                let is_applied = applied.remove(&name);
                let state =
                    if is_applied { MigrationState::Applied } else { MigrationState::Pending };
                MigrationStep { name, state }
            })
            .collect();
        let later = applied.into_iter();
        steps.extend(later.map(|name| MigrationStep { name, state: MigrationState::Later }));
        Ok(steps)
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::ConnectionTrait as _;
    use sea_orm_migration::{MigrationName, SchemaManager};

    use super::*;
    use crate::infrastructure::db::DatabaseSettings;

    struct Next;

    impl MigrationName for Next {
        fn name(&self) -> &'static str {
            "m29990101_000001_next"
        }
    }

    #[async_trait::async_trait]
    impl MigrationTrait for Next {
        async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
            manager.get_connection().execute_unprepared("CREATE TABLE next (n int)").await?;
            Ok(())
        }
    }

    #[tokio::test]
    async fn an_earlier_program_starts_on_a_later_schema_unless_steps_of_its_own_are_missing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("test.db");
        let database = Database::open(&DatabaseSettings::Sqlite { file, readers: 1 }).await;
        let database = database.unwrap();
        let earlier = Migrations::new([]);
        let later =
            Migrations::new([(|| vec![Box::new(Next) as Box<dyn MigrationTrait>]) as Source]);
        later.up(&database).await.unwrap();
        earlier.up(&database).await.unwrap();
        let last = earlier.status(&database).await.unwrap().pop().unwrap();
        assert_eq!(
            (last.name.as_str(), last.state),
            ("m29990101_000001_next", MigrationState::Later)
        );

        let forget =
            format!("DELETE FROM seaql_migrations WHERE version = '{}'", earlier.names()[0]);
        database.write().execute_unprepared(&forget).await.unwrap();
        assert!(earlier.up(&database).await.is_err());
    }
}
