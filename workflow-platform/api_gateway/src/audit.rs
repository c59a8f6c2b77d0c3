//! Refusals, noted in one place whoever refused.

use std::sync::Arc;

use axum::{
    extract::{MatchedPath, Request},
    http::{Method, Uri, header::AUTHORIZATION},
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

    /// Every denial, and tokens that are forged or were revoked. An expired one is everyday life.
    pub(crate) fn hear(&self, asked: &Asked, response: &Response) {
        let Some(refusal) = response.extensions().get::<Refusal>() else { return };
        let now = self.ambient.now();
        let action = match refusal.kind {
            ErrorKind::Denied => "access.denied",
            ErrorKind::Unauthenticated
                if asked.with_token
                    && matches!(refusal.code, "UNAUTHENTICATED" | "TOKEN_REVOKED")
                    && self.token_is_worth_a_line(now) =>
            {
                "access.token_refused"
            }
            _ => return,
        };
        self.trail.note(asked.entry(action, refusal, now, &self.ambient));
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

/// What is kept of a request while it is answered.
pub(crate) struct Asked {
    method: Method,
    matched: Option<MatchedPath>,
    uri: Uri,
    with_token: bool,
}

impl Asked {
    pub fn of(request: &Request) -> Self {
        Self {
            method: request.method().clone(),
            matched: request.extensions().get().cloned(),
            uri: request.uri().clone(),
            with_token: request.headers().contains_key(AUTHORIZATION),
        }
    }

    fn route(&self) -> String {
        let matched = self.matched.as_ref().map_or("unmatched", MatchedPath::as_str);
        format!("{} {matched}", self.method)
    }

    /// It says whose thing it was about; the route does not. A path may be a secret itself.
    fn path(&self) -> Option<String> {
        let route = self.matched.as_ref()?.as_str();
        let is_telling = route.contains("{id}") && !route.contains("{token}");
        is_telling.then(|| self.uri.path().chars().take(200).collect())
    }

    fn entry(
        &self,
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
            target: Some(AuditTarget { kind: "route".into(), id: self.route() }),
            outcome: AuditOutcome::Denied,
            reason: Some(refusal.code.into()),
            origin: RequestContext::current().origin(),
            details: with_path(&refusal.details, self.path()),
        }
    }
}

fn with_path(details: &Value, path: Option<String>) -> Value {
    let mut all = details.as_object().cloned().unwrap_or_default();
    all.extend(path.map(|path| ("path".to_owned(), json!(path))));
    Value::Object(all)
}
