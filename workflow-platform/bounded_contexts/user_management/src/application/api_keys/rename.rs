//! Gives a key another name.

use serde_json::json;
use shared_kernel::{application::Principal, domain::Permission};

use crate::{
    application::{Caller, UserError, UserModule},
    domain::{ApiKey, ApiKeyId, KeyName},
};

impl UserModule {
    pub async fn rename_api_key(
        &self,
        who: &Principal,
        key: ApiKeyId,
        name: &str,
        caller: &Caller,
    ) -> Result<ApiKey, UserError> {
        who.require(Permission::ProfileWrite)?;
        who.session()?;
        let name = KeyName::parse(name).map_err(|error| UserError::field("name", &error))?;
        let found = self.ports.api_keys.find(who.user, key).await?;
        let found = found.ok_or(UserError::NoSuchApiKey)?;
        let payload =
            json!({ "api_key_id": key, "from": found.name.as_str(), "to": name.as_str() });
        let mut work = self.ports.database.begin().await?;
        if !self.ports.api_keys.rename(&mut work, who.user, key, &name).await? {
            return Err(UserError::NoSuchApiKey);
        }
        work.record(&self.user_event("user.api_key_renamed", who.user, payload, caller)).await?;
        work.commit().await?;
        Ok(ApiKey { name, ..found })
    }
}
