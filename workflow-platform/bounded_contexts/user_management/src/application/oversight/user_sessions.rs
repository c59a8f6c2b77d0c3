//! Where somebody is signed in, and being signed out by those who look after them.

use serde_json::json;
use shared_kernel::{
    application::Principal,
    domain::{Id, Page, PageRequest, Permission, User as UserMark},
};

use crate::{
    application::{
        Caller, UserError, UserModule,
        ports::{Ending, OpenSession},
    },
    domain::{SessionId, User},
};

impl UserModule {
    /// Where a person is, is for nobody to see who may not act on them.
    pub async fn list_user_sessions(
        &self,
        who: &Principal,
        user: Id<UserMark>,
        page: PageRequest,
    ) -> Result<Page<OpenSession>, UserError> {
        who.require(Permission::UsersRead)?;
        self.managed(who, user).await?;
        Ok(self.ports.sessions.list(user, self.ports.ambient.now(), page).await?)
    }

    /// One session, or all of them; answers how many ended. API keys stay.
    pub async fn end_user_sessions(
        &self,
        who: &Principal,
        user: Id<UserMark>,
        session: Option<SessionId>,
        caller: &Caller,
    ) -> Result<usize, UserError> {
        who.require(Permission::UsersWrite)?;
        self.managed(who, user).await?;
        let (now, reason) = (self.ports.ambient.now(), "signed_out_by_administrator");
        let ending = session.map_or(Ending::All, Ending::One);
        let mut work = self.ports.database.begin().await?;
        let ended = self.ports.sessions.end_many(&mut work, user, ending, reason, now).await?;
        if ended.is_empty() {
            work.roll_back().await?;
            return if session.is_some() { Err(UserError::NoSuchSession) } else { Ok(0) };
        }
        let payload = json!({ "reason": reason, "session_ids": ended, "by": who.user });
        work.record(&self.user_event("user.sessions_revoked", user, payload, caller)).await?;
        work.commit().await?;
        self.forget_sessions(&ended).await?;
        Ok(ended.len())
    }

    /// The user, when the caller ranks above them.
    pub(super) async fn managed(
        &self,
        who: &Principal,
        user: Id<UserMark>,
    ) -> Result<User, UserError> {
        let found = self.ports.accounts.find(user).await?;
        let found = found.filter(|user| !user.status.is_gone()).ok_or(UserError::NoSuchUser)?;
        found.may_be_managed_by(who.user, who.role)?;
        Ok(found)
    }
}
