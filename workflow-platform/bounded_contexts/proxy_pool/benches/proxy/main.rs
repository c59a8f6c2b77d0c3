//! What choosing a proxy brings and costs, and how long it takes to test ten thousand.

#![expect(
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    reason = "a benchmark that cannot go on stops; its counts are far below what a float can hold"
)]

mod choosing;
mod place;
#[path = "../../tests/pools/simulated.rs"]
mod simulated;
mod testing;

use std::{env, fs};

use testkit::report::Report;

/// As the binary has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Settings from the command line: `--json FILE`, `--only NAME` (of a scenario).
struct Wanted {
    json: Option<String>,
    only: Option<String>,
}

impl Wanted {
    fn read() -> Self {
        let arguments: Vec<_> = env::args().collect();
        let after = |name: &str| {
            let at = arguments.iter().position(|argument| argument == name)?;
            arguments.get(at + 1).cloned()
        };
        Self { json: after("--json"), only: after("--only") }
    }

    fn wants(&self, name: &str) -> bool {
        self.only.as_ref().is_none_or(|only| only == name)
    }
}

#[tokio::main]
async fn main() {
    let wanted = Wanted::read();
    let mut report = Report::default();
    if wanted.wants("choice") {
        report.begin("choice, simulated");
        choosing::race(&mut report).await;
        report.begin("cost of a choice");
        choosing::cost(&mut report).await;
    }
    if wanted.wants("test") {
        for test in testkit::databases(&[proxy_pool::migrations as fn() -> _]).await {
            report.begin(&format!("test of 10,000 proxies, {}", test.name));
            testing::measure(test, &mut report).await;
        }
    }
    if let Some(file) = wanted.json {
        fs::write(file, report.json()).unwrap();
    }
}
