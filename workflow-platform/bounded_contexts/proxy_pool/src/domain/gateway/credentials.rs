//! User names of the gateway: which pool, and which session.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use secrecy::SecretString;

const POOL: &str = "pool-";
const SESSION: &str = "-session-";
/// Longest name of a session.
const LONGEST_SESSION: usize = 64;

/// A user name and a password as they were sent.
#[derive(Clone)]
pub struct Login {
    pub user: String,
    pub password: SecretString,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Login({})", self.user)
    }
}

impl Login {
    /// From the value of a `Proxy-Authorization` header of the scheme `Basic`.
    pub fn basic(value: &[u8]) -> Option<Self> {
        let (scheme, rest) = value.split_at_checked(6)?;
        if !scheme.eq_ignore_ascii_case(b"basic ") {
            return None;
        }
        let decoded = STANDARD.decode(rest.trim_ascii()).ok()?;
        let (user, password) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
        Some(Self { user: user.to_owned(), password: password.into() })
    }
}

/// What a user name asks for: `pool-<id or name>[-session-<session>]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoolWish {
    pub pool: String,
    /// 1 to 64 of `A-Z a-z 0-9 . _ -`. The last `-session-` of a user name begins it.
    pub session: Option<String>,
}

impl PoolWish {
    pub fn parse(user: &str) -> Option<Self> {
        let rest = user.strip_prefix(POOL)?;
        let (pool, session) = match rest.rsplit_once(SESSION) {
            Some((pool, session)) if is_session(session) => (pool, Some(session.to_owned())),
            Some(_) => return None,
            None => (rest, None),
        };
        (!pool.is_empty()).then(|| Self { pool: pool.to_owned(), session })
    }
}

fn is_session(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    (1..=LONGEST_SESSION).contains(&text.len()) && text.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    #[test]
    fn a_user_name_names_a_pool_and_maybe_a_session() {
        let parsed = |user| PoolWish::parse(user).map(|wish| (wish.pool, wish.session));
        let plain = |pool: &str| Some((pool.to_owned(), None));
        let sticky = |pool: &str, s: &str| Some((pool.to_owned(), Some(s.to_owned())));
        assert_eq!(parsed("pool-default"), plain("default"));
        assert_eq!(parsed("pool-my-own.pool_1"), plain("my-own.pool_1"));
        assert_eq!(parsed("pool-默认"), plain("默认"));
        assert_eq!(parsed("pool-a-b-session-cart-7"), sticky("a-b", "cart-7"));
        assert_eq!(parsed("pool-a-session-b-session-c"), sticky("a-session-b", "c"));
        let long = format!("pool-a-session-{}", "x".repeat(65));
        for wrong in ["", "pool-", "default", "POOL-a", "pool--session-x", "pool-a-session-", &long]
        {
            assert_eq!(parsed(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn basic_credentials_are_read() {
        let login = Login::basic(b"bAsIc  cG9vbC1hOnB3OjE=").unwrap();
        assert_eq!((login.user.as_str(), login.password.expose_secret()), ("pool-a", "pw:1"));
        assert_eq!(format!("{login:?}"), "Login(pool-a)");
        for wrong in [
            &b""[..],
            b"Basic",
            b"Basic !",
            b"Basic cG9vbA==",
            b"Bearer cG9vbC1hOnB3",
            b"Basic //8=",
        ] {
            assert!(Login::basic(wrong).is_none(), "{wrong:?}");
        }
    }
}
