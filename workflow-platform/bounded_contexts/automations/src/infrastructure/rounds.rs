//! How far the rules of the house have been given to all.

use sea_orm::{ConnectionTrait as _, QueryResult};
use sea_orm_migration::{
    MigrationTrait,
    prelude::*,
    schema::{boolean, string_len, uuid_null},
};
use shared_kernel::infrastructure::db::{Backend, Database, UnitOfWork};
use uuid::Uuid;

use crate::application::{Round, StoreError};

#[derive(Debug)]
pub struct PresetRounds;

impl MigrationName for PresetRounds {
    fn name(&self) -> &'static str {
        "m20261126_000104_preset_rounds"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for PresetRounds {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("automation_preset_rounds")
            .col(string_len("preset", 40).primary_key())
            .col(uuid_null("given_to"))
            .col(boolean("is_over"))
            .to_owned();
        manager.create_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("automation_preset_rounds").to_owned()).await
    }
}

fn round(row: &QueryResult) -> Result<Round, StoreError> {
    let after: Option<Uuid> = row.try_get("", "given_to")?;
    Ok(Round { after: after.map(Into::into), is_over: row.try_get("", "is_over")? })
}

pub(super) async fn all(database: &Database) -> Result<Vec<(String, Round)>, StoreError> {
    let sql = "SELECT * FROM automation_preset_rounds";
    let rows = database.read().query_all_raw(database.statement(sql, [])).await?;
    rows.iter().map(|row| Ok((row.try_get("", "preset")?, round(row)?))).collect()
}

/// Locked until the end of the transaction.
pub(super) async fn hold(
    database: &Database,
    work: &UnitOfWork,
    preset: &str,
) -> Result<Round, StoreError> {
    let begin = "INSERT INTO automation_preset_rounds (preset, is_over) VALUES ($1, FALSE) \
                 ON CONFLICT (preset) DO NOTHING";
    work.conn().execute_raw(database.statement(begin, [preset.into()])).await?;
    let lock = match database.backend() {
        Backend::Postgres => " FOR UPDATE",
        Backend::Sqlite => "",
    };
    let sql = format!("SELECT * FROM automation_preset_rounds WHERE preset = $1{lock}");
    let row = work.conn().query_one_raw(database.statement(sql, [preset.into()])).await?;
    row.as_ref().map(round).transpose().map(Option::unwrap_or_default)
}

pub(super) async fn advance(
    database: &Database,
    work: &UnitOfWork,
    preset: &str,
    round: &Round,
) -> Result<(), StoreError> {
    let sql = "UPDATE automation_preset_rounds SET given_to = $2, is_over = $3 WHERE preset = $1";
    let given_to = round.after.map(shared_kernel::domain::Id::uuid);
    let values = [preset.into(), given_to.into(), round.is_over.into()];
    work.conn().execute_raw(database.statement(sql, values)).await?;
    Ok(())
}
