//! Tells of a sign-in with a program, or from a place, that the account has not seen.

use std::{collections::HashSet, time::Duration};

use serde_json::json;
use shared_kernel::domain::{AuditedEvent, site_of};

use super::{Caller, UserError, UserModule};
use crate::domain::{Session, User, device_of};

/// Latest sign-ins that are remembered, as long as their sessions are kept.
const REMEMBERED: u32 = 200;
/// The first sign-in that follows a registration is no surprise.
const BEGINNING: Duration = Duration::from_hours(24);

impl UserModule {
    /// The event, unless program and place were seen before, or nothing could have been.
    pub(super) async fn new_device(
        &self,
        user: &User,
        session: &Session,
        caller: &Caller,
    ) -> Result<Option<AuditedEvent>, UserError> {
        let past = self.ports.sessions.past_logins(user.id, REMEMBERED).await?;
        if past.is_empty() && session.created_at.since(user.created_at) < BEGINNING {
            return Ok(None);
        }
        let device = session.agent.as_deref().and_then(device_of);
        let site = session.address.map(|address| site_of(address).to_string());
        let devices: HashSet<_> =
            past.iter().map(|login| login.agent.as_deref().and_then(device_of)).collect();
        let new_device = !devices.contains(&device);
        let new_place = past.iter().all(|login| login.site != site);
        if !new_device && !new_place {
            return Ok(None);
        }
        let payload = json!({
            "session_id": session.id,
            "device": device.unwrap_or_default(),
            "address": session.address.map(|address| address.to_string()).unwrap_or_default(),
            "new_device": new_device,
            "new_place": new_place,
        });
        Ok(Some(self.user_event("user.signed_in_from_new_device", user.id, payload, caller)))
    }
}
