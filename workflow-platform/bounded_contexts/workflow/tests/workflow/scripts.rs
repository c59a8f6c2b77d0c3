//! `script.javascript` driven by the engine.

use std::time::Instant;

use serde_json::{Value, json};
use workflow::domain::execution::Status;

use crate::{
    routes::Client,
    support::{eventually, quick, worlds},
};

#[tokio::test]
async fn a_script_works_on_results_and_writes_into_the_log() {
    let world = worlds().await.remove(0);
    let worker = world.worker(quick());
    let source = "
name: script
steps:
  - {id: one, uses: test.echo, with: {list: [3, 1, 2]}}
  - id: two
    uses: script.javascript
    with:
      input: \"${{ steps.one.output.list }}\"
      code: |
        console.log('sorting', input.length)
        return {sorted: input.sort((a, b) => a - b)}
outputs: {sorted: \"${{ steps.two.output.sorted }}\"}
";
    let id = world.run(source).await;
    let ended = world.ended(id).await;
    assert_eq!(ended.row.status, Status::Succeeded, "{:?}", ended.row);
    assert_eq!(ended.view.outputs["sorted"], json!([1, 2, 3]));
    eventually("the log", async || {
        let (_, logs) = Client::of(&world).get(&format!("/workflow/executions/{id}/logs")).await;
        let lines = logs["data"]["items"].as_array()?;
        lines.iter().any(|line| line["message"] == "sorting 3").then_some(())
    })
    .await;
    worker.stop().await;
}

#[tokio::test]
async fn a_fault_names_its_line_and_an_endless_one_is_cancelled() {
    let world = worlds().await.remove(0);
    let worker = world.worker(quick());
    let thrown = world
        .run("name: a\nsteps:\n  - {id: s, uses: script.javascript, with: {code: \"let a\\na.b.c\"}}\n")
        .await;
    let ended = world.ended(thrown).await;
    assert_eq!(ended.row.status, Status::Failed);
    let client = Client::of(&world);
    let (_, shown) = client.get(&format!("/workflow/executions/{thrown}")).await;
    let error = &shown["data"]["steps"][0]["error"];
    assert_eq!(
        (&error["code"], &error["details"]["line"]),
        (&json!("SCRIPT_FAILED"), &json!(2)),
        "{error}"
    );

    let endless = world
        .run("name: b\nsteps:\n  - {id: s, uses: script.javascript, with: {code: \"for (;;) {}\", timeout_seconds: 60}}\n")
        .await;
    world.until(endless, Status::Running).await;
    let begun = Instant::now();
    client.post(&format!("/workflow/executions/{endless}/cancel"), Value::Null).await;
    assert_eq!(world.ended(endless).await.row.status, Status::Cancelled);
    assert!(begun.elapsed().as_millis() < 1000, "{:?}", begun.elapsed());
    worker.stop().await;
}

#[tokio::test]
async fn a_script_that_runs_again_sees_the_same_time_and_chance() {
    for world in worlds().await {
        let source = "
name: again
steps:
  - id: s
    uses: script.javascript
    with:
      timeout_seconds: 60
      code: |
        console.log(`${Date.now()} ${Math.random()}`)
        if (input !== 'go') for (;;) {}
";
        let id = world.run(source).await;
        let lines = async || {
            let (_, logs) =
                Client::of(&world).get(&format!("/workflow/executions/{id}/logs")).await;
            let lines = logs["data"]["items"].as_array().unwrap().clone();
            lines
                .iter()
                .map(|line| line["message"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        for run in 1..=2 {
            let worker = world.worker(quick());
            let what = format!("line {run} on {}", world.name);
            eventually(&what, async || (lines().await.len() == run).then_some(())).await;
            worker.kill().await;
            world.clock.advance(std::time::Duration::from_hours(1));
        }
        let lines = lines().await;
        assert_eq!(lines[0], lines[1], "on {}", world.name);
    }
}
