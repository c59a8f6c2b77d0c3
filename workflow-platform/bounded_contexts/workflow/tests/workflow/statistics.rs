//! How executions ended, and all triggers of an owner.

use std::time::Duration;

use serde_json::{Value, json};
use shared_kernel::domain::Owner;
use workflow::domain::execution::Status;

use crate::{
    routes::Client,
    support::{World, quick, worlds},
};

const FINE: &str = "{name: fine, steps: [{id: a, uses: test.echo, with: {}}]}";
const PARKED: &str = "{name: parked, steps: [{id: a, uses: wait.for, with: {duration: 30d}}]}";
const BAD: &str = "{name: bad, steps: [{id: a, uses: test.fail, with: {}}]}";

/// Hands what was told to the counter, as the relay does.
async fn count(world: &World, after: usize) -> usize {
    let told = world.outbox(after).await;
    let counter = world.module.end_counter();
    for event in told.iter().filter(|event| counter.wants(&event.kind)) {
        let mut work = world.database.begin().await.unwrap();
        counter.handle(event, &mut work).await.unwrap();
        work.commit().await.unwrap();
    }
    after + told.len()
}

async fn shown(world: &World, query: &str) -> Value {
    let (status, answer) =
        Client::of(world).get(&format!("/workflow/executions/statistics{query}")).await;
    assert_eq!(status.as_u16(), 200, "{answer}");
    answer["data"].clone()
}

#[tokio::test]
async fn ends_are_counted_by_the_hour() {
    for world in worlds().await {
        let worker = world.worker(quick());
        for (source, status) in
            [(FINE, Status::Succeeded), (BAD, Status::Failed), (FINE, Status::Succeeded)]
        {
            let source = source.replace("name: ", &format!("name: {}", world.ambient.uuid()));
            let id = world.run(&source).await;
            world.until(id, status).await;
        }
        let heard = count(&world, 0).await;
        world.clock.advance(Duration::from_hours(2));
        let id = world.run(FINE).await;
        world.until(id, Status::Succeeded).await;
        count(&world, heard).await;

        let statistics = shown(&world, "").await;
        let filled: Vec<_> = statistics["buckets"]
            .as_array()
            .unwrap()
            .iter()
            .map(|bucket| {
                (bucket["succeeded"].as_u64().unwrap(), bucket["failed"].as_u64().unwrap())
            })
            .collect();
        assert_eq!(filled.len(), 25, "{statistics}");
        assert_eq!(filled[22..], [(2, 1), (0, 0), (1, 0)], "{}", world.name);
        assert_eq!((&statistics["step"], &statistics["unfinished"]), (&json!("hour"), &json!(0)));

        let asked = world.run(PARKED).await;
        world.until(asked, Status::Waiting).await;
        let open = shown(&world, "").await;
        assert_eq!(
            open["buckets"][24]["waiting"],
            json!(1),
            "{}: what goes on shows too",
            world.name
        );
        assert_eq!((&open["buckets"][24]["running"], &open["unfinished"]), (&json!(0), &json!(1)));

        let days = shown(&world, "?step=day").await;
        let sum: u64 = days["buckets"]
            .as_array()
            .unwrap()
            .iter()
            .map(|bucket| bucket["succeeded"].as_u64().unwrap())
            .sum();
        assert_eq!(sum, 3, "{days}");

        let stranger = Client::new(&world.module, world.ambient.uuid().to_string());
        let (_, others) = stranger.get("/workflow/executions/statistics").await;
        assert!(!others.to_string().contains("\"succeeded\":1"), "{others}");
        worker.stop().await;
    }
}

#[tokio::test]
async fn statistics_go_with_their_owner() {
    for world in worlds().await {
        let worker = world.worker(quick());
        let id = world.run(FINE).await;
        world.until(id, Status::Succeeded).await;
        count(&world, 0).await;
        let part = world.module.personal_data().into_iter();
        let part = part.into_iter().find(|part| part.name() == "execution_ends").unwrap();
        assert_eq!(part.erase(Owner::new(world.ambient.id())).await.unwrap(), 0);
        assert_eq!(world.number("SELECT count(*) FROM workflow_ends").await, 1);
        assert_eq!(part.erase(world.owner).await.unwrap(), 1);
        assert_eq!(world.number("SELECT count(*) FROM workflow_ends").await, 0);
        worker.stop().await;
    }
}

#[tokio::test]
async fn a_range_that_is_too_long_is_refused() {
    let world = worlds().await.remove(0);
    for query in [
        "?from=2026-01-01T00:00:00Z&before=2026-03-01T00:00:00Z",
        "?from=2026-01-02T00:00:00Z&before=2026-01-01T00:00:00Z",
        "?step=week",
    ] {
        let path = format!("/workflow/executions/statistics{query}");
        let (status, answer) = Client::of(&world).get(&path).await;
        assert_eq!(status.as_u16(), 422, "{query}: {answer}");
    }
}

#[tokio::test]
async fn all_triggers_are_listed_by_pages() {
    for world in worlds().await {
        for name in ["one", "two", "three"] {
            let source = format!(
                "{{name: {name}, triggers: [{{cron: \"0 8 * * *\"}}, {{webhook: {{}}}}], \
                 steps: [{{id: a, uses: test.echo, with: {{}}}}]}}"
            );
            world.define(&source).await;
            world.clock.advance(Duration::from_secs(1));
        }
        let client = Client::of(&world);
        let (mut names, mut cursor) = (Vec::new(), String::new());
        loop {
            let (_, answer) = client.get(&format!("/workflow/triggers?limit=4{cursor}")).await;
            let page = &answer["data"];
            for item in page["items"].as_array().unwrap() {
                names.push(item["definition_name"].as_str().unwrap().to_owned());
                let ahead = item["next_runs"].as_array().unwrap().len();
                assert_eq!(ahead, if item["kind"] == "cron" { 10 } else { 0 }, "{item}");
            }
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(names, ["three", "three", "two", "two", "one", "one"], "{}", world.name);
        let stranger = Client::new(&world.module, world.ambient.uuid().to_string());
        let (_, others) = stranger.get("/workflow/triggers").await;
        assert_eq!(others["data"]["items"], json!([]));
    }
}
