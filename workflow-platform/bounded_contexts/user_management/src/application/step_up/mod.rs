//! A fresh proof before a sensitive change: a session that somebody left open is not enough.

mod prove;
mod require_fresh;

pub use prove::FreshProof;
