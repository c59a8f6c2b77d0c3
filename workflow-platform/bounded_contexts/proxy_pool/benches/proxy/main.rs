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

use testkit::report::{Report, Wanted};

fn main() {
    allocator::give_back_soon();
    run();
}

#[tokio::main]
async fn run() {
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
    wanted.keep(&report);
}
