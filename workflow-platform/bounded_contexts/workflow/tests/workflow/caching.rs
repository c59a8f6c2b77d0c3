//! Results that later runs take instead of doing the same again.

use std::time::Duration;

use serde_json::{Value, json};
use shared_kernel::domain::{Execution, Id, Owner};
use workflow::{StartExecution, domain::execution::Status};

use crate::support::{World, quick, worlds};

const CACHED: &str = "
name: cached
params: {properties: {n: {type: integer}}}
steps:
  - id: each
    uses: test.echo
    for_each: [a, b]
    with: {n: '${{ params.n }}', item: '${{ item }}'}
    cache: {key: '${{ item }}', ttl: 1h}
  - {id: once, uses: test.echo, with: {n: 1}, cache: {key: '${{ params.n > 100 ? null : 1 }}', ttl: 1h}}
outputs: {all: '${{ steps.each.outputs.map(o, o.n) }}'}
";

async fn run(world: &World, definition_id: uuid::Uuid, n: i64) -> (Id<Execution>, Value) {
    let params = json!({ "n": n });
    let wanted = StartExecution { definition_id, params, ..StartExecution::default() };
    let id = world.module.start(world.owner, wanted).await.unwrap().id;
    let details = world.until(id, Status::Succeeded).await;
    (id, details.view.outputs["all"].clone())
}

#[tokio::test]
async fn a_result_stands_for_runs_with_the_same_key_until_it_expires() {
    for world in worlds().await {
        let worker = world.worker(quick());
        let definition = world.define(CACHED).await;
        let (first, all) = run(&world, definition, 1).await;
        assert_eq!(all, json!([1, 1]));
        assert!(!world.show(first).await.view.steps[1].attempts[0].cached);
        let (second, all) = run(&world, definition, 2).await;
        assert_eq!(all, json!([1, 1]), "the first run's on {}", world.name);
        assert!(world.show(second).await.view.steps[1].attempts[0].cached);
        assert_eq!((world.seen.count("each"), world.seen.count("once")), (2, 1));

        run(&world, definition, 101).await;
        assert_eq!(world.seen.count("once"), 2, "what has no key is not taken from the cache");
        world.clock.advance(Duration::from_mins(61));
        let (_, all) = run(&world, definition, 3).await;
        assert_eq!((all, world.seen.count("each")), (json!([3, 3]), 4), "on {}", world.name);
        assert_eq!(world.number("SELECT count(*) FROM workflow_step_cache").await, 3);
        worker.stop().await;
    }
}

#[tokio::test]
async fn neither_failures_nor_results_of_others_are_taken() {
    for world in worlds().await {
        let worker = world.worker(quick());
        let failing = "name: f\nsteps: [{id: s, uses: test.fail, cache: {key: k, ttl: 1h}}]";
        let definition = world.define(failing).await;
        for _ in 0..2 {
            let id = world.start(definition).await;
            world.until(id, Status::Failed).await;
        }
        assert_eq!(world.seen.count("s"), 2);

        let source = "name: a\nsteps: [{id: t, uses: test.echo, cache: {key: k, ttl: 1h}}]";
        let ours = world.define(source).await;
        let id = world.start(ours).await;
        world.until(id, Status::Succeeded).await;
        let other = Owner::new(world.ambient.id());
        let definition_id = world.module.define(other, source.to_owned()).await.unwrap().id;
        let wanted = StartExecution { definition_id, ..StartExecution::default() };
        let id = world.module.start(other, wanted).await.unwrap().id;
        crate::support::eventually("the other's end", async || {
            let row = world.module.show(other, id).await.unwrap().row;
            (row.status == Status::Succeeded).then_some(())
        })
        .await;
        assert_eq!(world.seen.count("t"), 2, "on {}", world.name);
        worker.stop().await;
    }
}
