//! Shows what was delivered, and delivers it again.

use shared_kernel::{
    application::Principal,
    domain::{Id, Page, Permission},
};

use super::DeliveryQuery;
use crate::{
    application::{AutomationError, AutomationService},
    domain::{Attempt, Delivery, DeliveryState, Endpoint},
};

/// Attempts of a delivery that are shown.
const SHOWN: u32 = 100;

impl AutomationService {
    /// The newest first.
    pub async fn deliveries(
        &self,
        who: &Principal,
        id: Id<Endpoint>,
        query: DeliveryQuery,
    ) -> Result<Page<Delivery>, AutomationError> {
        who.require(Permission::AutomationRead)?;
        let endpoint = self.owned_endpoint(who.owner(), id).await?;
        Ok(self.ports.webhooks.deliveries(endpoint.owner, id, query).await?)
    }

    /// One delivery with its latest attempts, the newest first.
    pub async fn delivery(
        &self,
        who: &Principal,
        endpoint: Id<Endpoint>,
        id: Id<Delivery>,
    ) -> Result<(Delivery, Vec<Attempt>), AutomationError> {
        who.require(Permission::AutomationRead)?;
        let endpoint = self.owned_endpoint(who.owner(), endpoint).await?;
        let found = self.ports.webhooks.delivery(endpoint.owner, endpoint.id, id).await?;
        let delivery = found.ok_or(AutomationError::NoDelivery)?;
        let attempts = self.ports.webhooks.attempts(id, SHOWN).await?;
        Ok((delivery, attempts))
    }

    /// Has a delivery that ended tried again from the beginning, under the same `webhook-id`.
    pub async fn redeliver(
        &self,
        who: &Principal,
        endpoint: Id<Endpoint>,
        id: Id<Delivery>,
    ) -> Result<Delivery, AutomationError> {
        who.require(Permission::AutomationWrite)?;
        let endpoint = self.owned_endpoint(who.owner(), endpoint).await?;
        if !endpoint.enabled {
            return Err(AutomationError::EndpointDisabled);
        }
        let found = self.ports.webhooks.delivery(endpoint.owner, endpoint.id, id).await?;
        let delivery = found.ok_or(AutomationError::NoDelivery)?;
        let now = self.ports.ambient.now();
        if !self.ports.webhooks.again(&delivery, now).await? {
            return Err(AutomationError::DeliveryPending);
        }
        let state = DeliveryState::Pending;
        Ok(Delivery { state, tries: 0, due_at: now, ended_at: None, ..delivery })
    }
}
