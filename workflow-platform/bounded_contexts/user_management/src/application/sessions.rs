//! Where somebody is signed in, and being signed out there.

use serde_json::json;
use shared_kernel::{
    application::Principal,
    domain::{Page, PageRequest, Permission},
};

use super::{
    Caller, UserError, UserModule,
    ports::{Ending, OpenSession},
};
use crate::domain::SessionId;

impl UserModule {
    /// The open sessions of the user, the newest first.
    pub async fn list_sessions(
        &self,
        who: &Principal,
        page: PageRequest,
    ) -> Result<Page<OpenSession>, UserError> {
        who.require(Permission::ProfileRead)?;
        who.session()?;
        Ok(self.ports.sessions.list(who.user, self.ports.ambient.now(), page).await?)
    }

    /// Ends one session of the user, which may be this one.
    pub async fn end_one_session(
        &self,
        who: &Principal,
        session: SessionId,
        caller: &Caller,
    ) -> Result<(), UserError> {
        let ended = self.sign_out(who, Ending::One(session), caller).await?;
        if ended == 0 { Err(UserError::NoSuchSession) } else { Ok(()) }
    }

    /// Ends all sessions of the user but this one; answers how many.
    pub async fn end_other_sessions(
        &self,
        who: &Principal,
        caller: &Caller,
    ) -> Result<usize, UserError> {
        let current = who.session()?.id;
        self.sign_out(who, Ending::Others(current.into()), caller).await
    }

    async fn sign_out(
        &self,
        who: &Principal,
        ending: Ending,
        caller: &Caller,
    ) -> Result<usize, UserError> {
        who.require(Permission::ProfileWrite)?;
        who.session()?;
        let (now, reason) = (self.ports.ambient.now(), "signed_out_by_user");
        let mut work = self.ports.database.begin().await?;
        let ended = self.ports.sessions.end_many(&mut work, who.user, ending, reason, now).await?;
        if !ended.is_empty() {
            let payload = json!({ "reason": reason, "session_ids": ended });
            work.record(&self.user_event("user.sessions_revoked", who.user, payload, caller))
                .await?;
        }
        work.commit().await?;
        self.forget_sessions(&ended).await?;
        Ok(ended.len())
    }
}
