//! A second factor: an authenticator, and recovery codes for those who have lost it.

mod begin;
mod confirm;
mod disable;
mod prove;
mod recovery_codes;
mod status;

pub use begin::{Enrolment, totp_place};
pub use prove::SecondFactor;
pub use recovery_codes::RecoveryCodes;
pub use status::SecondFactors;
