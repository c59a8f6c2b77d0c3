//! Adapters: tables and the stores on them, password hashing, signing.

mod accounts;
mod api_key_table;
mod api_keys;
mod audit;
mod codes;
mod common;
mod everybody;
mod keys;
mod leaving;
mod leaving_columns;
mod migrations;
mod passwords;
mod personal;
mod readings;
mod revocations;
mod rows;
mod saved_view_table;
mod saved_views;
mod sealed;
mod second_factor_tables;
mod second_factors;
mod session_address;
mod session_agent;
mod sessions;
mod state_cache;
mod tokens;
mod user_indexes;

pub use accounts::SqlAccounts;
pub use keys::KeyError;
pub use migrations::migrations;
pub use passwords::Argon2Passwords;
pub use personal::personal_data;
pub use readings::readings;
pub use sealed::sealed_columns;
pub use state_cache::{API_KEYS, BELIEVED, BusCache, PEOPLE, SESSIONS};
pub use tokens::JwtTokens;
