//! One database, SQLite or PostgreSQL, behind one type.
//!
//! SQLite has one writing connection, through which every write of the process goes, and a pool
//! of readers, so that nobody in the process ever sees "database is locked". On PostgreSQL both
//! are the same pool.

mod among;
mod at_once;
mod audit;
mod audit_table;
pub mod columns;
mod connect;
mod counted_groups;
mod counted_rows;
mod idempotency_table;
mod indexes;
mod migrate;
mod new_column;
mod outbox;
mod personal_table;
mod pool_use;
mod schema;
mod space;
mod system_tables;
mod told;
mod unit_of_work;
mod values;

pub use at_once::AtOnce;
pub use audit::{audit_insert, audit_rows};
pub use connect::{Backend, Database, DatabaseError, DatabaseSettings, PostgresSettings};
pub use counted_groups::CountedGroups;
pub use counted_rows::CountedRows;
pub use indexes::{NewIndex, create_index, drop_index};
pub use migrate::{MigrationState, MigrationStep, Migrations};
pub use new_column::NewColumn;
pub use outbox::{outbox_insert, outbox_into, outbox_values};
pub use personal_table::{PersonalTable, RowKey, Shown};
pub use pool_use::{PoolUse, pool_readings};
pub use schema::{OutboxTables, migrations};
pub use unit_of_work::{Recordable, UnitOfWork};
