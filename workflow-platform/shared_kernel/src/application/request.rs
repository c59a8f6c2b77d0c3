//! What belongs to the request being answered: use cases put its id into events, and answers are
//! in its language.

use std::{fmt, future::Future, net::IpAddr, sync::OnceLock};

use crate::domain::{Actor, Locale, Timestamp};

/// `req_` and a `UUIDv7`, or the caller's own when well-formed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(String);

impl RequestId {
    /// Takes a caller's id: 1 to 128 of `A-Z a-z 0-9 . _ -`.
    pub fn accept(text: &str) -> Option<Self> {
        let fits = (1..=128).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
        fits.then(|| Self(text.to_owned()))
    }

    pub fn fresh(id: uuid::Uuid) -> Self {
        Self(format!("req_{}", id.simple()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Set by the gateway around every request; replies and failures read it.
#[derive(Debug, Clone)]
pub struct RequestContext {
    pub request_id: RequestId,
    /// What the caller asked for, or the configured default.
    pub locale: Locale,
    /// Whether the caller asked; if not, the signed-in user's own language is taken.
    pub locale_asked: bool,
    pub received_at: Timestamp,
    /// What the caller's program calls itself, cut to 200 characters.
    pub user_agent: Option<String>,
    /// Where the caller is, as far as trusted proxies tell; unknown without a connection.
    pub client: Option<IpAddr>,
}

/// The request, and what is known of the user once they have signed in.
struct Scope {
    request: RequestContext,
    users: OnceLock<Locale>,
    actor: OnceLock<Actor>,
}

tokio::task_local! {
    static CURRENT: Scope;
}

impl RequestContext {
    /// Runs `future` as part of this request.
    pub async fn scope<F: Future>(self, future: F) -> F::Output {
        CURRENT
            .scope(Scope { request: self, users: OnceLock::new(), actor: OnceLock::new() }, future)
            .await
    }

    /// The request being answered; outside of one, an anonymous context at the epoch.
    pub fn current() -> Self {
        let found = CURRENT.try_with(|scope| {
            let mut request = scope.request.clone();
            if let Some(locale) = scope.users.get().filter(|_| !request.locale_asked) {
                request.locale = *locale;
            }
            request
        });
        found.unwrap_or_else(|_| Self {
            request_id: RequestId("req_none".to_owned()),
            locale: Locale::default(),
            locale_asked: false,
            received_at: Timestamp::default(),
            user_agent: None,
            client: None,
        })
    }

    /// Who asks, as far as that is known by now. Outside of a request it is the platform itself.
    pub fn actor() -> Actor {
        let found = CURRENT.try_with(|scope| scope.actor.get().copied());
        found.map_or(Actor::System, |known| known.unwrap_or(Actor::Anonymous))
    }

    /// The request is that of `actor`.
    pub(crate) fn signed_in(actor: Actor) {
        let _ = CURRENT.try_with(|scope| scope.actor.set(actor));
    }

    /// The signed-in user's language, for callers who did not ask for one.
    pub(crate) fn prefer(locale: Locale) {
        let _ = CURRENT.try_with(|scope| scope.users.set(locale));
    }
}
