//! Every answer has the envelope, an id and the headers.

use axum::{
    body::Body,
    http::{Response, StatusCode},
};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::support::{json, post, refused, request, router, send};

#[tokio::test]
async fn an_unknown_route_is_said_in_the_envelope() {
    let ask = request("GET", "/api/v1/nothing").body(Body::empty()).unwrap();
    let body = refused(ask, StatusCode::NOT_FOUND, "NOT_FOUND").await;
    assert_eq!(body["message"], "接口不存在");
}

#[tokio::test]
async fn a_wrong_method_names_the_right_ones() {
    let ask = || request("DELETE", "/api/v1/orders").body(Body::empty()).unwrap();
    refused(ask(), StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED").await;
    assert_eq!(send(ask()).await.headers()["allow"], "POST");
}

#[tokio::test]
async fn a_panic_tells_the_caller_nothing() {
    let ask = request("GET", "/api/v1/panic").body(Body::empty()).unwrap();
    let body = refused(ask, StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL_ERROR").await;
    assert!(!body.to_string().contains("secret"));
}

#[tokio::test]
async fn a_handler_that_takes_too_long_is_given_up() {
    let ask = request("GET", "/api/v1/slow").body(Body::empty()).unwrap();
    refused(ask, StatusCode::GATEWAY_TIMEOUT, "TIMEOUT").await;
}

#[tokio::test]
async fn bodies_are_read_strictly() {
    let broken = refused(post("{\"count\":"), StatusCode::BAD_REQUEST, "MALFORMED_JSON").await;
    assert_eq!(broken["details"]["line"], 1);
    let wrong = post(r#"{"count":"many"}"#);
    let wrong = refused(wrong, StatusCode::UNPROCESSABLE_ENTITY, "VALIDATION_ERROR").await;
    assert!(wrong["details"]["count"].is_array());
    let none = request("POST", "/api/v1/orders").body(Body::from("{}")).unwrap();
    refused(none, StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE").await;
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_announced_or_not() {
    let announced = request("POST", "/api/v1/orders")
        .header("content-type", "application/json")
        .header("content-length", "1000000")
        .body(Body::empty())
        .unwrap();
    refused(announced, StatusCode::PAYLOAD_TOO_LARGE, "PAYLOAD_TOO_LARGE").await;
    let chunks = (0..20).map(|_| Ok::<_, std::io::Error>("x".repeat(100)));
    let streamed = post(Body::from_stream(futures::stream::iter(chunks)));
    refused(streamed, StatusCode::PAYLOAD_TOO_LARGE, "PAYLOAD_TOO_LARGE").await;
}

#[tokio::test]
async fn strangers_are_told_to_sign_in_in_the_language_they_ask_for() {
    let ask = request("GET", "/api/v1/mine").header("accept-language", "en");
    let ask = ask.body(Body::empty()).unwrap();
    let body = refused(ask, StatusCode::UNAUTHORIZED, "UNAUTHENTICATED").await;
    assert_eq!(body["message"], "Sign in first");
}

#[tokio::test]
async fn the_users_own_language_is_taken_when_none_is_asked_for() {
    let ask = || request("GET", "/api/v1/mine").header("authorization", "Bearer good");
    let own = json(send(ask().body(Body::empty()).unwrap()).await).await;
    assert_eq!((&own["message"], &own["data"]), (&json!("Done"), &Value::Null));
    let asked = ask().header("accept-language", "zh").body(Body::empty()).unwrap();
    assert_eq!(json(send(asked).await).await["message"], "操作成功");
}

#[tokio::test]
async fn a_well_formed_request_id_is_kept_and_another_replaced() {
    let ask = |id: &str| {
        request("GET", "/health/live").header("x-request-id", id).body(Body::empty()).unwrap()
    };
    assert_eq!(send(ask("my-id.1")).await.headers()["x-request-id"], "my-id.1");
    let replaced = send(ask("not an id")).await;
    assert!(replaced.headers()["x-request-id"].to_str().unwrap().starts_with("req_"));
}

#[tokio::test]
async fn only_named_origins_may_call() {
    let ask = |origin: &str| {
        request("OPTIONS", "/api/v1/orders")
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .body(Body::empty())
            .unwrap()
    };
    let named = send(ask("https://app.example")).await;
    assert_eq!(named.headers()["access-control-allow-origin"], "https://app.example");
    let other = send(ask("https://evil.example")).await;
    assert!(other.headers().get("access-control-allow-origin").is_none());
}

#[tokio::test]
async fn large_answers_are_compressed_and_small_ones_are_not() {
    let ask = |path: &str| {
        request("GET", path).header("accept-encoding", "zstd, br").body(Body::empty()).unwrap()
    };
    let encoding = |response: Response<Body>| response.headers().get("content-encoding").cloned();
    assert!(encoding(send(ask("/api/v1/large")).await).is_some());
    assert!(encoding(send(ask("/health/live")).await).is_none());
}

#[tokio::test]
async fn health_tells_which_part_is_down() {
    let ask = || request("GET", "/health").body(Body::empty()).unwrap();
    let well = router(true).oneshot(ask()).await.unwrap();
    assert_eq!(well.status(), StatusCode::OK);
    assert_eq!(json(well).await["data"]["database"], "healthy");
    let ill = router(false).oneshot(ask()).await.unwrap();
    assert_eq!(ill.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(json(ill).await["details"]["database"], "unhealthy");
}

#[tokio::test]
async fn metrics_want_their_token() {
    let ask = |token: &str| {
        let ask = request("GET", "/metrics").header("authorization", format!("Bearer {token}"));
        ask.body(Body::empty()).unwrap()
    };
    assert_eq!(send(ask("guess")).await.status(), StatusCode::UNAUTHORIZED);
    let large = request("GET", "/api/v1/large").body(Body::empty()).unwrap();
    assert_eq!(send(large).await.status(), StatusCode::OK);
    let page = send(ask("scrape")).await.into_body().collect().await.unwrap().to_bytes();
    let page = String::from_utf8(page.to_vec()).unwrap();
    assert!(page.contains("route=\"/api/v1/large\""), "{page}");
}

#[tokio::test]
async fn the_document_and_its_docs_are_inside() {
    let ask = |path: &str| request("GET", path).body(Body::empty()).unwrap();
    let document = json(send(ask("/api/openapi.json")).await).await;
    assert_eq!(document["openapi"].as_str().unwrap().split('.').next(), Some("3"));
    let post = &document["paths"]["/api/v1/orders"]["post"];
    assert!(post["responses"]["default"].is_object());
    let page = send(ask("/api/docs/")).await;
    assert_eq!(page.status(), StatusCode::OK);
    assert!(
        !page.headers()["content-security-policy"].to_str().unwrap().contains("script-src 'unsafe")
    );
    assert_eq!(send(ask("/api/docs/swagger-ui.css")).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn every_page_address_gives_the_application_with_a_policy() {
    let ask = request("GET", "/workflows/42").body(Body::empty()).unwrap();
    let page = send(ask).await;
    assert_eq!(page.status(), StatusCode::OK);
    assert!(page.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
    assert!(page.headers()["content-security-policy"].to_str().unwrap().contains("'nonce-"));
}
