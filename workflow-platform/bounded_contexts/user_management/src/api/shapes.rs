//! Bodies and answers.

use garde::Validate;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use shared_kernel::{
    api::BadRequest,
    domain::{Locale, Permission, Permissions, Role, Timestamp},
};
use uuid::Uuid;

use crate::{
    application::{
        Login, Oneself, PasswordChange, PasswordReset, ProfileChange, Registration, SecondFactor,
        SecondFactors, SignedIn,
    },
    domain::User,
};

/// An account to be made.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct RegisterBody {
    /// 3 to 32 letters, digits, `.`, `_` or `-`, beginning with a letter.
    #[schema(example = "ann", min_length = 3, max_length = 32)]
    pub username: String,
    #[schema(example = "ann@example.com")]
    pub email: String,
    /// 8 to 128 characters, not easy to guess.
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 128)]
    pub password: SecretString,
    /// Six digits from the mail.
    #[schema(example = "012345")]
    pub code: String,
}

impl From<RegisterBody> for Registration {
    fn from(RegisterBody { username, email, password, code }: RegisterBody) -> Self {
        Self { username, email, password, code }
    }
}

/// Who wants in.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct LoginBody {
    /// User name or e-mail address.
    #[garde(length(min = 1, max = 254))]
    #[schema(example = "ann", max_length = 254)]
    pub identifier: String,
    #[schema(value_type = String, format = Password)]
    pub password: SecretString,
    /// Six digits that your authenticator shows, when one is enrolled.
    #[schema(value_type = Option<String>, example = "012345")]
    pub totp: Option<SecretString>,
    /// Instead of `totp`.
    #[schema(value_type = Option<String>)]
    pub recovery_code: Option<SecretString>,
}

impl TryFrom<LoginBody> for Login {
    type Error = BadRequest;

    fn try_from(body: LoginBody) -> Result<Self, BadRequest> {
        let LoginBody { identifier, password, totp, recovery_code } = body;
        let second_factor = match (totp, recovery_code) {
            (Some(_), Some(_)) => {
                return Err(BadRequest::field("recovery_code", "must be absent beside totp"));
            }
            (totp, code) => totp.map(SecondFactor::Totp).or(code.map(SecondFactor::Recovery)),
        };
        Ok(Self { identifier, password, second_factor })
    }
}

/// A refresh token.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct RefreshBody {
    #[schema(value_type = String)]
    pub refresh_token: SecretString,
}

/// A new password for somebody who has forgotten theirs.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct ResetPasswordBody {
    #[schema(example = "ann@example.com")]
    pub email: String,
    /// Six digits from the mail.
    #[schema(example = "012345")]
    pub code: String,
    /// 8 to 128 characters, not easy to guess.
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 128)]
    pub new_password: SecretString,
}

impl From<ResetPasswordBody> for PasswordReset {
    fn from(ResetPasswordBody { email, code, new_password }: ResetPasswordBody) -> Self {
        Self { email, code, new_password }
    }
}

/// The old password and a new one.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct ChangePasswordBody {
    #[schema(value_type = String, format = Password)]
    pub current_password: SecretString,
    /// 8 to 128 characters, not easy to guess.
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 128)]
    pub new_password: SecretString,
}

impl From<ChangePasswordBody> for PasswordChange {
    fn from(ChangePasswordBody { current_password, new_password }: ChangePasswordBody) -> Self {
        Self { current_password, new_password }
    }
}

/// What may be changed about oneself.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct ProfileBody {
    /// 3 to 32 letters, digits, `.`, `_` or `-`, beginning with a letter.
    #[schema(example = "ann", min_length = 3, max_length = 32)]
    pub username: Option<String>,
    /// Language of mails, and of messages when a request asks for none.
    pub locale: Option<Locale>,
}

impl From<ProfileBody> for ProfileChange {
    fn from(ProfileBody { username, locale }: ProfileBody) -> Self {
        Self { username, locale }
    }
}

/// Somebody with an account.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct UserView {
    pub id: Uuid,
    pub username: String,
    pub email: String,
    pub role: Role,
    pub locale: Locale,
    pub created_at: Timestamp,
}

impl From<User> for UserView {
    fn from(user: User) -> Self {
        Self {
            id: user.id.uuid(),
            username: user.username.to_string(),
            email: user.email.to_string(),
            role: user.role,
            locale: user.locale,
            created_at: user.created_at,
        }
    }
}

/// Somebody themselves, with what they may do.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OneselfView {
    #[serde(flatten)]
    pub user: UserView,
    /// What the role grants and, for a key, its scopes cover.
    pub permissions: Vec<Permission>,
}

impl OneselfView {
    pub fn new(user: User, permissions: Permissions) -> Self {
        Self { user: user.into(), permissions: permissions.into() }
    }
}

/// Oneself, and how the account is guarded.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct MeView {
    #[serde(flatten)]
    pub oneself: OneselfView,
    /// Signing in asks for an authenticator's code.
    pub totp_enabled: bool,
    /// 0 to 10.
    #[schema(example = 10)]
    pub recovery_codes_left: u64,
    /// When the account will be deleted, if it is to be.
    pub delete_at: Option<Timestamp>,
}

impl MeView {
    pub fn new(found: &Oneself, permissions: Permissions) -> Self {
        let SecondFactors { totp_enabled, recovery_codes_left } = found.factors;
        let oneself = OneselfView::new(found.user.clone(), permissions);
        Self { oneself, totp_enabled, recovery_codes_left, delete_at: found.delete_at }
    }
}

/// The new account.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RegisteredView {
    pub user: UserView,
}

/// Fresh tokens.
#[derive(Serialize, utoipa::ToSchema)]
pub struct SignedInView {
    pub access_token: String,
    pub refresh_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    pub token_type: &'static str,
    /// Life of the access token in seconds.
    #[schema(example = 1800)]
    pub expires_in: u64,
    pub user: OneselfView,
}

impl From<SignedIn> for SignedInView {
    fn from(signed: SignedIn) -> Self {
        let permissions = signed.user.role.permissions();
        Self {
            access_token: signed.access_token.expose_secret().to_owned(),
            refresh_token: signed.refresh_token.expose_secret().to_owned(),
            token_type: "Bearer",
            expires_in: signed.expires_in,
            user: OneselfView::new(signed.user, permissions),
        }
    }
}
