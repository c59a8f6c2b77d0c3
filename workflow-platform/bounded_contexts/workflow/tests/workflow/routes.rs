//! The same over HTTP.

use std::sync::Arc;

use async_trait::async_trait;
use axum::{
    Extension, Router,
    body::Body,
    http::{Method, Request, StatusCode, request::Builder},
};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use shared_kernel::{
    api::AuthLayerState,
    application::{AuthenticationError, Authenticator, Principal},
};
use tower::ServiceExt as _;
use workflow::WorkflowModule;

use crate::support::{World, eventually, principal, quick, worlds};

/// The token is the user's id.
struct Tokens;

#[async_trait]
impl Authenticator for Tokens {
    async fn authenticate(&self, bearer: &str) -> Result<Principal, AuthenticationError> {
        bearer.parse().map(principal).map_err(|_| AuthenticationError::Invalid)
    }
}

pub struct Client {
    router: Router,
    token: String,
}

impl Client {
    pub fn new(module: &Arc<WorkflowModule>, token: String) -> Self {
        let (router, _) = workflow::routes(Arc::clone(module)).split_for_parts();
        Self { router: router.layer(Extension(AuthLayerState(Arc::new(Tokens)))), token }
    }

    pub fn of(world: &World) -> Self {
        Self::new(&world.module, world.owner.user().to_string())
    }

    fn request(&self, method: Method, path: &str) -> Builder {
        let bearer = format!("Bearer {}", self.token);
        Request::builder().method(method).uri(path).header("authorization", bearer)
    }

    async fn send(&self, request: Request<Body>) -> (StatusCode, String) {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(bytes.to_vec()).unwrap())
    }

    pub async fn get(&self, path: &str) -> (StatusCode, Value) {
        let request = self.request(Method::GET, path).body(Body::empty()).unwrap();
        let (status, text) = self.send(request).await;
        (status, serde_json::from_str(&text).unwrap())
    }

    pub async fn post(&self, path: &str, body: Value) -> (StatusCode, Value) {
        self.ask(Method::POST, path, body).await
    }

    pub async fn ask(&self, method: Method, path: &str, body: Value) -> (StatusCode, Value) {
        self.ask_with(method, path, &[], &body).await
    }

    pub async fn ask_with(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> (StatusCode, Value) {
        let mut request = self.request(method, path).header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (status, text) = self.send(request.body(Body::from(body.to_string())).unwrap()).await;
        (status, serde_json::from_str(&text).unwrap())
    }

    /// The whole stream after event number `after`.
    pub async fn follow(&self, path: &str, after: u32) -> String {
        let request = self.request(Method::GET, &format!("{path}/events"));
        let request = request.header("last-event-id", after.to_string());
        self.send(request.body(Body::empty()).unwrap()).await.1
    }
}

const SOURCE: &str = "
name: routes
params: {properties: {n: {type: integer, default: 1}}}
triggers: [{cron: \"0 8 * * *\", timezone: Asia/Shanghai}]
steps:
  - {id: one, uses: test.echo, with: {n: \"${{ params.n }}\"}}
  - {id: many, uses: test.echo, for_each: \"${{ [1, 2, 3] }}\", with: {n: \"${{ item }}\"}}
";

#[tokio::test]
async fn a_workflow_is_started_shown_and_followed() {
    for world in worlds().await {
        let worker = world.worker(quick());
        let client = Client::of(&world);
        let (status, saved) =
            client.post("/workflow/definitions", json!({ "source": SOURCE })).await;
        assert!(status.is_success(), "{saved}");
        let definition = saved["data"]["id"].clone();
        let wanted =
            json!({ "definition_id": definition, "params": { "n": 7 }, "labels": { "a": "b" } });
        let (status, started) = client.post("/workflow/executions", wanted).await;
        assert_eq!(status, StatusCode::CREATED, "{started}");
        let path = format!("/workflow/executions/{}", started["data"]["id"].as_str().unwrap());

        let events = client.follow(&path, 0).await;
        assert!(events.starts_with("id: 1\nevent: execution.created\n"), "{events}");
        assert!(events.contains("event: step.expanded"), "{events}");
        assert!(events.trim_end().ends_with("data: {\"status\":\"succeeded\"}"), "{events}");
        let all = events.matches("id: ").count();
        let rest = client.follow(&path, 2).await;
        assert_eq!(rest.matches("id: ").count(), all - 2, "{rest}");

        let (_, shown) = client.get(&path).await;
        let execution = &shown["data"];
        assert_eq!(execution["status"], "succeeded", "{shown}");
        assert_eq!(execution["definition_name"], "routes");
        assert_eq!(execution["steps"][0]["output"], json!({ "n": 7 }));
        assert_eq!(execution["steps"][0]["attempts"], 1);
        assert_eq!(execution["steps"][1]["items"]["succeeded"], 3);
        assert_eq!(execution["steps"][1]["progress"]["done"], 3);
        assert_eq!(execution["waiting_reason"], Value::Null);

        let (_, listed) = client.get("/workflow/executions?status=succeeded&limit=5").await;
        assert_eq!(listed["data"]["items"][0]["labels"], json!({ "a": "b" }));
        let (status, refused) = client.get("/workflow/executions?status=done").await;
        assert_eq!((status.as_u16(), &refused["error"]), (422, &json!("VALIDATION_ERROR")));
        eventually("the log", async || {
            let (_, logs) = client.get(&format!("{path}/logs")).await;
            (logs["data"]["items"].as_array()?.len() == 4).then_some(())
        })
        .await;
        let (status, ended) = client.post(&format!("{path}/cancel"), json!({})).await;
        assert_eq!((status.as_u16(), &ended["error"]), (409, &json!("EXECUTION_ENDED")));

        let triggers = format!("/workflow/definitions/{}/triggers", definition.as_str().unwrap());
        let (_, triggers) = client.get(&triggers).await;
        let first = triggers["data"]["items"][0]["next_runs"][0].as_str().unwrap();
        assert!(first.contains("T00:00:00"), "{first}");

        let stranger = Client::new(&world.module, world.ambient.uuid().to_string());
        for path in [path.clone(), format!("{path}/events"), format!("{path}/logs")] {
            let (status, _) = stranger.get(&path).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
        }
        let (status, _) = stranger.post(&format!("{path}/cancel"), json!({})).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        worker.stop().await;
    }
}
