//! A gauge whose numbers are rows counted in groups.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use sea_orm::ConnectionTrait as _;

use super::Database;
use crate::application::{Reading, Readings};

/// Counts rows by what they are.
#[derive(Debug, Clone, Copy)]
pub struct CountedGroups {
    pub metric: &'static str,
    pub label: &'static str,
    /// Gives rows of a group's name and its whole number.
    pub sql: &'static str,
    /// Groups that have a number also when it is none.
    pub always: &'static [&'static str],
    pub every: Duration,
}

struct Counting {
    groups: CountedGroups,
    database: Database,
}

impl CountedGroups {
    pub fn of(self, database: &Database) -> Arc<dyn Readings> {
        Arc::new(Counting { groups: self, database: database.clone() })
    }
}

#[async_trait]
impl Readings for Counting {
    fn name(&self) -> &'static str {
        self.groups.metric
    }

    fn every(&self) -> Duration {
        self.groups.every
    }

    #[expect(clippy::cast_precision_loss, reason = "nobody has that many rows")]
    async fn read(&self) -> Result<Vec<Reading>, Box<dyn std::error::Error + Send + Sync>> {
        let statement = self.database.statement(self.groups.sql, []);
        let mut counts: BTreeMap<String, i64> =
            self.groups.always.iter().map(|name| ((*name).to_owned(), 0)).collect();
        for row in self.database.read().query_all_raw(statement).await? {
            counts.insert(row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        }
        let CountedGroups { metric, label, .. } = self.groups;
        let reading =
            |(name, count): (String, i64)| Reading::labelled(metric, (label, &name), count as f64);
        Ok(counts.into_iter().map(reading).collect())
    }
}
