//! Numbers of records, the index over their fields and texts, versions, held batches and links.
//!
//! `dataset_cells` has a row for each indexed field of each record: (dataset, field, value,
//! number), which is all of the row and its key. Values are bytes that sort alike in both engines.
//! `dataset_texts` has the tokens of each record: an FTS5 table on SQLite, a `tsvector` under GIN on
//! PostgreSQL, both without extensions. Tokens begin with the number of their dataset, so a search
//! touches nothing of others.

use sea_orm::{ConnectionTrait as _, DbBackend};
use sea_orm_migration::{MigrationTrait, prelude::*};

#[derive(Debug)]
pub(super) struct IndexTables;

impl MigrationName for IndexTables {
    fn name(&self) -> &'static str {
        "m20261125_000051_dataset_index"
    }
}

/// Records are numbered in the order in which they came, each dataset within numbers of its own.
const NUMBERS: &[&str] = &[
    "ALTER TABLE datasets ADD COLUMN number BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE datasets ADD COLUMN settings TEXT NOT NULL DEFAULT '{}'",
    "ALTER TABLE datasets ADD COLUMN numbered BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE datasets ADD COLUMN forgotten BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE datasets ADD COLUMN last_batch BIGINT",
    "ALTER TABLE datasets ADD COLUMN index_below BIGINT",
    "ALTER TABLE datasets ADD COLUMN retain_at BIGINT",
    "ALTER TABLE dataset_records ADD COLUMN number BIGINT NOT NULL DEFAULT 0",
    "UPDATE datasets SET number = n.number FROM \
     (SELECT id, ROW_NUMBER() OVER (ORDER BY created_at, id) AS number FROM datasets) AS n \
     WHERE n.id = datasets.id",
    "UPDATE dataset_records SET number = n.number FROM \
     (SELECT r.dataset_id, r.key, d.number * 68719476736 + ROW_NUMBER() OVER \
     (PARTITION BY r.dataset_id ORDER BY r.created_at, r.id) AS number \
     FROM dataset_records r JOIN datasets d ON d.id = r.dataset_id) AS n \
     WHERE n.dataset_id = dataset_records.dataset_id AND n.key = dataset_records.key",
    "UPDATE datasets SET numbered = records, index_below = 9223372036854775807 WHERE records > 0",
    "CREATE UNIQUE INDEX dataset_records_by_number ON dataset_records (number)",
    "DROP INDEX dataset_records_by_time",
    "CREATE UNIQUE INDEX datasets_by_number ON datasets (number)",
    "CREATE INDEX datasets_to_index ON datasets (id) WHERE index_below IS NOT NULL",
    "CREATE INDEX datasets_to_retain ON datasets (retain_at) WHERE retain_at IS NOT NULL",
];

const SEEN: &[&str] = &[
    "CREATE TABLE dataset_seen (dataset BIGINT NOT NULL, number BIGINT NOT NULL PRIMARY KEY, \
     seen_at BIGINT NOT NULL)",
    "CREATE INDEX dataset_seen_by_time ON dataset_seen (dataset, seen_at)",
    "INSERT INTO dataset_seen (dataset, number, seen_at) SELECT d.number, r.number, r.updated_at \
     FROM dataset_records r JOIN datasets d ON d.id = r.dataset_id",
];

const CELLS: &str = "CREATE TABLE dataset_cells (dataset BIGINT NOT NULL, field SMALLINT NOT NULL, \
     value {BYTES} NOT NULL, number BIGINT NOT NULL, PRIMARY KEY (dataset, field, value, number))";

const TEXTS_POSTGRES: &[&str] = &[
    "CREATE TABLE dataset_texts (number BIGINT NOT NULL PRIMARY KEY, tokens TSVECTOR NOT NULL)",
    "CREATE INDEX dataset_texts_by_token ON dataset_texts USING gin (tokens)",
    "CREATE SEQUENCE dataset_numbers",
    "SELECT setval('dataset_numbers', (SELECT COALESCE(MAX(number), 0) + 1 FROM datasets), false)",
];

const TEXTS_SQLITE: &[&str] = &["CREATE VIRTUAL TABLE dataset_texts USING fts5 \
     (tokens, content='', contentless_delete=1, detail=none, tokenize='ascii')"];

