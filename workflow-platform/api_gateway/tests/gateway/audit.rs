//! What was refused is noted.

use std::sync::Arc;

use axum::body::Body;
use serde_json::json;
use shared_kernel::domain::{Actor, AuditEntry, AuditOutcome};
use testkit::Trail;
use tower::ServiceExt as _;
use uuid::Uuid;

use crate::support::{request, settings, watched};

/// What was noted while `path` was asked for with each of the tokens.
async fn noted(path: &str, tokens: impl IntoIterator<Item = Option<&str>>) -> Vec<AuditEntry> {
    let trail = Arc::new(Trail::default());
    let router = watched(settings(), true, Arc::clone(&trail));
    for token in tokens {
        let mut ask = request("GET", path).header("x-request-id", "asked-1");
        if let Some(token) = token {
            ask = ask.header("authorization", format!("Bearer {token}"));
        }
        router.clone().oneshot(ask.body(Body::empty()).unwrap()).await.unwrap();
    }
    trail.taken()
}

#[tokio::test]
async fn a_denial_is_noted_with_who_asked_for_what() {
    let noted = noted("/api/v1/guarded/7", [Some("good")]).await;
    let [entry] = noted.as_slice() else { panic!("{noted:?}") };
    assert_eq!((entry.action.as_ref(), entry.outcome), ("access.denied", AuditOutcome::Denied));
    assert_eq!(entry.actor, Actor::User(Uuid::nil().into()));
    assert_eq!(entry.target.as_ref().unwrap().id, "GET /api/v1/guarded/{id}");
    assert_eq!(entry.reason.as_deref(), Some("PERMISSION_DENIED"));
    assert_eq!(entry.origin.request_id.as_deref(), Some("asked-1"));
    let details = json!({ "permission": "users:read", "path": "/api/v1/guarded/7" });
    assert_eq!(entry.details, details);
}

#[tokio::test]
async fn a_forged_token_is_noted_and_a_missing_one_is_not() {
    let noted = noted("/api/v1/mine", [Some("forged"), None, Some("good")]).await;
    let [entry] = noted.as_slice() else { panic!("{noted:?}") };
    assert_eq!((entry.action.as_ref(), entry.actor), ("access.token_refused", Actor::Anonymous));
    assert!(!format!("{entry:?}").contains("forged"), "{entry:?}");
}

#[tokio::test]
async fn a_flood_of_forged_tokens_does_not_flood_the_log() {
    let noted = noted("/api/v1/mine", std::iter::repeat_n(Some("forged"), 100)).await;
    assert_eq!(noted.len(), 60);
}
