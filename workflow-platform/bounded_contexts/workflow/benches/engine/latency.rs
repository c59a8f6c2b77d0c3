//! How soon the first step of a run begins on an idle machine.

use std::time::Duration;
use testkit::report::{Report, percentile};

use crate::place::Place;

const STARTS: usize = 500;
const BETWEEN: Duration = Duration::from_millis(5);

pub async fn measure(place: &Place, report: &mut Report) {
    let source = "name: latency\nsteps:\n  - id: first\n    uses: bench.tell\n";
    let definition = place.define(source.to_owned()).await;
    let worker = place.worker(64);
    let mut told = place.told.lock().await;
    let mut millis = Vec::with_capacity(STARTS);
    for _ in 0..STARTS {
        let asked = place.ambient.now();
        let id = place.start(definition).await;
        let (ran, at) = told.recv().await.unwrap();
        assert_eq!(ran, id, "the execution just started");
        millis.push(at.since(asked).as_secs_f64() * 1000.0);
        tokio::time::sleep(BETWEEN).await;
    }
    worker.stop().await;
    place.clear().await;
    report.line("start to first step running, p50", percentile(&mut millis, 50), "ms", "target 3");
    report.line("start to first step running, p99", percentile(&mut millis, 99), "ms", "target 15");
}
