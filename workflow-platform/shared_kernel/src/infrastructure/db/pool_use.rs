//! How much of the pools of connections is in use.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use sea_orm::sqlx::{Database as Driver, Pool};

use super::{Backend, Database};
use crate::application::{Reading, Readings};

/// One pool at one moment, in connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolUse {
    /// `read` and `write` on SQLite; `shared` on PostgreSQL.
    pub pool: &'static str,
    pub used: u32,
    pub idle: u32,
    pub most: u32,
}

impl Database {
    /// The pools of this process.
    pub fn pool_use(&self) -> Vec<PoolUse> {
        match self.backend() {
            Backend::Sqlite => vec![
                seen("read", self.read().get_sqlite_connection_pool()),
                seen("write", self.write().get_sqlite_connection_pool()),
            ],
            Backend::Postgres => vec![seen("shared", self.read().get_postgres_connection_pool())],
        }
    }
}

fn seen<D: Driver>(name: &'static str, pool: &Pool<D>) -> PoolUse {
    let idle = u32::try_from(pool.num_idle()).unwrap_or(u32::MAX);
    let most = pool.options().get_max_connections();
    PoolUse { pool: name, used: pool.size().saturating_sub(idle), idle, most }
}

struct Connections(Database);

/// The pools as metrics.
pub fn pool_readings(database: &Database) -> Arc<dyn Readings> {
    Arc::new(Connections(database.clone()))
}

#[async_trait]
impl Readings for Connections {
    fn name(&self) -> &'static str {
        "database connections"
    }

    fn every(&self) -> Duration {
        Duration::from_secs(5)
    }

    async fn read(&self) -> Result<Vec<Reading>, Box<dyn std::error::Error + Send + Sync>> {
        let mut readings = Vec::new();
        for PoolUse { pool, used, idle, most } in self.0.pool_use() {
            for (state, count) in [("used", used), ("idle", idle)] {
                let labels = vec![("pool", pool.to_owned()), ("state", state.to_owned())];
                let metric = "db_pool_connections";
                readings.push(Reading { metric, labels, value: f64::from(count) });
            }
            let most = f64::from(most);
            readings.push(Reading::labelled("db_pool_connections_max", ("pool", pool), most));
        }
        Ok(readings)
    }
}
