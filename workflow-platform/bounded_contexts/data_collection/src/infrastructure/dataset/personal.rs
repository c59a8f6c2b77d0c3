//! What the context keeps of a person, as they get it.

use std::sync::Arc;

use async_trait::async_trait;
use sea_orm::{ConnectionTrait as _, DbErr};
use shared_kernel::{
    application::{PersonalData, PersonalDataError, PersonalPage},
    domain::Owner,
    infrastructure::db::{Backend, Database, PersonalTable, RowKey, Shown},
};

/// Of a dataset of the owner.
const OF_DATASET: &str = "dataset_id IN (SELECT id FROM datasets WHERE user_id = $1)";
/// The same, by number.
const OF_NUMBER: &str = "dataset IN (SELECT number FROM datasets WHERE user_id = $1)";
const OF_HELD: &str = "held_id IN (SELECT h.id FROM dataset_held h \
     JOIN datasets d ON d.id = h.dataset_id WHERE d.user_id = $1)";

/// Rows removed at once.
const AT_ONCE: u32 = 500;

const fn table(
    name: &'static str,
    key: RowKey,
    columns: &'static [(&'static str, Shown)],
) -> PersonalTable {
    PersonalTable { name, table: name, key, owned: OF_DATASET, columns, erased: true }
}

const RECORDS: PersonalTable = table(
    "dataset_records",
    RowKey::IdAndText("dataset_id", "key"),
    &[
        ("dataset_id", Shown::Id),
        ("key", Shown::Text),
        ("data", Shown::Json),
        ("version", Shown::Number),
        ("created_at", Shown::Time),
        ("updated_at", Shown::Time),
    ],
);

const BEFORE: [PersonalTable; 7] = [
    table("dataset_batches", RowKey::IdAndText("dataset_id", "key"), &[]),
    // Former states of records.
    table("dataset_changes", RowKey::IdAndText("dataset_id", "key"), &[]),
    table("dataset_versions", RowKey::IdAndNumber("dataset_id", "version"), &[]),
    table("dataset_counts", RowKey::IdAndNumber("dataset_id", "starts_at"), &[]),
    PersonalTable {
        owned: OF_HELD,
        ..table(
            "dataset_held_records",
            RowKey::IdAndNumber("held_id", "place"),
            &[("held_id", Shown::Id), ("place", Shown::Number), ("data", Shown::Json)],
        )
    },
    table(
        "dataset_held",
        RowKey::Id("id"),
        &[
            ("id", Shown::Id),
            ("dataset_id", Shown::Id),
            ("state", Shown::Text),
            ("records", Shown::Number),
            ("breaches", Shown::Json),
            ("held_at", Shown::Time),
            ("decided_at", Shown::Time),
        ],
    ),
    table(
        "dataset_shares",
        RowKey::Id("id"),
        &[
            ("id", Shown::Id),
            ("dataset_id", Shown::Id),
            ("label", Shown::Text),
            ("columns", Shown::Json),
            ("expires_at", Shown::Time),
            ("created_at", Shown::Time),
            ("revoked_at", Shown::Time),
        ],
    ),
];

const DATASETS: PersonalTable = PersonalTable {
    owned: "user_id = $1",
    ..table(
        "datasets",
        RowKey::Id("id"),
        &[
            ("id", Shown::Id),
            ("name", Shown::Text),
            ("columns", Shown::Json),
            ("settings", Shown::Json),
            ("records", Shown::Number),
            ("version", Shown::Number),
            ("created_at", Shown::Time),
            ("updated_at", Shown::Time),
        ],
    )
};

/// What is derived from records: handed out with them, erased with their dataset.
struct Derived {
    name: &'static str,
    /// Removes some of the owner's, `$1`.
    sql: String,
    database: Database,
}

#[async_trait]
impl PersonalData for Derived {
    fn name(&self) -> &'static str {
        self.name
    }

    async fn page(&self, _: Owner, _: Option<&str>) -> Result<PersonalPage, PersonalDataError> {
        Ok(PersonalPage { items: Vec::new(), next: None })
    }

    async fn erase(&self, owner: Owner) -> Result<u64, PersonalDataError> {
        let statement = self.database.statement(&self.sql, [owner.into()]);
        let done = self.database.write().execute_raw(statement).await;
        done.map(|done| done.rows_affected())
            .map_err(|source| PersonalDataError { part: self.name, source: Box::new(source) })
    }
}

/// Records go together with their texts, which cannot be asked whose they are.
struct RecordsWithTexts {
    records: Arc<dyn PersonalData>,
    database: Database,
}

impl RecordsWithTexts {
    async fn remove(&self, owner: Owner) -> Result<u64, DbErr> {
        let column = match self.database.backend() {
            Backend::Postgres => "number",
            Backend::Sqlite => "rowid",
        };
        let some = format!(
            "SELECT number FROM dataset_records WHERE {OF_DATASET} ORDER BY number LIMIT {AT_ONCE}"
        );
        let work = self.database.begin().await?;
        let texts = format!("DELETE FROM dataset_texts WHERE {column} IN ({some})");
        work.conn().execute_raw(self.database.statement(texts, [owner.into()])).await?;
        let records = format!("DELETE FROM dataset_records WHERE number IN ({some})");
        let gone =
            work.conn().execute_raw(self.database.statement(records, [owner.into()])).await?;
        work.commit().await?;
        Ok(gone.rows_affected())
    }
}

#[async_trait]
impl PersonalData for RecordsWithTexts {
    fn name(&self) -> &'static str {
        self.records.name()
    }

    async fn page(
        &self,
        owner: Owner,
        after: Option<&str>,
    ) -> Result<PersonalPage, PersonalDataError> {
        self.records.page(owner, after).await
    }

    async fn erase(&self, owner: Owner) -> Result<u64, PersonalDataError> {
        let part = self.name();
        let done = self.remove(owner).await;
        done.map_err(|source| PersonalDataError { part, source: Box::new(source) })
    }
}

fn derived(database: &Database) -> [Arc<dyn PersonalData>; 2] {
    let of = |name, key: &str| -> Arc<dyn PersonalData> {
        let sql = format!(
            "DELETE FROM {name} WHERE ({key}) IN \
             (SELECT {key} FROM {name} WHERE {OF_NUMBER} LIMIT {AT_ONCE})"
        );
        Arc::new(Derived { name, sql, database: database.clone() })
    };
    [of("dataset_cells", "dataset, field, value, number"), of("dataset_seen", "number")]
}

/// Datasets, what is in them first.
pub fn personal_data(database: &Database) -> Vec<Arc<dyn PersonalData>> {
    let mut parts: Vec<_> = BEFORE.map(|table| table.of(database)).into();
    parts.extend(derived(database));
    parts.push(Arc::new(RecordsWithTexts {
        records: RECORDS.of(database),
        database: database.clone(),
    }));
    parts.push(DATASETS.of(database));
    parts
}
