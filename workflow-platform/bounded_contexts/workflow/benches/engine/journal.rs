//! The journal by itself: leases, fences and group commit, without machine and steps.

use std::time::Instant;

use serde_json::json;
use shared_kernel::domain::Timestamp;
use workflow::infrastructure::{
    announce::Announcer,
    journal::{Append, EventRow, JournalWriter},
    queue::{Claimed, Queue, WorkerWatch},
};

use crate::place::Place;

const WRITERS: usize = 64;
/// Executions of each writer, one after the other, as in the runs that this is compared with.
const EXECUTIONS: usize = 60;
const STEPS: i64 = 10;

/// Steps per second that so many writers get durable, each waiting for every one of its steps.
pub async fn rate(place: &Place) -> f64 {
    let definition = place.define(crate::runs::chain("journal", 1)).await;
    place.start_many(definition, WRITERS * EXECUTIONS).await;
    let (id, now) = (place.ambient.uuid(), place.ambient.now());
    let watch = WorkerWatch::register(place.database.clone(), id, "bench", now).await.unwrap();
    let queue = Queue::new(place.database.clone());
    let claimed = queue.claim(id, WRITERS * EXECUTIONS, now).await.unwrap();
    assert_eq!(claimed.len(), WRITERS * EXECUTIONS, "leases of all executions");
    let announcer = Announcer::start(place.bus.clone());
    let writer = JournalWriter::start(&place.database, id, &announcer);
    let begun = Instant::now();
    let tasks = claimed.chunks(EXECUTIONS).map(|of_one| {
        let (writer, of_one) = (writer.clone(), of_one.to_vec());
        tokio::spawn(async move {
            for claimed in of_one {
                write(&writer, claimed).await;
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    let steps = i64::try_from(claimed.len()).unwrap() * STEPS;
    let rate = steps as f64 / begun.elapsed().as_secs_f64();
    watch.leave(place.ambient.now()).await.unwrap();
    place.clear().await;
    rate
}

async fn write(writer: &JournalWriter, claimed: Claimed) {
    let body = json!({ "step": "s1", "item": null, "output": "x".repeat(150) }).to_string();
    for seq in 2..2 + STEPS {
        let at = Timestamp::from_micros(seq);
        let row =
            EventRow { kind: "step.succeeded", body: body.clone(), blob: None, size: 200, at };
        let append = Append {
            execution: claimed.id,
            epoch: claimed.epoch,
            first_seq: seq,
            events: vec![row],
            projection: None,
            outbox: Vec::new(),
            letters: Vec::new(),
            reply: None,
        };
        writer.append(append).await.unwrap();
    }
}
