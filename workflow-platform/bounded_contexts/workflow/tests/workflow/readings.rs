//! What the metrics say of the queue.

use std::collections::BTreeMap;

use shared_kernel::application::Reading;
use workflow::domain::execution::Status;

use crate::support::{World, quick, worlds};

/// Numbers of a metric by the value of its one label.
async fn numbers(world: &World, metric: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for readings in workflow::readings(&world.database) {
        for Reading { labels, value, .. } in
            readings.read().await.unwrap().into_iter().filter(|reading| reading.metric == metric)
        {
            found.insert(labels[0].1.clone(), value.to_string());
        }
    }
    found
}

fn counts(ready: u8, timer: u8, leased: u8, letter: u8) -> BTreeMap<String, String> {
    [("ready", ready), ("timer", timer), ("leased", leased), ("letter", letter)]
        .map(|(kind, count)| (kind.to_owned(), count.to_string()))
        .into()
}

#[tokio::test]
async fn an_execution_counts_where_it_is() {
    for world in worlds().await {
        let queue = "workflow_queue_executions";
        assert_eq!(numbers(&world, queue).await, counts(0, 0, 0, 0), "on {}", world.name);
        let nap = "name: nap\nsteps: [{id: a, uses: wait.for, with: {duration: 1h}}]";
        let nap = world.run(nap).await;
        let ask = world.run("name: ask\nsteps: [{id: a, uses: wait.signal}]").await;
        assert_eq!(numbers(&world, queue).await, counts(2, 0, 0, 0), "on {}", world.name);
        let oldest = &numbers(&world, "workflow_queue_oldest_timestamp_seconds").await["ready"];
        assert!(oldest.parse::<f64>().unwrap() > 1.0e9, "{oldest} on {}", world.name);

        let worker = world.worker(quick());
        world.until(nap, Status::Waiting).await;
        world.until(ask, Status::Waiting).await;
        assert_eq!(numbers(&world, queue).await, counts(0, 1, 0, 1), "on {}", world.name);
        worker.stop().await;
        let workers = numbers(&world, "workflow_workers").await;
        assert_eq!((&*workers["alive"], &*workers["gone"]), ("0", "1"), "on {}", world.name);
    }
}
