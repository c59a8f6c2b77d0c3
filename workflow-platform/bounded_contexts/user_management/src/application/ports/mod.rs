//! What the use cases need from outside.

mod accounts;
mod api_keys;
mod audit;
mod codes;
mod leaving;
mod oversight;
mod passwords;
mod saved_views;
mod second_factors;
mod sessions;
mod state_cache;
mod tokens;

pub use accounts::{AccountStore, Claimed, Credentials, Standing, UserFilter};
pub use api_keys::{ApiKeyStore, KeyCache, KeyState};
pub use audit::{AuditFilter, AuditLine, AuditStore, Named};
pub use codes::{CodeScope, CodeStore, NewCode, OpenCode};
pub use leaving::{Anonymous, LeavingStore};
pub use oversight::{ListedUser, OversightStore, UserCounts, UserSort};
pub use passwords::{HashingError, Passwords};
pub use saved_views::SavedViewStore;
pub use second_factors::{SecondFactorStore, StoredTotp};
pub use sessions::{
    Ending, NewSession, OpenSession, OpenState, PastLogin, Proved, Rehashed, Rotation,
    RotationTime, SessionCache, SessionState, SessionStore, TokenHash,
};
pub use state_cache::{Heard, PeopleCache, StateCache};
pub use tokens::{Claims, SigningError, Tokens};

/// The store failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("user name is taken")]
    UsernameTaken,
    #[error("e-mail address is taken")]
    EmailTaken,
    #[error("database failed")]
    Database(#[from] sea_orm::DbErr),
    #[error("row cannot be understood: {0}")]
    BadRow(String),
}
