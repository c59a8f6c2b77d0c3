//! What the API document says of each operation, where the layers can look it up. Whatever a
//! context adds is covered without being named anywhere again.

use std::collections::{BTreeSet, HashMap};

use axum::{
    extract::{MatchedPath, Request},
    http::Method,
};
use shared_kernel::api::IDEMPOTENCY_KEY;
use utoipa::openapi::{
    OpenApi, PathItem, RefOr,
    path::{Operation, Parameter, ParameterIn},
};

/// On an operation whose query belongs to its caller: any parameter is allowed.
const ANY_QUERY: &str = "x-any-query";

/// On an operation whose body is streamed, and bounded where it is read.
const LARGE_BODY: &str = "x-large-body";

/// What the gateway holds callers of an operation to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Terms {
    /// Names of query parameters; none when all are allowed.
    pub query: Option<BTreeSet<String>>,
    /// Done once under an `Idempotency-Key`.
    pub keyed: bool,
    /// A token is wanted.
    pub closed: bool,
    /// The handler bounds the body itself.
    pub large_body: bool,
}

/// Terms by path pattern and method.
#[derive(Debug, Clone, Default)]
pub(crate) struct Contract(HashMap<String, Vec<(Method, Terms)>>);

impl Contract {
    pub fn of(document: &OpenApi) -> Self {
        let paths = document.paths.paths.iter();
        Self(paths.map(|(path, item)| (path.clone(), terms_of(item))).collect())
    }

    /// None for what is not in the document. HEAD is a GET whose answer is cut.
    pub fn terms(&self, request: &Request) -> Option<&Terms> {
        let path = request.extensions().get::<MatchedPath>()?;
        let method = match *request.method() {
            Method::HEAD => &Method::GET,
            ref method => method,
        };
        let known = self.0.get(path.as_str())?;
        known.iter().find(|(one, _)| one == method).map(|(_, terms)| terms)
    }
}

fn terms_of(item: &PathItem) -> Vec<(Method, Terms)> {
    let operations = [
        (Method::GET, &item.get),
        (Method::POST, &item.post),
        (Method::PUT, &item.put),
        (Method::PATCH, &item.patch),
        (Method::DELETE, &item.delete),
    ];
    let known = operations.into_iter().filter_map(|(method, operation)| {
        let operation = operation.as_ref()?;
        let (keyed, closed) = (is_keyed(&method, operation), is_closed(operation));
        let large_body = is_marked(operation, LARGE_BODY);
        Some((method, Terms { query: query_of(operation), keyed, closed, large_body }))
    });
    known.collect()
}

fn is_marked(operation: &Operation, mark: &str) -> bool {
    operation.extensions.as_ref().is_some_and(|extensions| extensions.contains_key(mark))
}

fn query_of(operation: &Operation) -> Option<BTreeSet<String>> {
    if is_marked(operation, ANY_QUERY) {
        return None;
    }
    Some(parameters(operation, &ParameterIn::Query).map(|one| one.name.clone()).collect())
}

/// Every POST of somebody signed in, but those that say the header is theirs.
pub(crate) fn is_keyed(method: &Method, operation: &Operation) -> bool {
    let own = parameters(operation, &ParameterIn::Header)
        .any(|one| one.name.eq_ignore_ascii_case(IDEMPOTENCY_KEY));
    method == Method::POST && is_closed(operation) && !own
}

fn is_closed(operation: &Operation) -> bool {
    operation.security.as_ref().is_some_and(|schemes| !schemes.is_empty())
}

fn parameters<'a>(
    operation: &'a Operation,
    place: &'a ParameterIn,
) -> impl Iterator<Item = &'a Parameter> {
    let all = operation.parameters.iter().flatten();
    all.filter_map(move |one| match one {
        RefOr::T(parameter) if parameter.parameter_in == *place => Some(parameter),
        _ => None,
    })
}
