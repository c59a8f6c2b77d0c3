//! Users, sessions, keys and codes as values and rules. Pure.

mod api_key;
mod api_key_text;
mod code;
mod device;
mod email;
mod events;
mod password;
mod recovery_code;
mod saved_view;
mod session;
mod totp;
mod user;
mod username;

pub use api_key::{
    ApiKey, ApiKeyId, ApiKeyMark, KeyName, KeyNameError, KeyUse, LONGEST_KEY_LIFE, MOST_API_KEYS,
    end_of_key,
};
pub use api_key_text::{KEY_PREFIX, KeyText, public_part};
pub use code::{
    CODE_ATTEMPTS, CODE_INTERVAL, CODE_LIFE, CodeId, CodePace, CodePurpose, VerificationCode,
};
pub use device::device_of;
pub use email::{EmailAddress, EmailError};
pub use events::EVENTS;
pub use password::{PASSWORD_LENGTH, PasswordProblem, check_length, check_strength};
pub use recovery_code::{RECOVERY_CODES, RecoveryCode};
pub use saved_view::{MOST_SAVED_VIEWS, SavedView, ViewName, ViewSearch, ViewTextError};
pub use session::{
    FRESH_AFTER_LOGIN, FRESH_AFTER_PROOF, REFRESH_GRACE, Session, SessionId, SessionMark,
};
pub use totp::TotpSecret;
pub use user::{NotManageable, UnknownStatus, User, UserStatus};
pub use username::{Username, UsernameError};
