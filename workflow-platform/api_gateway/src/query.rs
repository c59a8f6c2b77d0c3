//! A misspelt filter must not look like an answer: parameters that the document does not name are
//! refused, whether the handler reads its query or not.

use std::collections::BTreeMap;

use axum::extract::Request;
use shared_kernel::api::BadRequest;

use crate::contract::Contract;

/// Characters of an unknown name that are said again.
const NAME_LENGTH: usize = 100;

/// 422 that names every unknown parameter.
pub(crate) fn unknown(contract: &Contract, request: &Request) -> Option<BadRequest> {
    let query = request.uri().query().filter(|query| !query.is_empty())?;
    let known = contract.terms(request)?.query.as_ref()?;
    let names = url::form_urlencoded::parse(query.as_bytes()).map(|(name, _)| name);
    let faults: BTreeMap<String, Vec<String>> = names
        .filter(|name| !known.contains(name.as_ref()))
        .map(|name| {
            let name = name.chars().take(NAME_LENGTH).collect();
            (name, vec!["is not a parameter of this operation".to_owned()])
        })
        .collect();
    (!faults.is_empty()).then_some(BadRequest::Fields(faults))
}