const VERSIONS: &[&str] = &[
    "CREATE TABLE dataset_versions ({ID} NOT NULL, version BIGINT NOT NULL, at BIGINT NOT NULL, \
     cause VARCHAR(20) NOT NULL, user_id {UUID}, execution_id {UUID}, added BIGINT NOT NULL, \
     changed BIGINT NOT NULL, removed BIGINT NOT NULL, total BIGINT NOT NULL, \
     PRIMARY KEY (dataset_id, version))",
    "INSERT INTO dataset_versions (dataset_id, version, at, cause, added, changed, removed, total) \
     SELECT dataset_id, version, MIN(at), 'batch', COUNT(*) - COUNT(before), COUNT(before), 0, \
     CAST(SUM(COUNT(*) - COUNT(before)) OVER (PARTITION BY dataset_id ORDER BY version) AS BIGINT) \
     FROM dataset_changes GROUP BY dataset_id, version",
    "CREATE INDEX dataset_changes_by_version ON dataset_changes (dataset_id, version, key)",
];

const HELD: &[&str] = &[
    "CREATE TABLE dataset_held (id {UUID} NOT NULL PRIMARY KEY, {ID} NOT NULL, \
     state VARCHAR(20) NOT NULL, records BIGINT NOT NULL, breaches TEXT NOT NULL, \
     key_fields TEXT NOT NULL, mode VARCHAR(20) NOT NULL, user_id {UUID}, execution_id {UUID}, \
     held_at BIGINT NOT NULL, decided_at BIGINT, decided_by {UUID}, version BIGINT)",
    "CREATE INDEX dataset_held_by_time ON dataset_held (dataset_id, held_at DESC, id DESC)",
    "CREATE TABLE dataset_held_records (held_id {UUID} NOT NULL, place BIGINT NOT NULL, \
     data TEXT NOT NULL, PRIMARY KEY (held_id, place))",
    "CREATE TABLE dataset_shares (id {UUID} NOT NULL PRIMARY KEY, {ID} NOT NULL, \
     label VARCHAR(100) NOT NULL, token_hash VARCHAR(64) NOT NULL, columns TEXT, \
     expires_at BIGINT, created_at BIGINT NOT NULL, revoked_at BIGINT, used_at BIGINT)",
    "CREATE UNIQUE INDEX dataset_shares_by_token ON dataset_shares (token_hash)",
    "CREATE INDEX dataset_shares_by_time ON dataset_shares (dataset_id, created_at DESC, id DESC)",
];

#[async_trait::async_trait]
impl MigrationTrait for IndexTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let postgres = manager.get_database_backend() == DbBackend::Postgres;
        let (bytes, uuid, texts) = if postgres {
            ("BYTEA", "UUID", TEXTS_POSTGRES)
        } else {
            ("BLOB", "uuid_text", TEXTS_SQLITE)
        };
        let cells = if postgres { CELLS.to_owned() } else { format!("{CELLS} WITHOUT ROWID") };
        let all = [NUMBERS, SEEN, texts, VERSIONS, HELD].concat();
        for statement in all.into_iter().chain([cells.as_str()]) {
            let sql = statement
                .replace("{BYTES}", bytes)
                .replace("{ID}", "dataset_id {UUID}")
                .replace("{UUID}", uuid);
            manager.get_connection().execute_unprepared(&sql).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut statements: Vec<String> = [
            "dataset_shares",
            "dataset_held_records",
            "dataset_held",
            "dataset_versions",
            "dataset_texts",
            "dataset_cells",
            "dataset_seen",
        ]
        .map(|table| format!("DROP TABLE {table}"))
        .into();
        if manager.get_database_backend() == DbBackend::Postgres {
            statements.push("DROP SEQUENCE dataset_numbers".to_owned());
        }
        let indexes = [
            "dataset_changes_by_version",
            "dataset_records_by_number",
            "datasets_by_number",
            "datasets_to_index",
            "datasets_to_retain",
        ];
        statements.extend(indexes.map(|index| format!("DROP INDEX {index}")));
        statements.push(
            "CREATE INDEX dataset_records_by_time \
             ON dataset_records (dataset_id, created_at DESC, id DESC)"
                .to_owned(),
        );
        statements.push("ALTER TABLE dataset_records DROP COLUMN number".to_owned());
        let columns = [
            "number",
            "settings",
            "numbered",
            "forgotten",
            "last_batch",
            "index_below",
            "retain_at",
        ];
        statements
            .extend(columns.map(|column| format!("ALTER TABLE datasets DROP COLUMN {column}")));
        for sql in statements {
            manager.get_connection().execute_unprepared(&sql).await?;
        }
        Ok(())
    }
}
