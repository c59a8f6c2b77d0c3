//! The layer that counts.

use std::{collections::HashSet, sync::Arc};

use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use shared_kernel::api::{Admission as _, AdmissionState};
use utoipa::openapi::{OpenApi, path::Operation};

use super::{Limits, gate::Gate, table};
use crate::{client::Origin, openapi::PREFIX};

/// What is counted: the API and its document. Health, metrics and pages are not.
const COUNTED: &str = "/api/";

/// The operations that want a token: their extractors ask for admission.
#[derive(Debug, Default)]
pub struct Secured(HashSet<(&'static str, String)>);

impl Secured {
    pub fn of(document: &OpenApi) -> Self {
        let wants_token = |operation: &Operation| {
            operation.security.as_ref().is_some_and(|wanted| !wanted.is_empty())
        };
        let mut found = HashSet::new();
        for (path, item) in &document.paths.paths {
            let operations = [
                ("GET", &item.get),
                ("POST", &item.post),
                ("PUT", &item.put),
                ("PATCH", &item.patch),
                ("DELETE", &item.delete),
            ];
            for (method, operation) in operations {
                if operation.as_ref().is_some_and(wants_token) {
                    found.insert((method, path.clone()));
                }
            }
        }
        Self(found)
    }

    fn has(&self, method: &str, pattern: &str) -> bool {
        let method = if method == "HEAD" { "GET" } else { method };
        let known =
            ["GET", "POST", "PUT", "PATCH", "DELETE"].into_iter().find(|one| *one == method);
        known.is_some_and(|method| self.0.contains(&(method, pattern.to_owned())))
    }
}

/// Counts the request, before its handler runs or when its token was checked.
pub async fn limit(
    State((limits, secured)): State<(Arc<Limits>, Arc<Secured>)>,
    mut request: Request,
    next: Next,
) -> Response {
    if !request.uri().path().starts_with(COUNTED) {
        return next.run(request).await;
    }
    let gate = Arc::new(gate_of(&limits, &request));
    if !waits_for_token(&secured, &request)
        && let Err(refusal) = gate.admit(None).await
    {
        return described(&gate, refusal.into_response());
    }
    request.extensions_mut().insert(AdmissionState(Arc::clone(&gate) as _));
    let mut response = next.run(request).await;
    // Something before the token was wrong: that counts too, and the handler did not run.
    if gate.is_due()
        && let Err(refusal) = gate.admit(None).await
    {
        response = refusal.into_response();
    }
    described(&gate, response)
}

fn described(gate: &Gate, mut response: Response) -> Response {
    gate.describe(&mut response);
    response
}

fn pattern(request: &Request) -> Option<&str> {
    request.extensions().get::<MatchedPath>().map(MatchedPath::as_str)
}

fn waits_for_token(secured: &Secured, request: &Request) -> bool {
    pattern(request).is_some_and(|pattern| secured.has(request.method().as_str(), pattern))
}

fn gate_of(limits: &Arc<Limits>, request: &Request) -> Gate {
    let client = request.extensions().get::<Origin>().and_then(|origin| origin.client);
    let below = pattern(request).and_then(|pattern| pattern.strip_prefix(PREFIX));
    let own =
        below.and_then(|below| table::of(limits.settings, below, request.uri().path(), client));
    let sensitive = own.is_some();
    let due = own.into_iter().chain([limits.by_address(client)]).collect();
    Gate::new(Arc::clone(limits), due, sensitive)
}
