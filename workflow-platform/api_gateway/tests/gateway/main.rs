//! Whatever happens to a request, the answer has the envelope, an id and the headers.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod answers;
mod audit;
mod bounds;
mod once;
mod support;
