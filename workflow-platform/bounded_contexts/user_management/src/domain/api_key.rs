//! Keys by which programs act for a user.

use std::{net::IpAddr, time::Duration};

use shared_kernel::domain::{Id, Permissions, Timestamp, User as UserMark};

/// Keys of one user at once.
pub const MOST_API_KEYS: usize = 50;

/// The longest life of a key, and the life of one that was given none: what nobody remembers dies.
pub const LONGEST_KEY_LIFE: Duration = Duration::from_hours(366 * 24);

/// Characters of a key's name.
const LONGEST_NAME: usize = 60;

/// Marker of a key's id.
#[derive(Debug)]
pub enum ApiKeyMark {}
pub type ApiKeyId = Id<ApiKeyMark>;

/// What is kept of a key; the secret is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    pub id: ApiKeyId,
    pub user: Id<UserMark>,
    pub name: KeyName,
    /// What it may do, as far as its user may.
    pub scopes: Permissions,
    /// The last characters of the key, by which people tell theirs apart.
    pub last_four: String,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub last_use: Option<KeyUse>,
}

/// When and where a key was used, to the minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyUse {
    pub at: Timestamp,
    pub address: Option<IpAddr>,
}

/// What a person calls a key: 1 to 60 characters, none of them control characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyName(String);

/// The text is no name of a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must have 1 to 60 characters and no control characters")]
pub struct KeyNameError;

impl KeyName {
    /// Blanks around the name are dropped.
    pub fn parse(text: &str) -> Result<Self, KeyNameError> {
        let name = text.trim();
        let length = name.chars().count();
        let fits = (1..=LONGEST_NAME).contains(&length) && !name.chars().any(char::is_control);
        if fits { Ok(Self(name.to_owned())) } else { Err(KeyNameError) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The end a key gets, or `None` when the wished one is over or too far away.
pub fn end_of_key(wished: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
    let latest = now.plus(LONGEST_KEY_LIFE);
    let end = wished.unwrap_or(latest);
    (end > now && end <= latest).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_short_and_can_be_shown() {
        assert_eq!(KeyName::parse(" build server ").unwrap().as_str(), "build server");
        assert!(KeyName::parse(&"键".repeat(60)).is_ok());
        for wrong in ["", "  ", "a\nb", "a\u{0}", &"x".repeat(61)] {
            assert_eq!(KeyName::parse(wrong), Err(KeyNameError), "{wrong:?}");
        }
    }

    #[test]
    fn every_key_ends_within_a_year() {
        let now = Timestamp::from_millis(1_000);
        let latest = now.plus(LONGEST_KEY_LIFE);
        assert_eq!(end_of_key(None, now), Some(latest));
        assert_eq!(end_of_key(Some(latest), now), Some(latest));
        assert_eq!(end_of_key(Some(now), now), None);
        assert_eq!(end_of_key(Some(latest.plus(Duration::from_micros(1))), now), None);
    }
}
