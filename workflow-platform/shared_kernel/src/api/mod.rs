//! The HTTP toolbox of all contexts: handlers parse with the strict extractors, call a use case,
//! and render a [`Reply`] or a [`Failure`].

mod admission;
mod envelope;
mod extract;
mod failure;
mod idempotency;
mod paging;
mod principal;
mod strict_json;

pub use crate::application::{RequestContext, RequestId};
pub use admission::{Admission, AdmissionState};
pub use envelope::{Empty, Envelope, ErrorEnvelope, Reply};
pub use extract::{ApiJson, ApiPath, ApiQuery, BadRequest, Checked, FieldErrors, read_body};
pub use failure::{Failure, Refusal, status_of};
pub use idempotency::{IDEMPOTENCY_KEY, idempotency_key};
pub use paging::PageQuery;
pub use principal::{AuthLayerState, Authenticated, OptionalPrincipal};
