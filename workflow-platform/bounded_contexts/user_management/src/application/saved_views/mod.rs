//! Filters that people come back to, wherever they sign in.

mod forget;
mod keep;
mod list;
