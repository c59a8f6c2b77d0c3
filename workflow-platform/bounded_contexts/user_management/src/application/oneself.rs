//! Who somebody is, for themselves and for what asks before each piece of work.
//!
//! It is asked for all the time and changes rarely: it is remembered as states of sessions are.

use std::sync::Arc;

use shared_kernel::{
    application::{AuthenticationError, Principal},
    domain::{Id, Permission, Timestamp, User as UserMark},
};

use super::{SecondFactors, UserError, UserModule};
use crate::domain::User;

/// An account as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Oneself {
    pub user: User,
    pub factors: SecondFactors,
    /// When the account is to go, if it is.
    pub delete_at: Option<Timestamp>,
}

impl UserModule {
    pub async fn oneself(&self, who: &Principal) -> Result<Arc<Oneself>, UserError> {
        who.require(Permission::ProfileRead)?;
        let found = self.person(who.user).await?;
        found.ok_or(UserError::Authentication(AuthenticationError::Revoked))
    }

    /// Whether the user's workflows may start: not while the account is suspended or about to go.
    /// Owners without an account are those of commands that run without a server.
    pub async fn is_served(&self, user: Id<UserMark>) -> Result<bool, UserError> {
        Ok(self.person(user).await?.is_none_or(|person| person.user.status.is_served()))
    }

    /// As `is_served`, of the account itself: an event of a change may be handled before what is
    /// remembered of the account is forgotten.
    pub async fn is_served_now(&self, user: Id<UserMark>) -> Result<bool, UserError> {
        let found = self.ports.accounts.find(user).await?;
        Ok(found.is_none_or(|found| found.status.is_served()))
    }

    async fn person(&self, user: Id<UserMark>) -> Result<Option<Arc<Oneself>>, UserError> {
        if let Some(person) = self.ports.people.get(user) {
            return Ok(Some(person));
        }
        let heard = self.ports.people.heard();
        let Some(found) = self.ports.accounts.find(user).await? else { return Ok(None) };
        let factors = self.second_factors(user).await?;
        let delete_at = self.ports.leaving.delete_at(user).await?;
        let person = Arc::new(Oneself { user: found, factors, delete_at });
        if let Some(heard) = heard {
            self.ports.people.keep(user, Arc::clone(&person), heard);
        }
        Ok(Some(person))
    }

    /// After a change of anything that [`Oneself`] shows: every process asks anew.
    pub(super) async fn forget_person(&self, user: Id<UserMark>) -> Result<(), UserError> {
        Ok(self.ports.people.forget(&[user]).await?)
    }
}
