//! The books of those who are gone: what they still owe is given up.

use std::sync::Arc;

use async_trait::async_trait;
use shared_kernel::{
    application::{PersonalData, PersonalDataError, PersonalPage},
    domain::Owner,
};

use super::{SubscriptionError, SubscriptionModule};
use crate::domain::State;

/// Goes before the tables of the context: a subscription that has ended issues nothing more.
pub struct CloseBooks {
    module: Arc<SubscriptionModule>,
    /// Invoices as they are handed out; they stay.
    invoices: Arc<dyn PersonalData>,
}

impl CloseBooks {
    pub fn new(module: Arc<SubscriptionModule>, invoices: Arc<dyn PersonalData>) -> Self {
        Self { module, invoices }
    }
}

impl SubscriptionModule {
    /// Ends the subscription and writes off what is open, in one transaction; gives how much there
    /// was to do.
    pub async fn close_books(&self, owner: Owner) -> Result<u64, SubscriptionError> {
        let mut desk = self.desk_of(owner).await?;
        let open = desk.open_invoices().await?;
        let live = desk.live().await?.filter(|live| live.state.terms().is_some());
        let done = open.len() + usize::from(live.is_some());
        if done == 0 {
            return Ok(0);
        }
        let at = desk.now;
        desk.write_off(open, at).await?;
        if let Some(live) = live {
            desk.save(&live.ended(State::Cancelled { at })).await?;
        }
        desk.close().await?;
        Ok(u64::try_from(done).unwrap_or(u64::MAX))
    }
}

#[async_trait]
impl PersonalData for CloseBooks {
    fn name(&self) -> &'static str {
        self.invoices.name()
    }

    async fn page(
        &self,
        owner: Owner,
        after: Option<&str>,
    ) -> Result<PersonalPage, PersonalDataError> {
        self.invoices.page(owner, after).await
    }

    async fn erase(&self, owner: Owner) -> Result<u64, PersonalDataError> {
        let closed = self.module.close_books(owner).await;
        closed.map_err(|source| PersonalDataError { part: self.name(), source: Box::new(source) })
    }
}
