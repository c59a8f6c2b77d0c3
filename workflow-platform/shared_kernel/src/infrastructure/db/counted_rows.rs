//! How much somebody uses of a thing, as a query that counts it.

use async_trait::async_trait;
use sea_orm::ConnectionTrait as _;

use super::Database;
use crate::{
    application::{Limit, UsageSource},
    domain::Owner,
};

/// Counts the owner's rows.
#[derive(Debug, Clone, Copy)]
pub struct CountedRows {
    pub limit: Limit,
    /// Gives one whole number for the owner `$1`.
    pub sql: &'static str,
}

struct Counting {
    rows: CountedRows,
    database: Database,
}

impl CountedRows {
    pub fn of(self, database: &Database) -> std::sync::Arc<dyn UsageSource> {
        std::sync::Arc::new(Counting { rows: self, database: database.clone() })
    }
}

#[async_trait]
impl UsageSource for Counting {
    fn limit(&self) -> Limit {
        self.rows.limit
    }

    async fn used(&self, owner: Owner) -> Result<u64, Box<dyn std::error::Error + Send + Sync>> {
        let statement = self.database.statement(self.rows.sql, [owner.into()]);
        let row = self.database.read().query_one_raw(statement).await?;
        let count: i64 = row.map_or(Ok(0), |row| row.try_get_by_index(0))?;
        Ok(u64::try_from(count).unwrap_or(0))
    }
}
