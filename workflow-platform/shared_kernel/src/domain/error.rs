//! What went wrong, in the few kinds that callers treat differently.

use std::borrow::Cow;

use serde_json::Value;

use super::Locale;

/// How a caller should take an error. The gateway maps each kind to one HTTP status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The request cannot be read: 400.
    Malformed,
    /// The request reads well and asks for something that is not allowed to be: 422.
    Invalid,
    /// Nobody, or nobody any more: 401.
    Unauthenticated,
    /// Somebody, but not allowed: 403.
    Denied,
    /// Absent, or another tenant's: 404.
    NotFound,
    /// The method does not exist on this resource: 405.
    MethodNotAllowed,
    /// In the way of what is there already: 409.
    Conflict,
    /// The plan does not include more: 402.
    Quota,
    /// Too often: 429.
    RateLimited,
    /// The body is larger than allowed: 413.
    TooLarge,
    /// The content type is not understood: 415.
    UnsupportedMediaType,
    /// Something needed is away, trying later may help: 503.
    Unavailable,
    /// Took longer than allowed: 504.
    Timeout,
    /// Our fault: 500. The source goes to the log, never into an answer.
    Bug,
}

/// A sentence in both languages of the product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    pub zh: Cow<'static, str>,
    pub en: Cow<'static, str>,
}

impl Text {
    pub fn new(zh: impl Into<Cow<'static, str>>, en: impl Into<Cow<'static, str>>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }

    pub fn of(&self, locale: Locale) -> &str {
        match locale {
            Locale::ZhCn => &self.zh,
            Locale::En => &self.en,
        }
    }
}

/// An error that may leave the process: each use case's error enum implements it.
pub trait Fault: std::error::Error + Send + Sync {
    fn kind(&self) -> ErrorKind;

    /// Stable upper-case code, such as `USERNAME_TAKEN`.
    fn code(&self) -> &'static str;

    /// What to tell the person.
    fn text(&self) -> Text;

    /// Machine-readable particulars; for [`ErrorKind::Invalid`] an object from field path to a
    /// list of messages.
    fn details(&self) -> Value {
        Value::Object(serde_json::Map::new())
    }

    /// Seconds after which trying again makes sense.
    fn retry_after(&self) -> Option<u64> {
        None
    }
}
