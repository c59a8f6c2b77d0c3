//! Finds what may be taken in hand, in the order of writing.
//!
//! Whether an event may be is a matter of those before it of the same aggregate. Asked in one
//! statement that is a join of the waiting events with themselves, which a database that has no
//! statistics of a sudden crowd makes row by row: minutes for thirty thousand. So the waiting are
//! read through an index in their order, and compared here.

use std::collections::{HashMap, HashSet};

use sea_orm::{ConnectionTrait, DbErr, QueryResult};
use shared_kernel::domain::Timestamp;

use super::{Relay, outbox::Aggregate};

/// Rows read with the first statement, and at most with one.
const FIRST: u32 = 256;
const MOST: u32 = 4096;
/// Events of one aggregate that are taken at once: as many as one turn of a handler may well do.
const DEEP: u32 = 100;

const WAITING: &str = "SELECT position, aggregate, aggregate_id, due_at FROM outbox \
    WHERE delivered_at IS NULL AND parked_at IS NULL AND position > $1 \
    ORDER BY position LIMIT $2";

/// What was seen of the waiting events so far.
struct Walk {
    now: Timestamp,
    most: usize,
    found: Vec<i64>,
    taken: HashMap<Aggregate, u32>,
    /// Those with an event that waits for its time, or is in somebody's hands.
    held: HashSet<Aggregate>,
}

impl Walk {
    fn new(now: Timestamp, most: usize) -> Self {
        Self { now, most, found: Vec::new(), taken: HashMap::new(), held: HashSet::new() }
    }

    fn see(&mut self, row: &QueryResult) -> Result<i64, DbErr> {
        let position = row.try_get_by_index(0)?;
        let aggregate = (row.try_get_by_index(1)?, row.try_get_by_index(2)?);
        let due_at: i64 = row.try_get_by_index(3)?;
        self.meet(position, aggregate, due_at);
        Ok(position)
    }

    fn meet(&mut self, position: i64, aggregate: Aggregate, due_at: i64) {
        if due_at > self.now.micros() {
            self.held.insert(aggregate);
        } else if !self.held.contains(&aggregate) {
            let taken = self.taken.entry(aggregate).or_default();
            if *taken < DEEP {
                *taken += 1;
                self.found.push(position);
            }
        }
    }

    fn is_over(&self) -> bool {
        self.found.len() >= self.most
    }
}

impl Relay {
    /// Positions of the first `most` events that may be taken in hand: they are due, and nothing
    /// before them of their aggregate waits for its next attempt or is in other hands.
    pub(super) async fn may_be_taken(
        &self,
        connection: &impl ConnectionTrait,
        now: Timestamp,
        most: usize,
    ) -> Result<Vec<i64>, DbErr> {
        let mut walk = Walk::new(now, most);
        let (mut after, mut size) = (0_i64, FIRST);
        loop {
            let asked = [after.into(), i64::from(size).into()];
            let rows = connection.query_all_raw(self.database.statement(WAITING, asked)).await?;
            for row in &rows {
                after = walk.see(row)?;
                if walk.is_over() {
                    return Ok(walk.found);
                }
            }
            if rows.len() < usize::try_from(size).unwrap_or(usize::MAX) {
                return Ok(walk.found);
            }
            size = (size * 4).min(MOST);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 100;

    fn found(most: usize, rows: &[(&str, i64)]) -> Vec<i64> {
        let mut walk = Walk::new(Timestamp::from_micros(NOW), most);
        for (position, (aggregate, due_at)) in (1..).zip(rows) {
            walk.meet(position, ("thing".to_owned(), (*aggregate).to_owned()), *due_at);
            if walk.is_over() {
                break;
            }
        }
        walk.found
    }

    #[test]
    fn what_waits_holds_back_what_comes_after_it_and_nothing_else() {
        let rows = [("a", NOW), ("b", NOW + 1), ("b", 0), ("a", 0), ("a", NOW + 1), ("a", 0)];
        assert_eq!(found(10, &rows), [1, 4]);
        assert_eq!(found(1, &rows), [1]);
    }

    #[test]
    fn no_aggregate_takes_all_the_room() {
        let mut rows = vec![("a", 0); 150];
        rows.push(("b", 0));
        let found = found(500, &rows);
        assert_eq!((found.len(), found.last()), (101, Some(&151)));
    }
}
