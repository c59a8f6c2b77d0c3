//! Handlers that take a [`Principal`] are closed to strangers.

use std::{fmt, sync::Arc};

use axum::{
    extract::FromRequestParts,
    http::{header::AUTHORIZATION, request::Parts},
};
use tracing::Span;

use super::{AdmissionState, Failure, RequestContext};
use crate::application::{AuthenticationError, Authenticator, Principal};

/// Put into every request's extensions by the gateway.
#[derive(Clone)]
pub struct AuthLayerState(pub Arc<dyn Authenticator>);

impl fmt::Debug for AuthLayerState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuthLayerState")
    }
}

/// Somebody whom a layer around the handler has let in already.
#[derive(Debug, Clone)]
pub struct Authenticated(pub Principal);

async fn authenticate(parts: &Parts) -> Result<Principal, AuthenticationError> {
    let header = parts.headers.get(AUTHORIZATION).ok_or(AuthenticationError::Missing)?;
    let header = header.to_str().map_err(|_| AuthenticationError::Invalid)?;
    let (scheme, token) = header.split_once(' ').ok_or(AuthenticationError::Invalid)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(AuthenticationError::Invalid);
    }
    let state = parts.extensions.get::<AuthLayerState>().ok_or(AuthenticationError::Missing)?;
    let principal = state.0.authenticate(token.trim()).await?;
    RequestContext::prefer(principal.locale);
    RequestContext::signed_in(principal.actor());
    Ok(principal)
}

/// Let in, and counted, before.
fn let_in_before(parts: &Parts) -> Option<Principal> {
    let Authenticated(principal) = parts.extensions.get()?;
    RequestContext::prefer(principal.locale);
    Some(principal.clone())
}

/// Counts the request, also that of somebody whose token is not good.
async fn admit(
    parts: &Parts,
    who: Result<&Principal, &AuthenticationError>,
) -> Result<(), Failure> {
    match parts.extensions.get::<AdmissionState>() {
        Some(state) => state.0.admit(who.ok().map(|principal| principal.user)).await,
        None => Ok(()),
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Principal {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        if let Some(principal) = let_in_before(parts) {
            return Ok(principal);
        }
        let who = authenticate(parts).await;
        admit(parts, who.as_ref()).await?;
        let principal = who?;
        Span::current().record("user_id", tracing::field::display(principal.user));
        Ok(principal)
    }
}

/// For routes that serve strangers too: no header is fine, a wrong one is not.
#[derive(Debug)]
pub struct OptionalPrincipal(pub Option<Principal>);

impl<S: Send + Sync> FromRequestParts<S> for OptionalPrincipal {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        if let Some(principal) = let_in_before(parts) {
            return Ok(Self(Some(principal)));
        }
        let who = authenticate(parts).await;
        admit(parts, who.as_ref()).await?;
        match who {
            Ok(principal) => Ok(Self(Some(principal))),
            Err(AuthenticationError::Missing) => Ok(Self(None)),
            Err(error) => Err(error.into()),
        }
    }
}
