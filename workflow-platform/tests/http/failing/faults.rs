//! A database whose n-th written row fails, by triggers on all its tables.

use std::fmt;

use sea_orm::ConnectionTrait as _;
use shared_kernel::infrastructure::db::{Backend, Database};

use super::still::Still;

/// What the database says.
const PLANNED: &str = "a planned failure";
/// Rows of the outbox that tell of it.
pub const STRUCK: &str =
    "outbox WHERE delivered_at IS NULL AND last_error LIKE '%planned failure%'";

/// How long it fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lasts {
    /// That write alone.
    Once,
    /// That write and all after it, until it is mended.
    AWhile,
}

/// What is planned of one run. Writes are counted while it goes on.
pub struct Faults<'a> {
    database: &'a Database,
    at: u32,
    lasts: Lasts,
}

impl fmt::Debug for Faults<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "write {} fails {:?}", self.at, self.lasts)
    }
}

impl<'a> Faults<'a> {
    pub async fn none(still: &'a Still) -> Self {
        Self::at(still, 1_000_000, Lasts::Once).await
    }

    pub async fn at(still: &'a Still, write: u32, lasts: Lasts) -> Self {
        let planned = Self { database: still.platform.database(), at: write, lasts };
        let lasts = u8::from(lasts == Lasts::AWhile);
        planned.tell(&format!("UPDATE faults SET armed = 0, at = {write}, lasts = {lasts}")).await;
        planned
            .tell(
                planned.engine(
                    "SELECT setval('faults_count', 1, false)",
                    "UPDATE faults SET count = 0",
                ),
            )
            .await;
        planned
    }

    fn engine(&self, postgres: &'static str, sqlite: &'static str) -> &'static str {
        match self.database.backend() {
            Backend::Postgres => postgres,
            Backend::Sqlite => sqlite,
        }
    }

    async fn tell(&self, sql: &str) {
        self.database.write().execute_unprepared(sql).await.unwrap();
    }

    pub async fn go_on(&self) {
        self.tell("UPDATE faults SET armed = 1").await;
    }

    pub async fn pause(&self) {
        self.tell("UPDATE faults SET armed = 0").await;
    }

    /// Nothing fails any more.
    pub async fn mend(&self) {
        self.tell("UPDATE faults SET at = 1000000").await;
    }

    /// What was counted: in SQLite without what was rolled back.
    pub async fn writes(&self) -> u32 {
        let sql = self.engine(
            "SELECT last_value - CASE WHEN is_called THEN 0 ELSE 1 END AS n FROM faults_count",
            "SELECT count AS n FROM faults",
        );
        let row = self.database.read().query_one_raw(self.database.statement(sql, [])).await;
        let found: i64 = row.unwrap().unwrap().try_get("", "n").unwrap();
        u32::try_from(found).unwrap()
    }
}

/// Puts the triggers there. A sequence counts in PostgreSQL, which no rollback takes back; in SQLite a
/// row does, so that a write that failed is the same one when it is tried again.
pub async fn install(database: &Database) {
    let run = async |sql: &str| {
        database
            .write()
            .execute_unprepared(sql)
            .await
            .unwrap_or_else(|error| panic!("{error}: {sql}"));
    };
    let tables = match database.backend() {
        Backend::Postgres => {
            "SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema()"
        }
        // Not the tables behind the full-text search, which nobody writes but SQLite.
        Backend::Sqlite => {
            "SELECT name FROM sqlite_master WHERE type = 'table' \
             AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'dataset_texts%'"
        }
    };
    let rows = database.read().query_all_raw(database.statement(tables, [])).await.unwrap();
    let tables: Vec<String> = rows.iter().map(|row| row.try_get("", "name").unwrap()).collect();
    run("CREATE TABLE faults (armed integer, at integer, lasts integer, count bigint)").await;
    run("INSERT INTO faults VALUES (0, 1000000, 0, 0)").await;
    if database.backend() == Backend::Postgres {
        run("CREATE SEQUENCE faults_count").await;
        run(&format!(
            "CREATE FUNCTION fail_as_planned() RETURNS trigger LANGUAGE plpgsql AS $body$ \
             DECLARE planned record; n bigint; BEGIN \
             SELECT * INTO planned FROM faults; \
             IF planned.armed = 1 THEN n := nextval('faults_count'); \
             IF n = planned.at OR (planned.lasts = 1 AND n > planned.at) THEN \
             RAISE EXCEPTION '{PLANNED}'; END IF; END IF; \
             IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $body$"
        ))
        .await;
    }
    for table in tables.iter().filter(|table| !table.contains("migration")) {
        for operation in ["INSERT", "UPDATE", "DELETE"] {
            let name = format!("fails_{}_{table}", operation.to_lowercase());
            run(&match database.backend() {
                Backend::Postgres => format!(
                    "CREATE TRIGGER {name} BEFORE {operation} ON {table} \
                     FOR EACH ROW EXECUTE FUNCTION fail_as_planned()"
                ),
                Backend::Sqlite => format!(
                    "CREATE TRIGGER {name} BEFORE {operation} ON {table} \
                     WHEN (SELECT armed FROM faults) = 1 BEGIN \
                     UPDATE faults SET count = count + 1; \
                     SELECT RAISE(ABORT, '{PLANNED}') FROM faults \
                     WHERE count = at OR (lasts = 1 AND count > at); END"
                ),
            })
            .await;
        }
    }
}
