//! The gateway: everything a request meets before and after its handler.
//!
//! **What it does.** It nests the contexts' routes under `/api/v1`, gives each request an id, the
//! client's address, a language and a log line, and sees to it that every answer of the API has
//! the one envelope: unknown routes, wrong methods, bodies too large, handlers that take too long
//! and panics included. It serves health, metrics, the OpenAPI document with its docs, and the
//! web UI.
//!
//! **Order of the layers**, outermost first: request context → log and metrics → audit of refusals →
//! security headers → CORS → lists of addresses → limits → compression → length of the head → body
//! limit → time limits → panic guard → envelope guard → query check → idempotency → handler. What
//! an inner layer refuses still has an id, a log line and the headers.
//!
//! **The document is the contract.** Which query parameters an operation knows and whether it is
//! done once under an `Idempotency-Key` is read from the OpenAPI document (`contract.rs`), so that
//! no operation can be forgotten.
//!
//! **Not here:** who somebody is (a port, [`shared_kernel::application::Authenticator`]) and what
//! the routes do (the contexts).

mod addresses;
mod answered;
mod assemble;
mod audit;
mod bounds;
mod client;
mod contract;
mod cors;
mod docs;
mod door;
mod examples;
mod fallback;
mod guard;
mod head;
mod headers;
mod health;
mod idempotency;
mod keys;
mod limits;
mod metrics;
mod openapi;
mod operation;
mod query;
mod request;
mod serve;
mod settings;
mod trace;
mod ui;
mod upload;

pub use addresses::AddressRules;
pub use assemble::{Gateway, assemble, assemble_metrics};
pub use health::{HealthPart, Readiness};
pub use limits::LimitSettings;
pub use metrics::{install as record_metrics, keep_small as keep_metrics_small};
pub use openapi::document;
pub use serve::{ServeTimes, serve};
pub use settings::GatewaySettings;
