//! Ends a key for good.

use serde_json::json;
use shared_kernel::{application::Principal, domain::Permission};

use crate::{
    application::{Caller, UserError, UserModule},
    domain::ApiKeyId,
};

impl UserModule {
    /// It opens nothing from now on.
    pub async fn revoke_api_key(
        &self,
        who: &Principal,
        key: ApiKeyId,
        caller: &Caller,
    ) -> Result<(), UserError> {
        who.require(Permission::ProfileWrite)?;
        who.session()?;
        let payload = json!({ "api_key_id": key });
        let mut work = self.ports.database.begin().await?;
        if !self.ports.api_keys.remove(&mut work, who.user, key).await? {
            return Err(UserError::NoSuchApiKey);
        }
        work.record(&self.user_event("user.api_key_revoked", who.user, payload, caller)).await?;
        work.commit().await?;
        self.forget_keys(&[key]).await
    }
}
