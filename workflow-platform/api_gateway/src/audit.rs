//! Refusals, noted in one place whoever refused.

use std::sync::Arc;

use axum::{
    extract::{MatchedPath, Request, State},
    http::header::AUTHORIZATION,
    middleware::Next,
    response::Response,
};
use parking_lot::Mutex;
use serde_json::{Value, json};
use shared_kernel::{
    api::{Refusal, RequestContext},
    application::AuditTrail,
    domain::{Actor, Ambient, AuditEntry, AuditOutcome, AuditTarget, ErrorKind, Timestamp},
};

/// Worthless tokens that are noted in a minute: whoever floods us shall not flood the log.
const TOKENS_A_MINUTE: u32 = 60;

/// What the layer works with.
pub struct Watch {
    trail: Arc<dyn AuditTrail>,
    ambient: Ambient,
    /// The minute that is counted, and how many worthless tokens came in it.
    tokens: Mutex<(i64, u32)>,
}

impl Watch {
    pub fn new(trail: Arc<dyn AuditTrail>, ambient: Ambient) -> Self {
        Self { trail, ambient, tokens: Mutex::new((0, 0)) }
    }

    fn token_is_worth_a_line(&self, now: Timestamp) -> bool {
        let minute = now.seconds() / 60;
        let mut tokens = self.tokens.lock();
        if tokens.0 != minute {
            *tokens = (minute, 0);
        }
        tokens.1 = tokens.1.saturating_add(1);
        tokens.1 <= TOKENS_A_MINUTE
    }
}

/// Every denial, and tokens that are forged or were revoked. An expired one is everyday life.
pub async fn refusals(State(watch): State<Arc<Watch>>, request: Request, next: Next) -> Response {
    let asked = Asked::of(&request);
    let response = next.run(request).await;
    let Some(refusal) = response.extensions().get::<Refusal>() else { return response };
    let now = watch.ambient.now();
    let action = match refusal.kind {
        ErrorKind::Denied => "access.denied",
        ErrorKind::Unauthenticated
            if asked.with_token
                && matches!(refusal.code, "UNAUTHENTICATED" | "TOKEN_REVOKED")
                && watch.token_is_worth_a_line(now) =>
        {
            "access.token_refused"
        }
        _ => return response,
    };
    watch.trail.note(asked.entry(action, refusal, now, &watch.ambient));
    response
}

/// What is kept of a request while it is answered.
struct Asked {
    route: String,
    /// It says whose thing it was about; the route does not. A path may be a secret itself.
    path: Option<String>,
    with_token: bool,
}

impl Asked {
    fn of(request: &Request) -> Self {
        let path = request.uri().path();
        let matched = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
        let telling = matched.filter(|route| route.contains("{id}") && !route.contains("{token}"));
        Self {
            route: format!("{} {}", request.method(), matched.unwrap_or("unmatched")),
            path: telling.map(|_| path.chars().take(200).collect()),
            with_token: request.headers().contains_key(AUTHORIZATION),
        }
    }

    fn entry(
        self,
        action: &'static str,
        refusal: &Refusal,
        at: Timestamp,
        ambient: &Ambient,
    ) -> AuditEntry {
        let actor: Actor = RequestContext::actor();
        AuditEntry {
            id: ambient.id(),
            at,
            actor,
            action: action.into(),
            user: actor.user(),
            target: Some(AuditTarget { kind: "route".into(), id: self.route }),
            outcome: AuditOutcome::Denied,
            reason: Some(refusal.code.into()),
            origin: RequestContext::current().origin(),
            details: with_path(&refusal.details, self.path),
        }
    }
}

fn with_path(details: &Value, path: Option<String>) -> Value {
    let mut all = details.as_object().cloned().unwrap_or_default();
    all.extend(path.map(|path| ("path".to_owned(), json!(path))));
    Value::Object(all)
}
