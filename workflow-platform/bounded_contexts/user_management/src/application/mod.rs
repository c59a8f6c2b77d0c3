//! Use cases of the context, one a file, and the ports they need.

mod api_keys;
mod authenticate;
mod change_password;
mod check_code;
mod create_super_admin;
mod error;
mod events;
mod list_users;
mod login;
mod logout;
mod module;
mod new_password;
pub mod ports;
mod profile;
mod refresh;
mod register;
mod reset_password;
mod send_code;
mod sessions;
mod set_role;
mod set_status;
mod signed_in;
mod update_profile;

pub use api_keys::{KeyUses, KeyWish, NewApiKey};
pub use change_password::PasswordChange;
pub use error::UserError;
pub use events::Caller;
pub use login::Login;
pub use module::{UserModule, UserPorts, UserSettings};
pub use profile::Profile;
pub use register::Registration;
pub use reset_password::PasswordReset;
pub use send_code::{CodeRequest, CodeSent};
pub use signed_in::SignedIn;
pub use update_profile::ProfileChange;
