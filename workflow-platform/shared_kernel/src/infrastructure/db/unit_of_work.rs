//! The unit of work is the transaction: what is written through it and the events it records
//! become real together, or not at all.

use std::fmt;

use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbErr, QueryResult, SqliteTransactionMode,
    TransactionOptions, TransactionTrait as _,
};

use super::{AtOnce, Database, told::Kinds};
use crate::domain::{AuditEntry, AuditedEvent, DomainEvent};

/// An event, with or without its line of the audit log.
pub trait Recordable: Sync {
    fn event(&self) -> &DomainEvent;

    fn entry(&self) -> Option<&AuditEntry> {
        None
    }
}

impl<R: Recordable> Recordable for &R {
    fn event(&self) -> &DomainEvent {
        R::event(self)
    }

    fn entry(&self) -> Option<&AuditEntry> {
        R::entry(self)
    }
}

impl Recordable for DomainEvent {
    fn event(&self) -> &DomainEvent {
        self
    }
}

impl Recordable for AuditedEvent {
    fn event(&self) -> &DomainEvent {
        &self.event
    }

    fn entry(&self) -> Option<&AuditEntry> {
        Some(&self.entry)
    }
}

/// A transaction that is rolled back unless [`UnitOfWork::commit`] consumes it.
pub struct UnitOfWork {
    database: Database,
    transaction: DatabaseTransaction,
    /// Kinds of events that were written into the outbox.
    told: Kinds,
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
        Ok(Self { database: database.clone(), transaction, told: Kinds::default() })
    }

    /// What repositories write through.
    pub fn conn(&self) -> &DatabaseTransaction {
        &self.transaction
    }

    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Writes an event into the outbox, to be delivered after the commit, and its line into the
    /// audit log.
    pub async fn record(&mut self, what: &impl Recordable) -> Result<(), DbErr> {
        let (mut work, backend) = (AtOnce::default(), self.database.backend());
        let parts = work.record(backend, &[what]);
        work.put_together(backend, &parts);
        self.apply(work).await?;
        Ok(())
    }

    /// Makes it part of this transaction, and gives the rows that came back.
    pub async fn apply(&mut self, work: AtOnce) -> Result<Vec<QueryResult>, DbErr> {
        let AtOnce { sql, values, told } = work;
        let rows = self.transaction.query_all_raw(self.database.statement(sql, values)).await?;
        self.told.join(told);
        Ok(rows)
    }

    pub async fn commit(self) -> Result<(), DbErr> {
        self.transaction.commit().await?;
        self.database.outbox_changed(&self.told);
        Ok(())
    }

    pub async fn roll_back(self) -> Result<(), DbErr> {
        self.transaction.rollback().await
    }
}

impl fmt::Debug for UnitOfWork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnitOfWork").field("told", &self.told).finish_non_exhaustive()
    }
}
