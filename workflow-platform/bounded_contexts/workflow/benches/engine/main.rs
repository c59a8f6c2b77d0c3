//! What the engine does on this machine, beside what its journal alone can do in the same run.
//!
//! Absolute figures move with the neighbours; the ratios are what counts.

#![expect(
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    reason = "a benchmark that cannot go on stops; its counts are far below what a float can hold"
)]

mod hooks;
mod items;
mod journal;
mod latency;
mod list;
mod place;
mod runs;
mod timers;

use place::Place;
use testkit::report::{Report, Wanted, median};

/// Journal and engine are measured in turns, so that a noisy minute strikes both.
const ROUNDS: usize = 3;

fn main() {
    allocator::give_back_soon();
    run();
}

#[tokio::main]
async fn run() {
    let wanted = Wanted::read();
    let mut report = Report::default();
    for test in testkit::databases(&[workflow::migrations as fn() -> _]).await {
        report.begin(test.name);
        let place = Place::new(test);
        if wanted.wants("runs") {
            steps(&place, &mut report).await;
        }
        if wanted.wants("latency") {
            latency::measure(&place, &mut report).await;
        }
        if wanted.wants("hooks") {
            hooks::measure(&place, &mut report).await;
        }
        if wanted.wants("items") {
            items::measure(&place, &mut report).await;
        }
        if wanted.wants("timers") {
            timers::measure(&place, &mut report).await;
        }
        if wanted.wants("list") {
            list::measure(&place, &mut report).await;
        }
    }
    wanted.keep(&report);
}

async fn steps(place: &Place, report: &mut Report) {
    let (mut alone, mut engine) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        alone.push(journal::rate(place).await);
        engine.push(runs::queued(place).await);
    }
    let alone = median(&mut alone);
    engine.sort_by(|a, b| a.rate.total_cmp(&b.rate));
    let engine = &engine[ROUNDS / 2];
    report.line("journal alone, 64 writers", alone, "steps/s", "the limit of this run");
    let ratio = engine.rate / alone;
    report.line("64 runs of 10 steps in flight", engine.rate, "steps/s", "target 45,000");
    report.line("  beside the journal alone", ratio, "ratio", "target 0.60");
    report.line("  a whole run, p50", engine.p50, "ms", "");
    report.line("  a whole run, p99", engine.p99, "ms", "target 50");
    let closed = runs::started_and_awaited(place, 64).await;
    report.line("64 callers start and await runs", closed.rate, "steps/s", "Restate: 4,452");
    report.line("  from call to answer, p50", closed.p50, "ms", "Restate: 144");
    report.line("  from call to answer, p99", closed.p99, "ms", "Restate: 210");
}
