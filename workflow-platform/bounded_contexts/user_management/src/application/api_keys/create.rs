//! Makes a key, which is shown this once.

use std::collections::BTreeMap;

use secrecy::SecretString;
use serde_json::json;
use shared_kernel::{
    application::Principal,
    domain::{Permission, Permissions, Timestamp},
};

use crate::{
    application::{Caller, UserError, UserModule},
    domain::{ApiKey, KeyName, KeyText, MOST_API_KEYS, end_of_key},
};

/// What somebody wants of a key.
#[derive(Debug, Clone)]
pub struct KeyWish {
    pub name: String,
    pub scopes: Permissions,
    /// A year from now unless given.
    pub expires_at: Option<Timestamp>,
}

/// A key and the text that opens with it.
#[derive(Debug)]
pub struct NewApiKey {
    pub key: ApiKey,
    pub text: SecretString,
}

impl UserModule {
    /// A key may do less than its user, never more.
    pub async fn create_api_key(
        &self,
        who: &Principal,
        wish: KeyWish,
        caller: &Caller,
    ) -> Result<NewApiKey, UserError> {
        who.require(Permission::ProfileWrite)?;
        self.require_fresh(who).await?;
        let text = KeyText::draw(self.ports.ambient.id(), &self.ports.ambient);
        let key = self.wished_key(who, &wish, &text)?;
        let user = self.show_me(who).await?;
        let payload = json!({
            "api_key_id": key.id,
            "name": key.name.as_str(),
            "scopes": key.scopes,
            "expires_at": key.expires_at,
            "reason": "api_key_created",
            "email": user.email.as_str(),
            "locale": user.locale,
        });
        let mut work = self.ports.database.begin().await?;
        if !self.ports.api_keys.add(&mut work, &key, &text.hash(), MOST_API_KEYS).await? {
            work.roll_back().await?;
            return Err(UserError::TooManyApiKeys);
        }
        work.record(&self.user_event("user.api_key_created", who.user, payload, caller)).await?;
        work.commit().await?;
        Ok(NewApiKey { key, text: text.write() })
    }

    /// All faults of the form at once.
    fn wished_key(
        &self,
        who: &Principal,
        wish: &KeyWish,
        text: &KeyText,
    ) -> Result<ApiKey, UserError> {
        let now = self.ports.ambient.now();
        let mut faults = BTreeMap::new();
        let mut note = |field, error: String| drop(faults.insert(field, vec![error]));
        let name = KeyName::parse(&wish.name).map_err(|error| note("name", error.to_string()));
        let expires_at = end_of_key(wish.expires_at, now);
        if expires_at.is_none() {
            note("expires_at", "must be in the future and within 366 days".to_owned());
        }
        if let Some(fault) = scopes_fault(wish.scopes, who) {
            note("scopes", fault);
        }
        let (Ok(name), Some(expires_at), true) = (name, expires_at, faults.is_empty()) else {
            return Err(UserError::Invalid(faults));
        };
        Ok(ApiKey {
            id: text.id,
            user: who.user,
            name,
            scopes: wish.scopes,
            last_four: text.last_four(),
            created_at: now,
            expires_at,
            last_use: None,
        })
    }
}

fn scopes_fault(scopes: Permissions, who: &Principal) -> Option<String> {
    if scopes.is_empty() {
        return Some("must name what the key may do".to_owned());
    }
    let missing: Vec<_> =
        scopes.without(who.role.permissions()).iter().map(Permission::as_str).collect();
    (!missing.is_empty()).then(|| format!("you may not do this yourself: {}", missing.join(", ")))
}
