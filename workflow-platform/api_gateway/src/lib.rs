//! The gateway: everything a request meets before and after its handler.
//!
//! **What it does.** It nests the contexts' routes under `/api/v1`, gives each request an id, the
//! client's address, a language and a log line, and sees to it that every answer of the API has
//! the one envelope: unknown routes, wrong methods, bodies too large, handlers that take too long
//! and panics included. It serves health, metrics, the OpenAPI document with its docs, and the
//! web UI.
//!
//! **Order of the layers**, outermost first: request context → log and metrics → security
//! headers → CORS → lists of addresses → limits → compression → body limit → time limit → panic guard → envelope guard →
//! handler. What an inner layer refuses still has an id, a log line and the headers.
//!
//! **Not here:** who somebody is (a port, [`shared_kernel::application::Authenticator`]) and what
//! the routes do (the contexts).

mod addresses;
mod assemble;
mod client;
mod cors;
mod docs;
mod examples;
mod fallback;
mod guard;
mod headers;
mod health;
mod keys;
mod limits;
mod metrics;
mod openapi;
mod request;
mod serve;
mod settings;
mod ui;

pub use addresses::AddressRules;
pub use assemble::{Gateway, assemble};
pub use health::{HealthPart, Readiness};
pub use limits::LimitSettings;
pub use openapi::document;
pub use serve::serve;
pub use settings::GatewaySettings;
