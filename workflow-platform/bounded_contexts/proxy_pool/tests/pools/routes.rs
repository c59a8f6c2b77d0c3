use std::sync::Arc;

use async_trait::async_trait;
use axum::{Extension, Router};
use http::StatusCode;
use serde_json::{Value, json};
use shared_kernel::{
    api::AuthLayerState,
    application::{AuthenticationError, Authenticator, Principal},
};

use crate::support::{World, somebody, worlds};

struct Known(Principal);

#[async_trait]
impl Authenticator for Known {
    async fn authenticate(&self, _: &str) -> Result<Principal, AuthenticationError> {
        Ok(self.0.clone())
    }
}

fn app(world: &World) -> Router {
    let (router, _) = proxy_pool::routes(Arc::clone(&world.module)).split_for_parts();
    router.layer(Extension(AuthLayerState(Arc::new(Known(somebody(&world.ambient))))))
}

async fn call(app: &Router, method: &str, path: &str, body: Option<Value>) -> (StatusCode, Value) {
    testkit::routes::call(app, method, path, "x", body).await
}

#[tokio::test]
async fn a_pool_lives_its_life_over_http() {
    for world in worlds().await {
        let app = app(&world);
        let body = json!({ "name": "default", "strategy": "round_robin" });
        let (status, made) = call(&app, "POST", "/proxy/pools", Some(body.clone())).await;
        assert_eq!(status, StatusCode::CREATED);
        let (status, again) = call(&app, "POST", "/proxy/pools", Some(body)).await;
        assert_eq!(
            (status, &again["error"]),
            (StatusCode::CONFLICT, &json!("PROXY_POOL_NAME_TAKEN"))
        );
        let pool = format!("/proxy/pools/{}", made["data"]["id"].as_str().unwrap());

        let text = json!({ "text": "http://me:hush@203.0.113.1:80\n203.0.113.2:80:me:hush\nbad" });
        let (_, report) = call(&app, "POST", &format!("{pool}/import"), Some(text)).await;
        assert_eq!(report["data"]["added"], 2);
        assert_eq!(report["data"]["rejected"][0]["line"], 3);

        let (_, proxies) = call(&app, "GET", &format!("{pool}/proxies?limit=1"), None).await;
        assert_eq!(proxies["data"]["items"].as_array().unwrap().len(), 1);
        let (_, status) = call(&app, "GET", &format!("{pool}/status"), None).await;
        assert_eq!(status["data"]["by_state"]["unknown"], 2);
        let shown = format!("{proxies}{status}");
        assert!(!shown.contains("hush") && !shown.contains("\"me\""), "{shown}");

        let (_, list) = call(&app, "GET", "/proxy/pools", None).await;
        assert_eq!(list["data"]["items"][0]["proxies"], 2);
        assert_eq!(call(&app, "DELETE", &pool, None).await.0, StatusCode::OK);
        assert_eq!(call(&app, "GET", &pool, None).await.0, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn bad_requests_name_the_field() {
    for world in worlds().await {
        let app = app(&world);
        for (body, field) in [
            (json!({ "name": "two words" }), "name"),
            (json!({ "name": "x", "strategy": "luck" }), "strategy"),
            (json!({ "name": "x", "parallel_limit": 0 }), "parallel_limit"),
        ] {
            let (status, answer) = call(&app, "POST", "/proxy/pools", Some(body)).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(answer["details"].get(field).is_some(), "{answer}");
        }
        let (status, _) = call(&app, "GET", "/proxy/pools?colour=red", None).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        let (status, _) = call(&app, "GET", "/proxy/pools/not-an-id", None).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
    }
}
