//! Why a use case of accounts did not do what was asked.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use shared_kernel::{
    application::{AuthenticationError, BusError, RateLimiterError},
    domain::{ErrorKind, Fault, Text},
    infrastructure::seal::SealError,
};

use super::ports::{HashingError, SigningError, StoreError};
use crate::domain::NotManageable;

#[derive(Debug, thiserror::Error)]
pub enum UserError {
    #[error(transparent)]
    Authentication(#[from] AuthenticationError),
    /// Messages by field.
    #[error("request does not fit: {0:?}")]
    Invalid(BTreeMap<&'static str, Vec<String>>),
    #[error("the address got a code a moment ago")]
    CodeTooSoon { retry_after: u64 },
    /// Wrong before, too often.
    #[error("too many attempts")]
    TooManyAttempts { retry_after: u64 },
    #[error("attempts cannot be counted")]
    Limiter(#[from] RateLimiterError),
    /// Wrong, over, used, tried too often, or never sent.
    #[error("verification code is not valid")]
    CodeInvalid,
    #[error("user name is taken")]
    UsernameTaken,
    #[error("e-mail address is taken")]
    EmailTaken,
    /// Wrong password or no such account: nobody is told which.
    #[error("user name or password is wrong")]
    WrongCredentials,
    /// Of somebody who is signed in.
    #[error("current password is wrong")]
    WrongPassword,
    /// The password was right, and an authenticator is enrolled.
    #[error("a second factor is needed")]
    TotpRequired,
    #[error("the second factor is wrong or used up")]
    TotpInvalid,
    /// Of somebody who is signed in; names the field.
    #[error("proof in {0} is wrong or used up")]
    ProofInvalid(&'static str),
    #[error("the change needs a fresh proof")]
    StepUpRequired { methods: &'static [&'static str] },
    #[error("an authenticator is enrolled already")]
    TotpEnabled,
    #[error("no authenticator is enrolled")]
    TotpNotEnabled,
    #[error("account is marked for deletion")]
    Deleting,
    #[error("account is not marked for deletion")]
    NotDeleting,
    #[error("authenticator cannot be described")]
    Totp(#[from] totp_rs::TotpError),
    #[error("the user has no such open session")]
    NoSuchSession,
    #[error("the user has no such API key")]
    NoSuchApiKey,
    #[error("the user has as many API keys as are allowed")]
    TooManyApiKeys,
    #[error("the user has no such saved view")]
    NoSuchSavedView,
    #[error("the user has as many saved views as are allowed")]
    TooManySavedViews,
    #[error("there is no such user")]
    NoSuchUser,
    #[error(transparent)]
    NotManageable(#[from] NotManageable),
    #[error("nobody else is an active super_admin")]
    LastSuperAdmin,
    #[error("account is suspended")]
    Suspended,
    #[error("refresh token is not valid")]
    BadRefreshToken,
    #[error("accounts cannot be read or written")]
    Store(#[source] StoreError),
    #[error("database failed")]
    Database(#[from] sea_orm::DbErr),
    #[error(transparent)]
    Hashing(#[from] HashingError),
    #[error(transparent)]
    Signing(#[from] SigningError),
    #[error("code could not be sealed")]
    Seal(#[from] SealError),
    #[error("the end of the session could not be told to the other processes")]
    Untold(#[from] BusError),
}

impl UserError {
    /// One field at fault.
    pub(super) fn field(name: &'static str, error: &impl ToString) -> Self {
        Self::Invalid(BTreeMap::from([(name, vec![error.to_string()])]))
    }
}

impl From<StoreError> for UserError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::UsernameTaken => Self::UsernameTaken,
            StoreError::EmailTaken => Self::EmailTaken,
            error => Self::Store(error),
        }
    }
}

impl Fault for UserError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Authentication(error) => error.kind(),
            Self::Invalid(_) | Self::CodeInvalid | Self::WrongPassword | Self::ProofInvalid(_) => {
                ErrorKind::Invalid
            }
            Self::NoSuchSession | Self::NoSuchApiKey | Self::NoSuchSavedView | Self::NoSuchUser => {
                ErrorKind::NotFound
            }
            Self::NotManageable(_) | Self::StepUpRequired { .. } => ErrorKind::Denied,
            Self::CodeTooSoon { .. } | Self::TooManyAttempts { .. } => ErrorKind::RateLimited,
            Self::UsernameTaken
            | Self::EmailTaken
            | Self::TooManyApiKeys
            | Self::TooManySavedViews
            | Self::LastSuperAdmin
            | Self::TotpEnabled
            | Self::TotpNotEnabled
            | Self::Deleting
            | Self::NotDeleting => ErrorKind::Conflict,
            Self::WrongCredentials
            | Self::BadRefreshToken
            | Self::TotpRequired
            | Self::TotpInvalid => ErrorKind::Unauthenticated,
            Self::Suspended => ErrorKind::Denied,
            Self::Untold(_) | Self::Limiter(_) => ErrorKind::Unavailable,
            _ => ErrorKind::Bug,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Authentication(error) => error.code(),
            Self::Invalid(_) => "VALIDATION_ERROR",
            Self::CodeInvalid => "CODE_INVALID",
            Self::CodeTooSoon { .. } => "CODE_TOO_SOON",
            Self::TooManyAttempts { .. } => "TOO_MANY_ATTEMPTS",
            Self::UsernameTaken => "USERNAME_TAKEN",
            Self::EmailTaken => "EMAIL_TAKEN",
            Self::WrongCredentials => "WRONG_CREDENTIALS",
            Self::WrongPassword => "WRONG_PASSWORD",
            Self::TotpRequired => "TOTP_REQUIRED",
            Self::TotpInvalid => "TOTP_INVALID",
            Self::ProofInvalid(_) => "PROOF_INVALID",
            Self::StepUpRequired { .. } => "STEP_UP_REQUIRED",
            Self::TotpEnabled => "TOTP_ALREADY_ENABLED",
            Self::TotpNotEnabled => "TOTP_NOT_ENABLED",
            Self::Deleting => "ACCOUNT_DELETING",
            Self::NotDeleting => "ACCOUNT_NOT_DELETING",
            Self::NoSuchSession | Self::NoSuchApiKey | Self::NoSuchSavedView | Self::NoSuchUser => {
                "NOT_FOUND"
            }
            Self::TooManyApiKeys => "TOO_MANY_API_KEYS",
            Self::TooManySavedViews => "TOO_MANY_SAVED_VIEWS",
            Self::NotManageable(_) => "PERMISSION_DENIED",
            Self::LastSuperAdmin => "LAST_SUPER_ADMIN",
            Self::BadRefreshToken => "REFRESH_TOKEN_INVALID",
            Self::Suspended => "ACCOUNT_SUSPENDED",
            Self::Untold(_) | Self::Limiter(_) => "UNAVAILABLE",
            _ => "INTERNAL_ERROR",
        }
    }

    fn text(&self) -> Text {
        match self {
            Self::Authentication(error) => error.text(),
            Self::Invalid(_) => Text::new("请求参数有误", "Some fields are not right"),
            Self::CodeInvalid => {
                Text::new("验证码错误或已失效", "The verification code is wrong or no longer valid")
            }
            Self::CodeTooSoon { .. } => Text::new(
                "验证码发送过于频繁，请稍后再试",
                "A code was sent a moment ago, try again soon",
            ),
            Self::TooManyAttempts { .. } => {
                Text::new("尝试次数过多，请稍后再试", "Too many attempts, try again later")
            }
            Self::UsernameTaken => Text::new("用户名已被使用", "The user name is taken"),
            Self::EmailTaken => {
                Text::new("邮箱已被注册", "The e-mail address has an account already")
            }
            Self::WrongCredentials => {
                Text::new("用户名或密码错误", "The user name or the password is wrong")
            }
            Self::BadRefreshToken => {
                Text::new("登录已失效，请重新登录", "The session has ended, sign in again")
            }
            Self::WrongPassword => Text::new("当前密码错误", "The current password is wrong"),
            Self::TotpRequired => Text::new(
                "请输入身份验证器中的验证码",
                "Enter the code that your authenticator shows",
            ),
            Self::TotpInvalid => {
                Text::new("动态验证码或恢复码错误或已使用", "The code is wrong or was used before")
            }
            Self::ProofInvalid(_) => {
                Text::new("身份验证未通过，请重试", "The proof is wrong or was used before")
            }
            Self::StepUpRequired { .. } => {
                Text::new("此操作需要重新验证身份", "Prove again that it is you before you do this")
            }
            Self::TotpEnabled => {
                Text::new("已启用身份验证器", "An authenticator is enrolled already")
            }
            Self::Deleting => Text::new("账号即将删除", "The account is about to be deleted"),
            Self::NotDeleting => {
                Text::new("账号没有待执行的删除", "The account is not about to be deleted")
            }
            Self::TotpNotEnabled => Text::new("尚未启用身份验证器", "No authenticator is enrolled"),
            Self::NoSuchSession | Self::NoSuchApiKey | Self::NoSuchSavedView | Self::NoSuchUser => {
                Text::new("资源不存在", "There is nothing here")
            }
            Self::TooManySavedViews => Text::new(
                "保存的视图已达上限，请先删除",
                "You have 20 saved views, delete one first",
            ),
            Self::TooManyApiKeys => Text::new(
                "API 密钥数量已达上限，请先删除",
                "You have 50 API keys, revoke one first",
            ),
            Self::NotManageable(NotManageable::Oneself) => {
                Text::new("不能对自己执行此操作", "You cannot do this to yourself")
            }
            Self::NotManageable(NotManageable::Superior) => {
                Text::new("不能操作同级或更高级别的用户", "The user ranks as high as you or higher")
            }
            Self::LastSuperAdmin => Text::new(
                "必须保留至少一位有效的超级管理员",
                "There must be another active super administrator",
            ),
            Self::Suspended => Text::new("账号已被停用", "The account is suspended"),
            Self::Untold(_) | Self::Limiter(_) => {
                Text::new("服务暂时不可用", "The service is not available now")
            }
            _ => Text::new("服务器内部错误", "Something went wrong on our side"),
        }
    }

    fn details(&self) -> Value {
        match self {
            Self::Authentication(error) => error.details(),
            Self::Invalid(fields) => json!(fields),
            Self::CodeInvalid => json!({ "code": ["is wrong or no longer valid"] }),
            Self::WrongPassword => json!({ "current_password": ["is wrong"] }),
            Self::ProofInvalid(field) => json!({ *field: ["is wrong or was used before"] }),
            Self::StepUpRequired { methods } => json!({ "methods": methods }),
            Self::UsernameTaken => json!({ "username": ["is taken"] }),
            Self::EmailTaken => json!({ "email": ["is taken"] }),
            _ => json!({}),
        }
    }

    fn retry_after(&self) -> Option<u64> {
        match self {
            Self::CodeTooSoon { retry_after } | Self::TooManyAttempts { retry_after } => {
                Some(*retry_after)
            }
            _ => None,
        }
    }
}
