//! What a request costs the platform, beside the barest answer that its HTTP library gives, and a
//! login beside the hash of a password alone. `wrk` makes the load and shares the cores.
//!
//! Absolute figures move with the neighbours; the ratios are what counts.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on stops")]

mod logins;
#[path = "../people/person.rs"]
mod person;
mod place;
mod wrk;

use std::{env, fs};

use place::Place;
use testkit::report::{Report, median};

/// Limit and platform are measured in turns, so that a noisy minute strikes both.
const ROUNDS: usize = 3;
/// Who sign in at once.
const CALLERS: u32 = 8;

fn main() {
    allocator::give_back_soon();
    run();
}

#[tokio::main]
async fn run() {
    let mut report = Report::default();
    for place in place::all().await {
        report.begin(place.name);
        who_am_i(&place, &mut report).await;
        logins::measure(&place, &mut report).await;
        Box::pin(place.stop()).await;
    }
    let arguments: Vec<_> = env::args().collect();
    if let Some(at) = arguments.iter().position(|argument| argument == "--json") {
        fs::write(&arguments[at + 1], report.json()).unwrap();
    }
}

async fn who_am_i(place: &Place, report: &mut Report) {
    let (mut bare, mut me, mut p99) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        bare.push(wrk::run(&wrk::Load::get(&place.bare)).await.rate);
        let found = wrk::run(&wrk::Load::get(&place.me).bearer(&place.token)).await;
        me.push(found.rate);
        p99.push(found.p99_ms);
    }
    let (bare, me) = (median(&mut bare), median(&mut me));
    report.line("bare JSON answer, 64 connections", bare, "req/s", "the limit of this run");
    report.line("GET /users/me, 64 connections", me, "req/s", "FastAPI, two workers: 1,924");
    report.line("  beside the bare answer", me / bare, "ratio", "target 0.25");
    report.line("  p99", median(&mut p99), "ms", "");
}
