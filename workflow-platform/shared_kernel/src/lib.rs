//! What every bounded context shares, and nothing else.
//!
//! * [`domain`]: ids, time, money, pages, permissions, error kinds, domain events. Pure.
//! * [`application`]: ports that cross contexts (actions, fetcher, proxies, cache, bus, blobs,
//!   mail, authentication, entitlements, event handlers).
//! * [`infrastructure`]: the adapters everybody needs (database and unit of work, Redis, blob
//!   folder, sealing of secrets, telemetry).
//! * [`api`]: the HTTP toolbox: the envelope, failures and their status, strict extractors.
//!   It lives here, not in the gateway, because contexts write handlers and may not import the
//!   gateway.
//!
//! Not here: anything that one context alone needs.

pub mod api;
pub mod application;
pub mod domain;
pub mod infrastructure;
