//! Keys by which programs act for a user: made, shown once, named, used, revoked.

mod authenticate;
mod create;
mod list;
mod rename;
mod revoke;
mod uses;

pub use create::{KeyWish, NewApiKey};
pub use uses::KeyUses;
