//! Items of steps with `for_each`, one by one.

use axum::http::StatusCode;
use serde_json::{Value, json};
use workflow::domain::execution::Status;

use crate::{
    routes::Client,
    support::{quick, worlds},
};

const SOURCE: &str = r#"
name: many
steps:
  - id: each
    uses: script.javascript
    for_each: "${{ ['a', 'b', 'c', 'd', 'e', 'f', 'g'] }}"
    max_parallel: 3
    on_error: continue
    with:
      code: "if (input === 'c' || input === 'f') throw new Error('no ' + input); return input + input"
      input: "${{ item }}"
  - {id: once, uses: test.echo}
"#;

async fn data(client: &Client, path: &str) -> Value {
    let (status, answer) = client.get(path).await;
    assert_eq!(status, StatusCode::OK, "{path}: {answer}");
    answer["data"].clone()
}

#[tokio::test]
async fn items_are_listed_by_pages_and_states_and_opened_one_by_one() {
    for world in worlds().await {
        let worker = world.worker(quick());
        let client = Client::of(&world);
        let id = world.run(SOURCE).await;
        world.until(id, Status::Succeeded).await;
        let items = format!("/workflow/executions/{id}/steps/each/items");
        let map = data(&client, &format!("{items}/map")).await;
        assert_eq!(
            (&map["states"], &map["total"]),
            (&json!("ssfssfs"), &json!(7)),
            "{}",
            world.name
        );
        assert_eq!(map["counts"], json!({ "failed": 2, "succeeded": 5 }));
        assert_eq!(map["next_cursor"], Value::Null);
        let mut seen = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = data(&client, &format!("{items}?limit=3{cursor}")).await;
            let rows = page["items"].as_array().unwrap();
            seen.extend(rows.iter().map(|row| row["index"].as_u64().unwrap()));
            let Some(next) = page["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(seen, [0, 1, 2, 3, 4, 5, 6]);
        let failed = data(&client, &format!("{items}?status=failed")).await;
        let failed = failed["items"].as_array().unwrap();
        assert_eq!(failed.iter().map(|row| row["index"].clone()).collect::<Vec<_>>(), [2, 5]);
        assert!(failed[0]["error"]["message"].as_str().unwrap().contains("no c"), "{failed:?}");
        let one = data(&client, &format!("{items}/2")).await;
        assert_eq!((&one["item"], &one["input"]["input"]), (&json!("c"), &json!("c")), "{one}");
        assert_eq!(one["attempt_list"].as_array().unwrap().len(), 1);
        assert_eq!(one["failure"]["code"], one["error"]["code"]);
        let one = data(&client, &format!("{items}/3")).await;
        assert_eq!((&one["output"], &one["failure"]), (&json!("dd"), &Value::Null));
        worker.stop().await;
    }
}

#[tokio::test]
async fn what_is_still_to_come_is_seen_as_it_comes() {
    let source = "name: waits\nsteps:\n  - {id: each, uses: wait.signal, for_each: \"${{ [1, 2, 3] }}\", max_parallel: 2}";
    for world in worlds().await {
        let worker = world.worker(quick());
        let client = Client::of(&world);
        let id = world.run(source).await;
        world.until(id, Status::Waiting).await;
        let map = format!("/workflow/executions/{id}/steps/each/items/map");
        assert_eq!(data(&client, &map).await["states"], "wwp", "{}", world.name);
        client.post(&format!("/workflow/executions/{id}/cancel"), json!({})).await;
        world.until(id, Status::Cancelled).await;
        assert_eq!(data(&client, &map).await["states"], "cck", "{}", world.name);
        worker.stop().await;
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    for world in worlds().await {
        let worker = world.worker(quick());
        let client = Client::of(&world);
        let id = world.run(SOURCE).await;
        world.until(id, Status::Succeeded).await;
        let at = |rest: &str| format!("/workflow/executions/{id}/steps/{rest}");
        assert_eq!(data(&client, &at("once/items")).await["items"], json!([]));
        assert_eq!(data(&client, &at("once/items/map")).await["states"], "");
        for path in ["each/items/7", "once/items/0", "nowhere/items", "nowhere/items/map"] {
            assert_eq!(client.get(&at(path)).await.0, StatusCode::NOT_FOUND, "{path}");
        }
        let eve = Client::new(&world.module, uuid::Uuid::from_u128(7).to_string());
        for path in ["each/items", "each/items/map", "each/items/1"] {
            assert_eq!(eve.get(&at(path)).await.0, StatusCode::NOT_FOUND, "{path}");
        }
        for query in ["each/items?status=asleep", "each/items?limit=0", "each/items?cursor=!"] {
            assert_eq!(client.get(&at(query)).await.0, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        }
        worker.stop().await;
    }
}
