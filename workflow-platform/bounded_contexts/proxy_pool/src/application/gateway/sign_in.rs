//! Who somebody is, and which pool they use.

use std::net::IpAddr;

use secrecy::ExposeSecret as _;
use shared_kernel::{
    application::{AuthenticationError, PoolRef, Principal, Proof},
    domain::{Id, Owner, Permission, User},
};
use tracing::warn;

use super::Gateway;
use crate::domain::gateway::{Login, PoolWish, Refusal};

/// Somebody who signed in.
#[derive(Debug, Clone)]
pub struct Visitor {
    pub user: Id<User>,
    pub owner: Owner,
    pub pool: PoolRef,
    pub session: Option<String>,
}

impl Gateway {
    /// Checks user name and key, and counts the request. Only keys sign in here: a person's
    /// access token is not for programs.
    pub async fn sign_in(&self, login: &Login, peer: IpAddr) -> Result<Visitor, Refusal> {
        self.may_guess(peer)?;
        let refusal = match self.checked(login).await {
            Ok(visitor) => {
                self.count(visitor.user).await?;
                return Ok(visitor);
            }
            Err(refusal) => refusal,
        };
        if refusal == Refusal::WrongCredentials {
            self.guessed(peer).await;
        }
        Err(refusal)
    }

    /// Whether the key of an open tunnel is still good. While that cannot be told it is.
    pub async fn is_still_welcome(&self, login: &Login) -> bool {
        !matches!(self.checked(login).await, Err(Refusal::WrongCredentials | Refusal::ScopeMissing))
    }

    async fn checked(&self, login: &Login) -> Result<Visitor, Refusal> {
        let wish = PoolWish::parse(&login.user).ok_or(Refusal::WrongCredentials)?;
        let key = login.password.expose_secret();
        let who =
            self.ports.authenticator.authenticate(key).await.map_err(|error| refusal(&error))?;
        if !matches!(who.proof, Proof::ApiKey { .. }) {
            return Err(Refusal::WrongCredentials);
        }
        who.require(Permission::ProxyUse).map_err(|error| refusal(&error))?;
        Ok(visitor(&who, wish))
    }
}

fn visitor(who: &Principal, wish: PoolWish) -> Visitor {
    let PoolWish { pool, session } = wish;
    Visitor { user: who.user, owner: who.owner(), pool: PoolRef(pool), session }
}

fn refusal(error: &AuthenticationError) -> Refusal {
    match error {
        AuthenticationError::Denied(_) | AuthenticationError::SessionRequired => {
            Refusal::ScopeMissing
        }
        AuthenticationError::Unavailable(cause) => {
            warn!(error = %cause, "sign-ins of the proxy gateway cannot be checked");
            Refusal::Unavailable
        }
        _ => Refusal::WrongCredentials,
    }
}
