//! The newest event of executions, asked for by all who await an end.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait as _, DbErr};
use serde_json::Value as Json;
use shared_kernel::{
    domain::{Execution, Id},
    infrastructure::{
        db::{Backend, Database},
        together::Together,
    },
};
use uuid::Uuid;

use super::read::Row;

pub(in crate::infrastructure) type Newest = Together<Id<Execution>, Option<Row>, DbErr>;

/// Starts a task, within a tokio runtime.
pub(in crate::infrastructure) fn newest(database: Database) -> Newest {
    Together::start(move |executions: Vec<Id<Execution>>| {
        let database = database.clone();
        async move {
            let found = read(&database, &executions).await?;
            Ok(executions.iter().map(|id| found.get(id).cloned()).collect())
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
            let list: Json = ids.map(|id| Json::from(id.simple().to_string())).collect();
            let wanted = "(SELECT unhex(value) AS id FROM json_each($1)) AS w";
            (wanted, list.to_string().into())
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

#[cfg(test)]
mod tests {
    use shared_kernel::domain::Timestamp;

    use super::*;
    use crate::infrastructure::journal::{EventRow, insert_row};

    const AT: Timestamp = Timestamp::from_micros(1_800_000_000_000_000);

    #[tokio::test]
    async fn all_who_ask_for_the_same_at_once_are_told() {
        for test in testkit::databases(&[crate::migrations as fn() -> _]).await {
            let id = |number: u128| Id::<Execution>::from(Uuid::from_u128(number));
            let work = test.database.begin().await.unwrap();
            for (number, events) in [(1, 2), (2, 3)] {
                for seq in 1..=events {
                    let body = "{}".to_owned();
                    let row =
                        EventRow { kind: "execution.retried", body, blob: None, size: 2, at: AT };
                    insert_row(&work, id(number), seq, row).await.unwrap();
                }
            }
            work.commit().await.unwrap();
            let newest = newest(test.database.clone());
            let asked = [1, 2, 1, 3, 1].map(|number| newest.ask(id(number)));
            let told = futures::future::join_all(asked).await;
            let seqs = told.into_iter().map(|row| row.unwrap().map(|row| row.seq));
            let expected = [Some(2), Some(3), Some(2), None, Some(2)];
            assert_eq!(seqs.collect::<Vec<_>>(), expected, "{}", test.name);
        }
    }
}
