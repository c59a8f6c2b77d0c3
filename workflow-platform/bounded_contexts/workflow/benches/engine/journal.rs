//! The journal by itself: leases, fences and group commit, without machine and steps.

use std::time::{Duration, Instant};

use serde_json::json;
use shared_kernel::domain::Timestamp;
use workflow::infrastructure::{
    announce::Announcer,
    journal::{Append, EventRow, JournalWriter},
    queue::{Claimed, Queue, WorkerWatch},
};

use crate::place::Place;

const WRITERS: usize = 64;
const FOR: Duration = Duration::from_secs(3);

/// Steps per second that so many writers get durable, each waiting for every one of its steps.
pub async fn rate(place: &Place) -> f64 {
    let definition = place.define(crate::runs::chain("journal", 1)).await;
    place.start_many(definition, WRITERS).await;
    let (id, now) = (place.ambient.uuid(), place.ambient.now());
    let watch = WorkerWatch::register(place.database.clone(), id, "bench", now).await.unwrap();
    let queue = Queue::new(place.database.clone());
    let claimed = queue.claim(id, WRITERS, now).await.unwrap();
    assert_eq!(claimed.len(), WRITERS, "leases of all executions");
    let announcer = Announcer::start(place.bus.clone());
    let writer = JournalWriter::start(&place.database, id, &announcer);
    let begun = Instant::now();
    let tasks = claimed.into_iter().map(|claimed| tokio::spawn(write(writer.clone(), claimed, begun)));
    let mut steps = 0;
    for task in tasks.collect::<Vec<_>>() {
        steps += task.await.unwrap();
    }
    let rate = steps as f64 / begun.elapsed().as_secs_f64();
    watch.leave(place.ambient.now()).await.unwrap();
    place.clear().await;
    rate
}

async fn write(writer: JournalWriter, claimed: Claimed, begun: Instant) -> u64 {
    let body = json!({ "step": "s1", "item": null, "output": "x".repeat(150) }).to_string();
    let mut count = 0;
    for seq in 2.. {
        let at = Timestamp::from_micros(seq);
        let row = EventRow { kind: "step.succeeded", body: body.clone(), blob: None, at };
        let append = Append {
            execution: claimed.id,
            epoch: claimed.epoch,
            first_seq: seq,
            events: vec![row],
            projection: None,
            outbox: Vec::new(),
            letters: Vec::new(),
        };
        writer.append(append).await.unwrap();
        count += 1;
        if begun.elapsed() > FOR {
            break;
        }
    }
    count
}
