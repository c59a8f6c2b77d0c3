//! The journal as people read it.

use axum::http::StatusCode;
use serde_json::Value;
use workflow::domain::execution::Status;

use crate::{
    routes::Client,
    support::{World, quick, worlds},
};

/// The output of `large` is too large for a row, and that of `medium` for a list.
const SIZES: &str = "
name: sizes
steps:
  - {id: small, uses: test.echo, with: {n: 1}}
  - {id: small_too, uses: test.echo, with: {n: 2}}
  - {id: medium, uses: script.javascript, with: {code: \"return 'm'.repeat(6000)\"}}
  - {id: large, uses: script.javascript, with: {code: \"return 'l'.repeat(100000)\"}}
";

struct Reader<'a> {
    world: &'a World,
    client: Client,
    path: String,
}

impl Reader<'_> {
    async fn page(&self, query: &str) -> Value {
        let (status, answer) = self.client.get(&format!("{}?{query}", self.path)).await;
        assert_eq!(status, StatusCode::OK, "{} {query} {answer}", self.world.name);
        answer["data"].clone()
    }

    /// Every event, page by page.
    async fn all(&self, query: &str) -> Vec<Value> {
        let (mut cursor, mut found) = (String::new(), Vec::new());
        loop {
            let page = self.page(&format!("{query}{cursor}")).await;
            found.extend(page["items"].as_array().unwrap().iter().cloned());
            let Some(next) = page["next_cursor"].as_str() else { return found };
            cursor = format!("&cursor={next}");
        }
    }

    async fn steps(&self, query: &str) -> Vec<String> {
        let events = self.all(query).await;
        events.iter().map(|event| event["body"]["step"].as_str().unwrap().to_owned()).collect()
    }
}

#[tokio::test]
async fn a_journal_is_read_event_by_event() {
    for world in worlds().await {
        let worker = world.worker(quick());
        let id = world.run(SIZES).await;
        world.until(id, Status::Succeeded).await;
        let path = format!("/workflow/executions/{id}/journal");
        let reader = Reader { world: &world, client: Client::of(&world), path };
        let kinds = world.kinds(id).await;

        let all = reader.all("limit=2").await;
        let read: Vec<_> = all.iter().map(|event| event["kind"].as_str().unwrap()).collect();
        assert_eq!(read, kinds, "{}", world.name);
        let numbers: Vec<_> = all.iter().map(|event| event["seq"].as_u64().unwrap()).collect();
        assert_eq!(numbers, (1..=kinds.len() as u64).collect::<Vec<_>>());
        assert_eq!(all[0]["body"]["trigger"]["kind"], "manual");

        assert_eq!(reader.all("after=2").await, all[2..]);
        assert!(reader.all("after=1000000").await.is_empty());
        let succeeded = ["small", "small_too", "medium", "large"];
        let mut found = reader.steps("kind=step.succeeded&limit=1").await;
        found.sort_unstable();
        assert_eq!(found, ["large", "medium", "small", "small_too"]);
        for step in succeeded {
            let found = reader.steps(&format!("kind=step.succeeded&step={step}&limit=1")).await;
            assert_eq!(found, [step], "{}", world.name);
        }
        assert!(reader.all("step=sma%25").await.is_empty(), "no pattern");

        for event in all.iter().filter(|event| event["kind"] == "step.succeeded") {
            assert_eq!(event["shortened"], event["body"]["output"].is_null());
            let path = format!("{}/{}", reader.path, event["seq"]);
            let (status, whole) = reader.client.get(&path).await;
            assert_eq!(status, StatusCode::OK, "{whole}");
            assert_eq!(whole["data"]["shortened"], false);
            assert!(!whole["data"]["body"]["output"].is_null(), "{}", event["body"]["step"]);
        }
        let shortened = all.iter().filter(|event| event["shortened"] == true).count();
        assert_eq!(shortened, 2, "{}", world.name);
        worker.stop().await;
    }
}

#[tokio::test]
async fn a_journal_is_nobody_elses_and_what_is_not_there_is_not_found() {
    for world in worlds().await {
        let id = world.run(SIZES).await;
        let path = format!("/workflow/executions/{id}/journal");
        let client = Client::of(&world);
        for wrong in ["kind=step.dreamt", "after=-1", "after=x", "limit=0", "step=%00"] {
            let (status, answer) = client.get(&format!("{path}?{wrong}")).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong} {answer}");
        }
        let least = i64::MIN;
        for absent in ["0".to_owned(), "-1".to_owned(), "99".to_owned(), least.to_string()] {
            let (status, answer) = client.get(&format!("{path}/{absent}")).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{absent} {answer}");
        }
        let stranger = Client::new(&world.module, world.ambient.uuid().to_string());
        assert_eq!(stranger.get(&path).await.0, StatusCode::NOT_FOUND);
        assert_eq!(stranger.get(&format!("{path}/1")).await.0, StatusCode::NOT_FOUND);
        assert_eq!(client.get(&format!("{path}/1")).await.0, StatusCode::OK);
    }
}
