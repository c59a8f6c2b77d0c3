//! Keeps endpoints: new ones, changed ones, other secrets, removed.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use shared_kernel::{
    application::Principal,
    domain::{Id, Owner, Page, PageRequest, Permission},
};
use tracing::info;

use super::WebhookSecrets;
use crate::{
    application::{AutomationError, AutomationService},
    domain::Endpoint,
};

/// Most endpoints of one user.
pub const MOST_ENDPOINTS: u32 = 50;
/// How long the secret before the present one signs too.
const OVERLAP: Duration = Duration::from_hours(24);
/// Bytes of a secret; the specification asks for 24 to 64.
const SECRET: usize = 32;

/// What somebody says of an endpoint.
#[derive(Debug, Clone)]
pub struct EndpointDraft {
    pub url: String,
    pub description: String,
    pub enabled: bool,
}

/// What a secret is sealed for.
pub fn place(endpoint: Id<Endpoint>) -> String {
    format!("webhook_endpoints/{endpoint}")
}

impl AutomationService {
    /// Keeps an endpoint. Its secret is shown here and never again.
    pub async fn add_endpoint(
        &self,
        who: &Principal,
        draft: EndpointDraft,
    ) -> Result<(Endpoint, String), AutomationError> {
        who.require(Permission::AutomationWrite)?;
        self.check_url(&draft.url)?;
        let (ports, now) = (&self.ports, self.ports.ambient.now());
        let endpoint = Endpoint {
            id: ports.ambient.id(),
            owner: who.owner(),
            url: draft.url,
            description: draft.description,
            enabled: draft.enabled,
            disabled_reason: None,
            failing_since: None,
            old_secret_until: None,
            created_at: now,
            updated_at: now,
        };
        let (secret, sealed) = self.new_secret(endpoint.id)?;
        if !ports.webhooks.insert(&endpoint, &sealed, MOST_ENDPOINTS).await? {
            return Err(AutomationError::Full(MOST_ENDPOINTS));
        }
        info!(endpoint.id = %endpoint.id, "webhook endpoint {} was made", endpoint.id);
        Ok((endpoint, secret))
    }

    /// The newest first.
    pub async fn endpoints(
        &self,
        who: &Principal,
        page: PageRequest,
    ) -> Result<Page<Endpoint>, AutomationError> {
        who.require(Permission::AutomationRead)?;
        Ok(self.ports.webhooks.list(who.owner(), page).await?)
    }

    pub async fn endpoint(
        &self,
        who: &Principal,
        id: Id<Endpoint>,
    ) -> Result<Endpoint, AutomationError> {
        who.require(Permission::AutomationRead)?;
        self.owned_endpoint(who.owner(), id).await
    }

    /// Says something else of an endpoint. Its failures until now are forgiven.
    pub async fn change_endpoint(
        &self,
        who: &Principal,
        id: Id<Endpoint>,
        draft: EndpointDraft,
    ) -> Result<Endpoint, AutomationError> {
        who.require(Permission::AutomationWrite)?;
        let endpoint = self.owned_endpoint(who.owner(), id).await?;
        self.check_url(&draft.url)?;
        let EndpointDraft { url, description, enabled } = draft;
        let endpoint = Endpoint {
            url,
            description,
            enabled,
            disabled_reason: None,
            failing_since: None,
            updated_at: self.ports.ambient.now(),
            ..endpoint
        };
        if self.ports.webhooks.replace(&endpoint).await? {
            Ok(endpoint)
        } else {
            Err(AutomationError::NoEndpoint)
        }
    }

    /// Gives the endpoint another secret, shown here and never again. For a day, the one before
    /// signs too.
    pub async fn rotate_secret(
        &self,
        who: &Principal,
        id: Id<Endpoint>,
    ) -> Result<(Endpoint, String), AutomationError> {
        who.require(Permission::AutomationWrite)?;
        let endpoint = self.owned_endpoint(who.owner(), id).await?;
        let (secret, sealed) = self.new_secret(id)?;
        let until = self.ports.ambient.now().plus(OVERLAP);
        if !self.ports.webhooks.rotate(endpoint.owner, id, &sealed, until).await? {
            return Err(AutomationError::NoEndpoint);
        }
        info!(endpoint.id = %id, "webhook endpoint {id} has another secret");
        Ok((Endpoint { old_secret_until: Some(until), ..endpoint }, secret))
    }

    /// Removes an endpoint with its deliveries.
    pub async fn remove_endpoint(
        &self,
        who: &Principal,
        id: Id<Endpoint>,
    ) -> Result<(), AutomationError> {
        who.require(Permission::AutomationWrite)?;
        if !self.ports.webhooks.delete(who.owner(), id).await? {
            return Err(AutomationError::NoEndpoint);
        }
        info!(endpoint.id = %id, "webhook endpoint {id} was removed");
        Ok(())
    }

    pub(super) async fn owned_endpoint(
        &self,
        owner: Owner,
        id: Id<Endpoint>,
    ) -> Result<Endpoint, AutomationError> {
        let found = self.ports.webhooks.find(owner, id).await?;
        found.ok_or(AutomationError::NoEndpoint)
    }

    fn check_url(&self, url: &str) -> Result<(), AutomationError> {
        self.ports.sender.check(url).map_err(|message| AutomationError::field("url", message))
    }

    /// As it is shown, and as it is kept.
    fn new_secret(&self, id: Id<Endpoint>) -> Result<(String, String), AutomationError> {
        let secret = format!("whsec_{}", STANDARD.encode(self.ports.ambient.bytes::<SECRET>()));
        let sealed = self.ports.sealer.seal(&place(id), secret.as_bytes())?;
        Ok((secret, sealed))
    }

    /// The secrets that sign now, the present one first.
    pub(super) fn signing_secrets(
        &self,
        id: Id<Endpoint>,
        sealed: &WebhookSecrets,
    ) -> Result<Vec<String>, AutomationError> {
        let open = |text: &String| {
            let secret = self.ports.sealer.open(&place(id), text)?;
            Ok(String::from_utf8_lossy(&secret).into_owned())
        };
        let now = self.ports.ambient.now();
        let old = sealed.old.iter().filter(|(_, until)| *until > now).map(|(text, _)| text);
        std::iter::once(&sealed.present).chain(old).map(open).collect()
    }
}
