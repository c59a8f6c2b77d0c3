//! Adapters: tables and the stores on them, password hashing, signing.

mod accounts;
mod codes;
mod everybody;
mod migrations;
mod passwords;
mod revocations;
mod rows;
mod session_address;
mod session_agent;
mod session_cache;
mod sessions;
mod tokens;

pub use accounts::SqlAccounts;
pub use migrations::migrations;
pub use passwords::Argon2Passwords;
pub use session_cache::{BELIEVED, BusSessionCache};
pub use tokens::JwtTokens;
