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
        let listed = &list["data"]["items"][0];
        assert_eq!((&listed["proxies"], &listed["states"]["unknown"]), (&json!(2), &json!(2)));
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

#[tokio::test]
async fn an_import_comes_as_text_or_as_a_file_of_a_form() {
    for world in worlds().await {
        let app = app(&world);
        let (_, made) = call(&app, "POST", "/proxy/pools", Some(json!({ "name": "p" }))).await;
        let pool = format!("/proxy/pools/{}", made["data"]["id"].as_str().unwrap());
        let form = "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"l.txt\"\r\n\r\n\
                    203.0.113.2:80\r\n--b--\r\n";
        for (kind, body, status, added) in [
            ("text/plain", "203.0.113.1:80\nbad", StatusCode::OK, json!(1)),
            ("text/csv; charset=utf-8", "ip,port\n203.0.113.3,80", StatusCode::OK, json!(1)),
            ("multipart/form-data; boundary=b", form, StatusCode::OK, json!(1)),
            ("multipart/form-data; boundary=b", "x", StatusCode::UNPROCESSABLE_ENTITY, json!(null)),
            ("application/xml", "<a/>", StatusCode::UNSUPPORTED_MEDIA_TYPE, json!(null)),
        ] {
            let request = http::Request::post(format!("{pool}/import"))
                .header("authorization", "Bearer x")
                .header("content-type", kind)
                .body(axum::body::Body::from(body))
                .unwrap();
            let answer = tower::ServiceExt::oneshot(app.clone(), request).await.unwrap();
            assert_eq!(answer.status(), status, "{kind}");
            let bytes = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
            let body: Value = serde_json::from_slice(&bytes).unwrap();
            assert_eq!(body["data"]["added"], added, "{kind}: {body}");
        }
    }
}

#[tokio::test]
async fn a_choice_is_explained_and_proxies_are_edited_over_http() {
    for world in worlds().await {
        let app = app(&world);
        let body = json!({ "name": "p", "strategy": "smart", "check_every": null });
        let (_, made) = call(&app, "POST", "/proxy/pools", Some(body)).await;
        assert_eq!(made["data"]["check_every"], json!(null));
        let pool = format!("/proxy/pools/{}", made["data"]["id"].as_str().unwrap());
        let proxies = format!("{pool}/proxies");
        let body = json!({ "address": "203.0.113.1:80:me:hush", "label": "one" });
        let (status, added) = call(&app, "POST", &proxies, Some(body.clone())).await;
        assert_eq!((status, &added["data"]["label"]), (StatusCode::CREATED, &json!("one")));
        let (status, again) = call(&app, "POST", &proxies, Some(body)).await;
        assert_eq!((status, &again["error"]), (StatusCode::CONFLICT, &json!("PROXY_EXISTS")));
        let one = format!("{proxies}/{}", added["data"]["id"].as_str().unwrap());
        let change = json!({ "cost": 2.5, "label": null, "enabled": false });
        let (_, changed) = call(&app, "PUT", &one, Some(change)).await;
        let data = &changed["data"];
        assert_eq!((&data["cost"], &data["label"]), (&json!(2.5), &json!(null)));
        let (_, off) =
            call(&app, "GET", &format!("{proxies}?enabled=false&search=113.1"), None).await;
        assert_eq!(off["data"]["items"].as_array().unwrap().len(), 1);
        let explain = format!("{pool}/explain?host=site.example");
        let (_, told) = call(&app, "GET", &explain, None).await;
        assert_eq!(
            (&told["data"]["verdict"], &told["data"]["proxies"]["off"]),
            (&json!("nobody"), &json!(1))
        );
        for (path, body, field) in [
            (&one, json!({ "cost": 0 }), "cost"),
            (&pool, json!({ "judge": "ftp://x" }), "judge"),
            (&pool, json!({ "sticky_ttl": 0 }), "sticky_ttl"),
        ] {
            let (status, answer) = call(&app, "PUT", path, Some(body)).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(answer["details"].get(field).is_some(), "{answer}");
        }
        let (status, _) = call(&app, "GET", &format!("{proxies}?state=happy"), None).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(call(&app, "DELETE", &one, None).await.0, StatusCode::OK);
        assert_eq!(call(&app, "GET", &one, None).await.0, StatusCode::NOT_FOUND);
    }
}
