//! The plans on offer, for everybody.

use super::{SubscriptionError, SubscriptionModule};
use crate::domain::Plan;

impl SubscriptionModule {
    pub async fn list_plans(&self) -> Result<Vec<Plan>, SubscriptionError> {
        Ok(self.store.plans().await?)
    }
}
