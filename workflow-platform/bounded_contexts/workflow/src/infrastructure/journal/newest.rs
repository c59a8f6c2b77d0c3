//! The newest event of executions, asked for by all who await an end.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait as _, DbErr};
use shared_kernel::{
    domain::{Execution, Id},
    infrastructure::{
        db::{Backend, Database},
        together::Together,
    },
};
use uuid::Uuid;

use super::read::Row;

pub(super) type Newest = Together<Id<Execution>, Option<Row>, DbErr>;

pub(super) fn newest(database: Database) -> Newest {
    Together::start(move |executions: Vec<Id<Execution>>| {
        let database = database.clone();
        async move {
            let mut found = read(&database, &executions).await?;
            Ok(executions.iter().map(|id| found.remove(id)).collect())
        }
    })
}

async fn read(
    database: &Database,
    executions: &[Id<Execution>],
) -> Result<HashMap<Id<Execution>, Row>, DbErr> {
    let ids = executions.iter().map(|id| id.uuid());
    let (wanted, list) = match database.backend() {
        Backend::Postgres => ("unnest($1::uuid[]) AS w(id)", ids.collect::<Vec<_>>().into()),
        Backend::Sqlite => {
            let (_, list) = Backend::Sqlite.among("$1", ids);
            ("(SELECT unhex(value) AS id FROM json_each($1)) AS w", list)
        }
    };
    let sql = format!(
        "SELECT e.seq, e.kind, e.payload, e.blob, e.at, e.execution_id FROM {wanted} \
         CROSS JOIN execution_events e WHERE e.execution_id = w.id AND e.seq = \
         (SELECT max(seq) FROM execution_events WHERE execution_id = w.id)"
    );
    let rows = database.read().query_all_raw(database.statement(sql, [list])).await?;
    let of_each = rows.iter().map(|row| {
        let id: Uuid = row.try_get_by_index(5)?;
        Ok((Id::from(id), Row::from(row)?))
    });
    of_each.collect()
}
