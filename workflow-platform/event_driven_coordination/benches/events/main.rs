//! Events from the outbox over Redis to a handler on PostgreSQL, beside what bare inserts into the
//! outbox can do in the same run.
//!
//! Absolute figures move with the neighbours; the ratio is what counts.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::cast_precision_loss,
    reason = "a benchmark that cannot go on stops; its counts are far below what a float can hold"
)]

mod place;
mod storm;

use std::time::Duration;

use place::Place;
use testkit::report::{Report, Wanted, median, percentile};
use tokio::time::Instant;

/// Inserts and delivery are measured in turns, so that a noisy minute strikes both.
const ROUNDS: usize = 3;
const FLOOD: usize = 30_000;
/// Events a second, and for how long.
const PACES: [(usize, u64); 3] = [(2000, 8), (5000, 6), (10_000, 5)];

fn main() {
    allocator::give_back_soon();
    run();
}

#[tokio::main]
async fn run() {
    let mut arguments = std::env::args().skip_while(|argument| argument != storm::PART);
    if let Some(part) = arguments.nth(1) {
        return storm::handle_events(&part).await;
    }
    let wanted = Wanted::read();
    let mut report = Report::default();
    let place = Place::new().await;
    report.begin("postgres and redis");
    if wanted.wants("flood") {
        flood(&place, &mut report).await;
    }
    if wanted.wants("lag") {
        for (rate, seconds) in PACES {
            paced(&place, &mut report, rate, seconds).await;
        }
    }
    if wanted.wants("storm") {
        let bare = bare(&place).await;
        report.line("bare inserts again", bare, "events/s", "the limit of the storm");
        storm::storm(&place, &mut report, bare).await;
    }
    wanted.keep(&report);
}

/// Inserts a second into the empty outbox, by a few writers.
async fn bare(place: &Place) -> f64 {
    place.clear().await;
    let begun = Instant::now();
    place.insert(FLOOD).await;
    FLOOD as f64 / begun.elapsed().as_secs_f64()
}

/// Everything is in the outbox before anybody looks.
async fn flood(place: &Place, report: &mut Report) {
    let (mut inserted, mut delivered) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        inserted.push(bare(place).await);
        let relay = place.relay();
        let begun = Instant::now();
        place.delivered(FLOOD).await;
        delivered.push(FLOOD as f64 / begun.elapsed().as_secs_f64());
        relay.stop().await;
    }
    let (bare, delivered) = (median(&mut inserted), median(&mut delivered));
    report.line("bare inserts, 4 writers of 50 at once", bare, "events/s", "the limit of this run");
    report.line("outbox to handler over Redis", delivered, "events/s", "target 10,000");
    report.line("  beside bare inserts", delivered / bare, "ratio", "");
}

/// From the insert to the commit of the handler, while so many come every second.
async fn paced(place: &Place, report: &mut Report, rate: usize, seconds: u64) {
    const TICK: Duration = Duration::from_millis(10);
    place.clear().await;
    let relay = place.relay();
    let ticks = seconds * 100;
    let mut clock = tokio::time::interval(TICK);
    let begun = Instant::now();
    for _ in 0..ticks {
        clock.tick().await;
        place.insert_once(rate / 100).await;
    }
    let count = rate / 100 * usize::try_from(ticks).unwrap();
    place.delivered(count).await;
    let sustained = count as f64 / begun.elapsed().as_secs_f64();
    relay.stop().await;
    let mut lags = place.lags_ms().await;
    report.line(&format!("{rate} a second for {seconds} s"), sustained, "events/s", "");
    report.line("  lag, p50", percentile(&mut lags, 50), "ms", "");
    report.line("  lag, p99", percentile(&mut lags, 99), "ms", "target 250");
}
