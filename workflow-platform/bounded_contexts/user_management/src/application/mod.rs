//! Use cases of the context, one a file, and the ports they need.

mod authenticate;
mod create_super_admin;
mod error;
mod events;
mod login;
mod logout;
mod module;
pub mod ports;
mod profile;
mod refresh;
mod register;
mod send_code;
mod signed_in;

pub use error::UserError;
pub use events::Caller;
pub use login::Login;
pub use module::{UserModule, UserPorts, UserSettings};
pub use profile::Profile;
pub use register::Registration;
pub use send_code::{CodeRequest, CodeSent};
pub use signed_in::SignedIn;
