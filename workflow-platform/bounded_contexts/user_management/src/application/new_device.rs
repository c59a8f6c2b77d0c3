//! Tells of a sign-in with a program, or from a place, that the account has not seen.

use std::time::Duration;

use serde_json::json;
use shared_kernel::domain::{AuditedEvent, site_of};

use super::{Caller, UserError, UserModule, ports::PastLogin};
use crate::domain::{Session, User, device_of};

/// Latest sign-ins that are remembered, as long as their sessions are kept.
const REMEMBERED: u32 = 200;
/// Of them, those that are looked at first.
pub(super) const LATEST: u32 = 8;
/// The first sign-in that follows a registration is no surprise.
const BEGINNING: Duration = Duration::from_hours(24);

/// What of a sign-in was not seen in earlier ones.
#[derive(Debug, Clone, Copy)]
struct New {
    device: bool,
    place: bool,
}

impl New {
    fn beside(past: &[PastLogin], session: &Session) -> Self {
        let device = session.agent.as_deref().and_then(device_of);
        let site = session.address.map(|address| site_of(address).to_string());
        Self {
            device: past.iter().all(|login| login.agent.as_deref().and_then(device_of) != device),
            place: past.iter().all(|login| login.site != site),
        }
    }

    const fn anything(self) -> bool {
        self.device || self.place
    }
}

impl UserModule {
    /// The event, unless program and place were seen before, or nothing could have been. The
    /// [`LATEST`] sign-ins mostly show both; only where they do not are the others looked at.
    pub(super) async fn new_device(
        &self,
        user: &User,
        session: &Session,
        latest: Vec<PastLogin>,
        caller: &Caller,
    ) -> Result<Option<AuditedEvent>, UserError> {
        let mut new = New::beside(&latest, session);
        if new.anything() && latest.len() == usize::try_from(LATEST).unwrap_or(usize::MAX) {
            new =
                New::beside(&self.ports.sessions.past_logins(user.id, REMEMBERED).await?, session);
        }
        let begins = latest.is_empty() && session.created_at.since(user.created_at) < BEGINNING;
        if begins || !new.anything() {
            return Ok(None);
        }
        let device = session.agent.as_deref().and_then(device_of);
        let payload = json!({
            "session_id": session.id,
            "device": device.unwrap_or_default(),
            "address": session.address.map(|address| address.to_string()).unwrap_or_default(),
            "new_device": new.device,
            "new_place": new.place,
        });
        Ok(Some(self.user_event("user.signed_in_from_new_device", user.id, payload, caller)))
    }
}
