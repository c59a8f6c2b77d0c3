//! The unit of work is the transaction: what is written through it and the events it records
//! become real together, or not at all.

use std::fmt;

use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbErr, SqliteTransactionMode, TransactionOptions,
    TransactionTrait as _,
};

use super::{Database, outbox_insert, outbox_rows};
use crate::domain::DomainEvent;

/// A transaction that is rolled back unless [`UnitOfWork::commit`] consumes it.
pub struct UnitOfWork {
    database: Database,
    transaction: DatabaseTransaction,
    events: u32,
}

impl UnitOfWork {
    pub(super) async fn begin(database: &Database) -> Result<Self, DbErr> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        // A caller who goes away while the server answers BEGIN (a closed HTTP connection is enough)
        // would leave the pooled connection inside a transaction that nobody ends. In a task of
        // its own the transaction always arrives, and is rolled back when nobody takes it.
        let connection = database.write().clone();
        let begun = tokio::spawn(async move { connection.begin_with_options(options).await });
        let transaction = begun.await.map_err(|error| DbErr::Custom(error.to_string()))??;
        Ok(Self { database: database.clone(), transaction, events: 0 })
    }

    /// What repositories write through.
    pub fn conn(&self) -> &DatabaseTransaction {
        &self.transaction
    }

    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Writes an event into the outbox, to be delivered after the commit.
    pub async fn record(&mut self, event: &DomainEvent) -> Result<(), DbErr> {
        let sql = outbox_insert(self.database.backend(), "$1");
        let statement = self.database.statement(sql, [outbox_rows([event]).into()]);
        self.transaction.execute_raw(statement).await?;
        self.events += 1;
        Ok(())
    }

    pub async fn commit(self) -> Result<(), DbErr> {
        self.transaction.commit().await?;
        if self.events > 0 {
            self.database.outbox_changed();
        }
        Ok(())
    }

    pub async fn roll_back(self) -> Result<(), DbErr> {
        self.transaction.rollback().await
    }
}

impl fmt::Debug for UnitOfWork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnitOfWork").field("events", &self.events).finish_non_exhaustive()
    }
}
