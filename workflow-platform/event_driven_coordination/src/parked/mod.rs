//! Events that nobody could handle, mails that were refused for good among them: looked at, tried
//! again or let go by an administrator.

mod api;
mod events;
mod types;

pub use api::routes;
pub use events::{ParkedEvent, ParkedEvents, ParkedFilter};
pub use types::EVENTS;
