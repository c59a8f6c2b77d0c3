//! What the journal, the ledger and the outside world say afterwards.

use std::{
    collections::{HashMap, HashSet},
    fmt,
};

use sea_orm::ConnectionTrait as _;
use serde_json::Value;
use shared_kernel::infrastructure::db::Database;
use uuid::Uuid;

use super::{
    effects::{Effects, Hit, Place},
    load::Kind,
};

/// Microseconds between two ticks of the schedule.
const TICK: i64 = 2_000_000;

/// Figures, and what is wrong.
pub struct Verdict {
    effects: usize,
    repeated_before_recording: usize,
    successes: usize,
    ticks: usize,
    wrong: Vec<String>,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} effects for {} recorded successes, {} done again before they were recorded, none \
             after; {} ticks",
            self.effects, self.successes, self.repeated_before_recording, self.ticks
        )
    }
}

impl Verdict {
    pub fn check(&self) {
        assert!(self.successes > 0 && self.ticks > 1, "there is something to judge: {self}");
        assert!(self.wrong.is_empty(), "{self}\n{}", self.wrong.join("\n"));
    }
}

pub async fn reach(
    database: &Database,
    effects: &Effects,
    ended: &HashMap<String, (Kind, String)>,
) -> Verdict {
    let mut wrong: Vec<String> = ended
        .iter()
        .filter(|(_, (kind, status))| kind.end() != status)
        .map(|(id, (kind, status))| format!("{kind:?} {id} ended {status}"))
        .collect();
    let hits = effects.all();
    let successes = successes(database).await;
    let cut_off = |id: &String| ended.get(id).is_some_and(|(kind, _)| *kind == Kind::Cancelled);
    let repeated_before_recording = compare(&hits, &successes, cut_off, &mut wrong);
    gapless(database, &mut wrong).await;
    leftovers(database, &mut wrong).await;
    let ticks = ledger(database, &mut wrong).await;
    let effects = hits.values().map(Vec::len).sum();
    Verdict { effects, repeated_before_recording, successes: successes.len(), ticks, wrong }
}

/// When each success of a step that has an effect was recorded.
async fn successes(database: &Database) -> HashMap<Place, i64> {
    let sql = "SELECT execution_id, payload, at FROM execution_events \
               WHERE kind = 'step.succeeded' ORDER BY at";
    let rows = database.read().query_all_raw(database.statement(sql, [])).await.unwrap();
    let mut found = HashMap::new();
    for row in &rows {
        let id: Uuid = row.try_get_by_index(0).unwrap();
        let payload: String = row.try_get_by_index(1).unwrap();
        let body: Value = serde_json::from_str(&payload).unwrap();
        let step = body["step"].as_str().unwrap().to_owned();
        let item = body["item"].as_u64().map_or_else(|| "-".to_owned(), |item| item.to_string());
        if !["nap", "approval"].contains(&step.as_str()) {
            let at: i64 = row.try_get_by_index(2).unwrap();
            let before = found.insert((id.to_string(), step, item), at);
            assert_eq!(before, None, "a success is recorded once: {id} {payload}");
        }
    }
    found
}

/// Answers how often something was done again because its success was not recorded yet.
fn compare(
    hits: &HashMap<Place, Vec<Hit>>,
    successes: &HashMap<Place, i64>,
    may_be_cut_off: impl Fn(&String) -> bool,
    wrong: &mut Vec<String>,
) -> usize {
    for place in successes.keys().filter(|place| !hits.contains_key(*place)) {
        wrong.push(format!("{place:?} is recorded and was never done"));
    }
    let mut again = 0;
    for (place, hits) in hits {
        again += hits.len() - 1;
        let keys: HashSet<_> = hits.iter().map(|hit| &hit.idempotency_key).collect();
        if keys.len() > 1 {
            wrong.push(format!("{place:?} came with several idempotency keys: {keys:?}"));
        }
        match successes.get(place) {
            Some(recorded) if hits.iter().any(|hit| hit.at > *recorded) => {
                wrong
                    .push(format!("{place:?} was recorded at {recorded} and done again: {hits:?}"));
            }
            Some(_) => {}
            None if may_be_cut_off(&place.0) => {}
            None => wrong.push(format!("{place:?} was done and its success never recorded")),
        }
    }
    again
}

async fn numbers(database: &Database, sql: &str) -> Vec<(String, i64)> {
    let rows = database.read().query_all_raw(database.statement(sql, [])).await.unwrap();
    let row = |row: &sea_orm::QueryResult| {
        let name: Uuid = row.try_get_by_index(0).unwrap();
        (name.to_string(), row.try_get_by_index(1).unwrap())
    };
    rows.iter().map(row).collect()
}

async fn gapless(database: &Database, wrong: &mut Vec<String>) {
    let sql = "SELECT execution_id, MAX(seq) - COUNT(*) FROM execution_events \
               GROUP BY execution_id HAVING MAX(seq) <> COUNT(*) OR MIN(seq) <> 1";
    for (id, missing) in numbers(database, sql).await {
        wrong.push(format!("{missing} events are missing in the journal of {id}"));
    }
}

/// Nothing may be left in a queue, with a worker, or unread.
async fn leftovers(database: &Database, wrong: &mut Vec<String>) {
    let sql = "SELECT id, letters - letters_taken FROM workflow_executions \
               WHERE finished_at IS NULL OR worker_id IS NOT NULL OR ready_at IS NOT NULL \
               OR wake_at IS NOT NULL";
    for (id, _) in numbers(database, sql).await {
        wrong.push(format!("{id} is left over"));
    }
}

/// Each tick once, none left out, each with an execution of its own.
async fn ledger(database: &Database, wrong: &mut Vec<String>) -> usize {
    let sql =
        "SELECT COALESCE(execution_id, trigger_id), due_at FROM workflow_ticks ORDER BY due_at";
    let ticks = numbers(database, sql).await;
    for pair in ticks.windows(2) {
        if pair[1].1 - pair[0].1 != TICK {
            wrong.push(format!("ticks at {} and {} follow each other", pair[0].1, pair[1].1));
        }
    }
    let started: HashSet<_> = ticks.iter().map(|(execution, _)| execution).collect();
    let sql =
        "SELECT id, created_at FROM workflow_executions WHERE definition_name = 'crash-schedule'";
    let runs = numbers(database, sql).await;
    if started.len() != ticks.len() || runs.len() != ticks.len() {
        let (ticks, started, runs) = (ticks.len(), started.len(), runs.len());
        wrong.push(format!("{ticks} ticks name {started} executions, there are {runs}"));
    }
    ticks.len()
}
