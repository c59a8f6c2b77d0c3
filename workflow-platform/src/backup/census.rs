//! What a database holds, in figures: whether a restored one is the one that was archived.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, DbErr, QueryResult, TryGetable};
use serde::{Deserialize, Serialize};
use shared_kernel::infrastructure::db::{Backend, Database};

const LEDGER: &str = "ledger_entries";
const MIGRATIONS: &str = "seaql_migrations";

const TABLES_SQLITE: &str = "SELECT name FROM sqlite_master WHERE type = 'table' \
     AND name NOT LIKE 'sqlite~_%' ESCAPE '~'";
const TABLES_POSTGRES: &str = "SELECT relname::text AS name FROM pg_class \
     WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') \
     AND NOT relispartition";

/// Sums of the ledger, by account and currency.
pub(super) const BALANCES: &str = "SELECT account, currency, count(*) AS entries, \
     CAST(SUM(amount_minor) AS bigint) AS amount_minor FROM {TABLE} \
     GROUP BY account, currency ORDER BY account, currency";

/// Counts of everything, as of one instant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Census {
    /// Migrations that were applied, in order.
    pub migrations: Vec<String>,
    /// Rows of each table.
    pub rows: BTreeMap<String, u64>,
    pub ledger: Vec<Balance>,
}

/// One account of the ledger in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balance {
    pub account: String,
    pub currency: String,
    pub entries: i64,
    pub amount_minor: i64,
}

impl Census {
    /// Counts through a connection that sees one instant.
    pub(super) async fn take(
        database: &Database,
        through: &impl ConnectionTrait,
    ) -> Result<Self, DbErr> {
        let ask = async |sql: String| through.query_all_raw(database.statement(sql, [])).await;
        let tables = match database.backend() {
            Backend::Sqlite => TABLES_SQLITE,
            Backend::Postgres => TABLES_POSTGRES,
        };
        let tables: Vec<String> = column(&ask(tables.to_owned()).await?, "name")?;
        let mut rows = BTreeMap::new();
        for table in &tables {
            let counts = ask(format!("SELECT count(*) AS n FROM \"{table}\"")).await?;
            let count: Vec<i64> = column(&counts, "n")?;
            rows.insert(table.clone(), count.first().map_or(0, |count| count.unsigned_abs()));
        }
        let (mut migrations, mut ledger) = (Vec::new(), Vec::new());
        if rows.contains_key(MIGRATIONS) {
            let sql = format!("SELECT version FROM {MIGRATIONS} ORDER BY version");
            migrations = column(&ask(sql).await?, "version")?;
        }
        if rows.contains_key(LEDGER) {
            let sums = ask(BALANCES.replace("{TABLE}", LEDGER)).await?;
            ledger = sums.iter().map(Balance::read).collect::<Result<_, _>>()?;
        }
        Ok(Self { migrations, rows, ledger })
    }

    /// Rows of all tables together.
    pub fn total(&self) -> u64 {
        self.rows.values().sum()
    }

    /// Entries of the ledger.
    pub fn entries(&self) -> i64 {
        self.ledger.iter().map(|balance| balance.entries).sum()
    }

    /// Whether every currency of the ledger adds up to nothing.
    pub fn adds_up(&self) -> bool {
        let mut sums = BTreeMap::<&str, i128>::new();
        for balance in &self.ledger {
            *sums.entry(&balance.currency).or_default() += i128::from(balance.amount_minor);
        }
        sums.values().all(|sum| *sum == 0)
    }

    /// How `found` is another, if it is.
    pub(super) fn differs_from(&self, found: &Self) -> Option<String> {
        let tables = self.rows.keys().chain(found.rows.keys());
        let counts = tables.filter_map(|table| {
            let (before, after) = (self.rows.get(table), found.rows.get(table));
            let text =
                |count: Option<&u64>| count.map_or_else(|| "no table".into(), u64::to_string);
            (before != after).then(|| format!("{table} has {}, had {}", text(after), text(before)))
        });
        let mut told: Vec<_> = counts.collect();
        told.dedup();
        if self.ledger != found.ledger {
            told.push("the ledger has other sums".to_owned());
        }
        if self.migrations != found.migrations {
            told.push("other migrations are applied".to_owned());
        }
        (!told.is_empty()).then(|| told.join("; "))
    }
}

impl Balance {
    fn read(row: &QueryResult) -> Result<Self, DbErr> {
        Ok(Self {
            account: row.try_get("", "account")?,
            currency: row.try_get("", "currency")?,
            entries: row.try_get("", "entries")?,
            amount_minor: row.try_get("", "amount_minor")?,
        })
    }
}

fn column<T: TryGetable>(rows: &[QueryResult], name: &str) -> Result<Vec<T>, DbErr> {
    rows.iter().map(|row| row.try_get("", name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn census(users: u64, amounts: &[i64]) -> Census {
        let balance = |amount: &i64| Balance {
            account: "receivable".into(),
            currency: "CNY".into(),
            entries: 1,
            amount_minor: *amount,
        };
        Census {
            migrations: vec!["m1".into()],
            rows: BTreeMap::from([("users".into(), users)]),
            ledger: amounts.iter().map(balance).collect(),
        }
    }

    #[test]
    fn a_missing_row_a_missing_table_and_another_sum_are_told() {
        let archived = census(3, &[5, -5]);
        assert_eq!(archived.differs_from(&archived), None);
        let mut found = census(2, &[5, -4]);
        found.rows.insert("guests".into(), 0);
        let told = archived.differs_from(&found).unwrap();
        for part in ["users has 2, had 3", "guests has 0, had no table", "the ledger"] {
            assert!(told.contains(part), "{told}");
        }
    }

    #[test]
    fn a_ledger_adds_up_when_every_currency_does() {
        assert!(census(0, &[]).adds_up() && census(0, &[7, -7]).adds_up());
        assert!(!census(0, &[7, -6]).adds_up());
    }
}
