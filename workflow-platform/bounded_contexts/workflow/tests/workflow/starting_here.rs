//! Executions that are started where a worker has room.

use futures::{FutureExt as _, StreamExt as _};
use serde_json::json;
use shared_kernel::{
    application::{Bus as _, Subscription},
    domain::{Execution, Id},
};
use uuid::Uuid;
use workflow::{StartExecution, WorkerSettings, WorkflowModule, domain::execution::Status};

use crate::support::{World, eventually, quick, worlds};

const ECHO: &str = "name: echo\nsteps: [{id: a, uses: test.echo, with: {n: 1}}]";
const HANG: &str = "name: hang\nsteps: [{id: long, uses: test.hang}]";

async fn start(world: &World, module: &WorkflowModule, definition_id: Uuid) -> Id<Execution> {
    let wanted = StartExecution { definition_id, ..StartExecution::default() };
    module.start(world.owner, wanted).await.unwrap().id
}

#[tokio::test]
async fn what_is_started_beside_an_idle_worker_rings_for_no_other() {
    for world in worlds().await {
        let here = world.here(quick());
        let definition = world.define(ECHO).await;
        let mut rung = world.bus.subscribe(Subscription::Topic("workflow.ready".into())).await;
        let rung = rung.as_mut().unwrap();
        eventually("a start that rings for nobody", async || {
            let id = start(&world, &here.module, definition).await;
            let details = world.until(id, Status::Succeeded).await;
            assert_eq!(details.view.steps[0].output, Some(json!({ "n": 1 })));
            rung.next().now_or_never().is_none().then_some(())
        })
        .await;
        let epochs = "SELECT MAX(epoch) FROM workflow_executions";
        assert_eq!(world.number(epochs).await, 1, "on {}", world.name);
        here.stop().await;
    }
}

#[tokio::test]
async fn what_is_started_beside_a_full_worker_stands_in_the_queue() {
    for world in worlds().await {
        let here = world.here(WorkerSettings { parallel: 1, ..quick() });
        let (echo, hang) = (world.define(ECHO).await, world.define(HANG).await);
        let first = start(&world, &here.module, hang).await;
        eventually("a full worker", async || (world.seen.count("long") == 1).then_some(())).await;
        let second = start(&world, &here.module, echo).await;
        let row = world.show(second).await.row;
        assert_eq!((row.status, row.leased), (Status::Pending, false), "on {}", world.name);
        world.module.executions().cancel(&world.principal(), first).await.unwrap();
        world.until(second, Status::Succeeded).await;
        here.stop().await;
    }
}

#[tokio::test]
async fn a_worker_that_stops_leaves_nothing_behind_that_was_started_for_it() {
    for world in worlds().await {
        let definition = world.define(ECHO).await;
        let mut ids = Vec::new();
        for _ in 0..3 {
            let here = world.here(quick());
            let module = std::sync::Arc::clone(&here.module);
            // It is idle by the time this one ended, and stops while others are started.
            let first = start(&world, &here.module, definition).await;
            world.until(first, Status::Succeeded).await;
            let starts = (0..20).map(|_| start(&world, &module, definition));
            let (started, ()) = tokio::join!(futures::future::join_all(starts), here.stop());
            ids.extend(started);
        }
        let worker = world.worker(quick());
        for id in ids {
            world.until(id, Status::Succeeded).await;
        }
        let succeeded = "SELECT count(*) FROM execution_events WHERE kind = 'step.succeeded'";
        assert_eq!(world.number(succeeded).await, 63, "on {}", world.name);
        worker.stop().await;
    }
}
