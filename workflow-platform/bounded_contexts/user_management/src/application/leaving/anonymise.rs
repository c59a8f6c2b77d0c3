//! Makes an account nobody's.

use serde_json::json;
use shared_kernel::{
    domain::{AuditedEvent, Id, User as UserMark},
    infrastructure::db::UnitOfWork,
};

use crate::{
    application::{
        Caller, UserError, UserModule,
        ports::{Anonymous, Ending},
    },
    domain::{ApiKeyId, SessionId, User},
};

/// What other processes must be told once the transaction was committed.
#[derive(Debug, Default)]
#[must_use = "other processes still let the sessions in"]
pub struct Erased {
    users: Vec<Id<UserMark>>,
    sessions: Vec<SessionId>,
    keys: Vec<ApiKeyId>,
}

impl UserModule {
    /// Within the caller's transaction, after which [`Self::tell_erased`] is to be called. What
    /// other contexts keep goes when they hear of `user.deleted`. Says `LAST_SUPER_ADMIN` rather
    /// than leave nobody; of an account that is gone already it says that there is none.
    pub async fn anonymise(
        &self,
        work: &mut UnitOfWork,
        user: &User,
        by: Option<Id<UserMark>>,
        caller: &Caller,
    ) -> Result<Erased, UserError> {
        let now = self.ports.ambient.now();
        if user.status.is_gone() {
            return Err(UserError::NoSuchUser);
        }
        // First of all: others who change the standing of somebody are waited for.
        self.ports.oversight.take_turn(work).await?;
        let (sessions, reason) = (&self.ports.sessions, "account_deleted");
        let sessions = sessions.end_many(work, user.id, Ending::All, reason, now).await?;
        let keys = self.ports.api_keys.remove_all(work, user.id).await?;
        if !self.ports.leaving.erase(work, user, &anonymous(user.id)?).await? {
            return Err(UserError::LastSuperAdmin);
        }
        self.ports.audit.make_anonymous(work, user.id).await?;
        work.record(&self.deleted(user, by, caller)).await?;
        Ok(Erased { users: vec![user.id], sessions, keys })
    }

    /// The owner is told at the address that they had.
    fn deleted(&self, user: &User, by: Option<Id<UserMark>>, caller: &Caller) -> AuditedEvent {
        let payload = json!({
            "reason": "account_deleted",
            "email": user.email.as_str(),
            "locale": user.locale,
            "by": by,
        });
        self.user_event("user.deleted", user.id, payload, caller)
    }

    /// Every process refuses what the account could be entered with.
    pub async fn tell_erased(&self, erased: Erased) -> Result<(), UserError> {
        self.forget_sessions(&erased.sessions).await?;
        self.ports.people.forget(&erased.users).await?;
        self.forget_keys(&erased.keys).await
    }
}

/// The end of the id is random, and as long as a name may be.
fn anonymous(user: Id<UserMark>) -> Result<Anonymous, UserError> {
    let id = user.uuid().simple().to_string();
    let name = format!("deleted-{}", &id[id.len() - 24..]);
    let email = format!("{name}@deleted.invalid");
    Ok(Anonymous {
        username: name.parse().map_err(|error| UserError::field("username", &error))?,
        email: email.parse().map_err(|error| UserError::field("email", &error))?,
    })
}
