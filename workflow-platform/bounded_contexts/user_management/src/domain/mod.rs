//! Users, sessions and codes as values and rules. Pure.

mod code;
mod email;
mod password;
mod session;
mod user;
mod username;

pub use code::{
    CODE_ATTEMPTS, CODE_INTERVAL, CODE_LIFE, CodeId, CodePurpose, UnknownPurpose, VerificationCode,
};
pub use email::{EmailAddress, EmailError};
pub use password::{PASSWORD_LENGTH, PasswordProblem, check_length, check_strength};
pub use session::{REFRESH_GRACE, Session, SessionId};
pub use user::{NotManageable, UnknownStatus, User, UserStatus};
pub use username::{Username, UsernameError};
