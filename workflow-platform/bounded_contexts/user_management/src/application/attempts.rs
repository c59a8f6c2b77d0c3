//! Guards whatever is proved by something secret: who was wrong too often waits, before any work
//! is done for the next try.
//!
//! A try is counted before it is known to be right, so that many at once count as many, and
//! forgiven when it was. Pauses grow and end; nobody is shut out for good.
//!
//! **Nobody shuts out another.** Guesses at a sign-in are counted by the name that was typed,
//! whether or not there is such an account. Places from which the account's owner signed in
//! lately, or reset the password, have a count of their own for it: guesses from elsewhere do not
//! touch them. Codes are counted by place, since a code itself dies of wrong tries; what somebody
//! signed in proves is counted by their session.

use std::{net::IpAddr, time::Duration};

use bytes::Bytes;
use shared_kernel::{
    application::Attempt,
    domain::{Id, Patience, Timestamp, User as UserMark, site_of},
};
use tracing::warn;

use super::{Caller, UserError, UserModule};
use crate::domain::{EmailAddress, SessionId};

/// For one account: a person mistypes a few times.
const ACCOUNT: Patience = Patience {
    free: 5,
    first: Duration::from_secs(1),
    most: Duration::from_mins(15),
    memory: Duration::from_hours(24),
};
/// For one place: many people may share it.
const PLACE: Patience = Patience {
    free: 50,
    first: Duration::from_secs(1),
    most: Duration::from_mins(5),
    memory: Duration::from_hours(1),
};
/// A place is known for so long after a sign-in from it.
const KNOWN_FOR: Duration = Duration::from_hours(30 * 24);
/// A place is known for so long after the password was reset from it.
const RESET_KNOWN_FOR: Duration = Duration::from_hours(24);

/// What somebody tries to prove.
#[derive(Debug, Clone, Copy)]
pub(super) enum Proving<'a> {
    /// That they are whom they name; `account` is the one of that name, if there is one, and
    /// whether there was a sign-in from here since [`known_since`].
    SignIn { identifier: &'a str, account: Option<(Id<UserMark>, bool)> },
    /// That they hold what stands beside the password, which was right.
    SecondFactor(Id<UserMark>),
    /// That they read the mail of an address.
    Code(&'a EmailAddress),
    /// That they are still the person who signed in: by password, code or device.
    Presence(SessionId),
}

/// A try that may go on. When it was right, hand it to [`UserModule::proved`].
#[derive(Debug)]
#[must_use = "a try that was right is forgiven by `proved`"]
pub(super) struct Try {
    /// Forgotten when it was right.
    own: String,
    /// Of others too: only this try is taken back.
    shared: Option<String>,
}

impl UserModule {
    /// Counts a try. Comes before hashing, and before anything else that is dear.
    pub(super) async fn attempt(
        &self,
        proof: Proving<'_>,
        caller: &Caller,
    ) -> Result<Try, UserError> {
        let attempt = self.counted(proof, caller.address).await?;
        let keys = [Some((&attempt.own, ACCOUNT)), attempt.shared.as_ref().map(|key| (key, PLACE))];
        let asked: Vec<_> = keys
            .into_iter()
            .flatten()
            .map(|(key, patience)| Attempt { key: key.clone(), patience })
            .collect();
        match self.ports.limiter.attempt(&asked, self.ports.ambient.now()).await? {
            None => Ok(attempt),
            Some(wait) => {
                let retry_after = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
                Err(UserError::TooManyAttempts { retry_after })
            }
        }
    }

    /// It was right. That it cannot be forgiven is no reason to refuse it.
    pub(super) async fn proved(&self, attempt: Try) {
        let forgotten = self.ports.limiter.forget(&[attempt.own]).await;
        let taken_back = match attempt.shared {
            Some(key) => self.ports.limiter.take_back(&key).await,
            None => Ok(()),
        };
        if let Err(error) = forgotten.and(taken_back) {
            warn!(%error, "a try that was right could not be forgiven");
        }
    }

    /// Somebody who reset the password from here is not taken for one who guesses it.
    pub(super) async fn knows_place(&self, user: Id<UserMark>, caller: &Caller) {
        let key = self.place_key(user, &place(caller.address));
        let kept = self.ports.cache.put(&key, Bytes::from_static(b"1"), RESET_KNOWN_FOR).await;
        if let Err(error) = kept {
            warn!(%error, "the place of a reset could not be remembered");
        }
    }

    async fn counted(&self, proof: Proving<'_>, address: Option<IpAddr>) -> Result<Try, UserError> {
        let site = place(address);
        let shared = || Some(self.key(&["place", &site]));
        Ok(match proof {
            Proving::SignIn { identifier, account } => {
                let name = identifier.to_lowercase();
                let (user, signed_in) = account.unzip();
                if self.is_known(user, &site, signed_in == Some(true)).await {
                    Try { own: self.key(&["sign-in", &name, &site]), shared: None }
                } else {
                    Try { own: self.key(&["sign-in", &name]), shared: shared() }
                }
            }
            Proving::SecondFactor(user) => {
                let (name, since) = (user.to_string(), known_since(self.ports.ambient.now()));
                let signed_in = self.ports.sessions.signed_in_from(user, &site, since).await?;
                if self.is_known(Some(user), &site, signed_in).await {
                    Try { own: self.key(&["second-factor", &name, &site]), shared: None }
                } else {
                    Try { own: self.key(&["second-factor", &name]), shared: shared() }
                }
            }
            Proving::Code(email) => {
                Try { own: self.key(&["code", &email.key(), &site]), shared: shared() }
            }
            Proving::Presence(session) => {
                Try { own: self.key(&["presence", &session.to_string()]), shared: None }
            }
        })
    }

    /// The same is asked for a name without an account, so that the time tells nothing.
    async fn is_known(&self, user: Option<Id<UserMark>>, site: &str, signed_in: bool) -> bool {
        let someone = user.unwrap_or_else(|| uuid::Uuid::nil().into());
        let reset = self.ports.cache.get(&self.place_key(someone, site)).await;
        user.is_some() && (signed_in || matches!(reset, Ok(Some(_))))
    }

    fn place_key(&self, user: Id<UserMark>, site: &str) -> String {
        format!("user:place:{}", self.ports.tokens.fingerprint(&[&user.to_string(), site]))
    }

    /// Names and addresses are nobody's business in a shared store.
    fn key(&self, parts: &[&str]) -> String {
        format!("try:{}", self.ports.tokens.fingerprint(parts))
    }
}

/// From when on a sign-in makes its place a known one.
pub(super) fn known_since(now: Timestamp) -> Timestamp {
    now.minus(KNOWN_FOR)
}

/// In the text of `site_of`.
pub(super) fn place(address: Option<IpAddr>) -> String {
    address.map_or_else(|| "unknown".to_owned(), |address| site_of(address).to_string())
}
