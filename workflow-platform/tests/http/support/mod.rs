//! A whole platform per test, and people who use it.

mod app;
mod binary;
mod collector;
mod document;
mod logs;
mod mail;
mod person;
mod reply;
mod site;

pub use app::{TestApp, still_config};
pub use binary::Binary;
pub use collector::{Collector, SeenSpan};
pub use document::Operation;
pub use mail::code_for;
pub use person::{PASSWORD, Person};
pub use reply::Reply;
pub use site::Site;

/// All tests call from one address, and may share a Redis.
const MANY: [(&str, &str); 4] = [
    // A test has what it made itself, and nothing that comes meanwhile.
    ("WELCOME_NEW_USERS", "false"),
    ("RATE_LIMIT_PER_IP", "1000000"),
    ("RATE_LIMIT_PER_USER", "1000000"),
    ("RATE_LIMIT_SENSITIVE", "1000000"),
];

/// Waits for something that happens soon; panics with `what` when it does not.
pub async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    for _ in 0..600 {
        if let Some(found) = look().await {
            return found;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("{what} did not happen within 30 s");
}
