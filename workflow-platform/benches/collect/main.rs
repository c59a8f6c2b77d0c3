//! Pages fetched, 15 fields extracted and stored durably, beside Scrapy doing the same, and beside
//! the bare server under `wrk`. All take turns on one nginx on this machine, and share its cores.
//!
//! Absolute figures move with the neighbours; the ratios are what counts. `--full` crawls 100,000
//! pages, which the platform alone does, for its memory. `--binary` names the platform to measure:
//! the one that is built along with the benchmark has half as much code again as a release.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on stops")]

mod extraction;
mod platform;
mod scrapy;
mod site;
#[path = "../api/wrk.rs"]
#[expect(dead_code, reason = "the other benchmark posts and signs in")]
mod wrk;

use std::{env, fs, path::PathBuf};

use site::Site;
use testkit::report::{Report, median};

/// Platform and Scrapy are measured in turns, so that a noisy minute strikes both.
const ROUNDS: usize = 3;
/// Pages of one round, and of the full form.
const PAGES: usize = 4000;
const SCRAPY_PAGES: usize = 1000;
const FULL: usize = 100_000;

fn main() {
    allocator::give_back_soon();
    run();
}

#[tokio::main]
async fn run() {
    let arguments: Vec<_> = env::args().collect();
    let after = |flag: &str| arguments.iter().skip_while(|one| *one != flag).nth(1);
    let built = || env!("CARGO_BIN_EXE_workflow-platform").into();
    let binary = after("--binary").map_or_else(built, PathBuf::from);
    let mut report = Report::default();
    let site = Site::start();
    report.begin("collection");
    let mut raw = wrk::run(&wrk::Load::get(&site.page())).await.rate;
    let (mut ours, mut theirs, mut memory) = (Vec::new(), Vec::new(), 0.0_f64);
    for _ in 0..ROUNDS {
        let crawled = platform::crawl(&binary, &site, PAGES);
        ours.push(crawled.rate);
        memory = memory.max(crawled.resident_mb);
        theirs.push(scrapy::crawl(&site, SCRAPY_PAGES));
        raw = raw.max(wrk::run(&wrk::Load::get(&site.page())).await.rate);
    }
    let (ours, theirs) = (median(&mut ours), median(&mut theirs));
    let kib = f64::from(u32::try_from(site.page_bytes()).unwrap()) / 1024.0;
    report.line("one page", kib, "KiB", "15 fields, 10 links to further pages");
    report.line("nginx alone, wrk, 64 connections", raw, "pages/s", "the limit of this run");
    report.line("platform: fetch, extract, store", ours, "pages/s", "SQLite, synchronous=FULL");
    report.line("Scrapy: the same", theirs, "pages/s", "SQLite, synchronous=FULL");
    report.line("  platform beside Scrapy", ours / theirs, "ratio", "target 10");
    report.line("  platform beside nginx alone", ours / raw, "ratio", "");
    report.line("  resident at most", memory, "MB", "");
    for (name, rate) in extraction::measure(&site) {
        report.line(name, rate, "MB/s", "one core");
    }
    if arguments.iter().any(|argument| argument == "--full") {
        let crawled = platform::crawl(&binary, &site, FULL);
        report.line("100,000 pages", crawled.rate, "pages/s", "");
        report.line("  resident at most", crawled.resident_mb, "MB", "target 150");
    }
    if let Some(file) = after("--json") {
        fs::write(file, report.json()).unwrap();
    }
}
