//! One transaction of the journal, in one trip: fence, events, projections, outbox, letters.

mod postgres;
mod projection;
mod sqlite;

use std::collections::HashSet;

use sea_orm::{ConnectionTrait as _, DbErr, QueryResult};
use shared_kernel::{
    domain::{DomainEvent, Execution, Id},
    infrastructure::db::{AtOnce, Backend, Database, UnitOfWork},
};
use uuid::Uuid;

use super::{Append, EventRow, Projection, append::events_into};
use crate::infrastructure::queue::leave;

/// Executions of the batch whose lease is good.
pub(super) type Live = HashSet<Id<Execution>>;

/// Whether rows may be there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeat {
    First,
    /// An earlier try may have been committed without our hearing of it.
    Again,
}

impl Repeat {
    const fn on_conflict(self) -> &'static str {
        match self {
            Self::First => "",
            Self::Again => " ON CONFLICT DO NOTHING",
        }
    }
}

/// Appends of one worker, each execution at most once.
struct Batch<'a> {
    backend: Backend,
    worker: Uuid,
    appends: &'a [&'a Append],
    repeat: Repeat,
}

/// An event of an execution and its number.
type Numbered<'a> = (&'a Append, i64, &'a EventRow);

impl Batch<'_> {
    fn events(&self) -> impl Iterator<Item = Numbered<'_>> {
        self.appends.iter().flat_map(|append| {
            let numbers = append.first_seq..;
            numbers.zip(&append.events).map(move |(seq, row)| (*append, seq, row))
        })
    }

    fn projections(&self) -> impl Iterator<Item = (&Append, &Projection)> {
        self.appends.iter().filter_map(|append| Some((*append, append.projection.as_ref()?)))
    }

    fn outbox(&self) -> impl Iterator<Item = (&Append, &DomainEvent)> {
        let told = self.appends.iter();
        told.flat_map(|append| append.outbox.iter().map(move |event| (*append, event)))
    }

    fn letters(&self) -> impl Iterator<Item = Uuid> {
        self.appends.iter().flat_map(|append| append.letters.iter().copied())
    }
}

/// Writes what the fence lets through and answers which executions that was.
///
/// The worker's own row is locked against a take-over, then the leases are compared.
pub(super) async fn write(
    database: &Database,
    worker: Uuid,
    appends: &[&Append],
    repeat: Repeat,
) -> Result<Live, DbErr> {
    let batch = Batch { backend: database.backend(), worker, appends, repeat };
    let at_once = match database.backend() {
        Backend::Postgres => postgres::at_once(&batch),
        Backend::Sqlite => sqlite::at_once(&batch),
    };
    if appends.iter().any(|append| append.reply.is_some()) {
        return write_with_replies(database, &batch, at_once).await;
    }
    live(&batch, &database.at_once(at_once).await?)
}

fn live(batch: &Batch<'_>, rows: &[QueryResult]) -> Result<Live, DbErr> {
    let Some(row) = rows.first() else { return Ok(Live::new()) };
    let listed = match batch.backend {
        Backend::Postgres => postgres::read(row)?,
        Backend::Sqlite => sqlite::read(row)?,
    };
    Ok(match listed {
        None => batch.appends.iter().map(|append| append.execution).collect(),
        Some(ids) => ids.into_iter().map(Id::from).collect(),
    })
}

/// Replies change rows that the batch may change too, which one statement must not do twice.
async fn write_with_replies(
    database: &Database,
    batch: &Batch<'_>,
    at_once: AtOnce,
) -> Result<Live, DbErr> {
    let mut work = database.begin().await?;
    let live = live(batch, &work.apply(at_once).await?)?;
    for append in batch.appends.iter().filter(|append| live.contains(&append.execution)) {
        if let Some(reply) = &append.reply {
            // Who has ended meanwhile waits for nothing.
            leave(&mut work, reply.owner, &reply.letter).await?;
        }
    }
    work.commit().await?;
    Ok(live)
}

/// Writes an event within somebody else's transaction. No worker may hold the execution.
pub(crate) async fn insert_row(
    work: &UnitOfWork,
    execution: Id<Execution>,
    seq: i64,
    row: EventRow,
) -> Result<(), DbErr> {
    let statement = work.database().statement(
        format!("{} VALUES ($1, $2, $3, $4, $5, $6)", events_into()),
        row.values(execution, seq),
    );
    work.conn().execute_raw(statement).await?;
    Ok(())
}
