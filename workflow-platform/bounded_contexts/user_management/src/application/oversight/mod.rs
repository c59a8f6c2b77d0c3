//! Looking after everybody's accounts.

mod delete_user;
mod list_users;
mod set_role;
mod set_status;
mod show_user;
mod user_sessions;

pub use show_user::UserDetail;
