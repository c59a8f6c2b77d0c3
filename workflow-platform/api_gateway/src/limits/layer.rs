//! The layer that counts.

use std::sync::Arc;

use axum::{
    extract::{MatchedPath, Request},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use shared_kernel::api::{Admission as _, AdmissionState};

use super::{Limits, gate::Gate, table};
use crate::{client::ClientOrigin, contract::Contract, openapi::PREFIX};

/// What is counted: the API and its document. Health, metrics and pages are not.
const COUNTED: &str = "/api/";

impl Limits {
    /// Counts the request, before its handler runs or when its token was checked.
    pub(crate) async fn count(
        self: &Arc<Self>,
        contract: &Contract,
        mut request: Request,
        next: Next,
    ) -> Response {
        if !request.uri().path().starts_with(COUNTED) {
            return next.run(request).await;
        }
        let gate = Arc::new(gate_of(self, &request));
        // Where a token is wanted, the extractor that checks it asks for admission.
        let closed = contract.terms(&request).is_some_and(|terms| terms.closed);
        if !closed && let Err(refusal) = gate.admit(None).await {
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
}

fn described(gate: &Gate, mut response: Response) -> Response {
    gate.describe(&mut response);
    response
}

fn pattern(request: &Request) -> Option<&str> {
    request.extensions().get::<MatchedPath>().map(MatchedPath::as_str)
}

fn gate_of(limits: &Arc<Limits>, request: &Request) -> Gate {
    let client = request.extensions().get::<ClientOrigin>().and_then(|origin| origin.client);
    let below = pattern(request).and_then(|pattern| pattern.strip_prefix(PREFIX));
    let own =
        below.and_then(|below| table::of(limits.settings, below, request.uri().path(), client));
    let sensitive = own.is_some();
    let due = own.into_iter().chain([limits.by_address(client)]).collect();
    Gate::new(Arc::clone(limits), due, sensitive)
}
