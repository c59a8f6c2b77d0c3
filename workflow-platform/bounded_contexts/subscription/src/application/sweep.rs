//! Asks the provider about what it should have told by now.

use std::time::Duration;

use tracing::{error, info};

use super::{SubscriptionError, SubscriptionModule, payment_ports::Found};
use crate::domain::{Outcome, Payment};

/// A notice that did not come within is thought to be lost.
const PATIENCE: Duration = Duration::from_mins(10);
/// Pages are closed after a day: what was begun and has none by then never gets one.
const PAGELESS: Duration = Duration::from_hours(24);
/// Payments, and refunds, asked about in one go.
const AT_ONCE: u32 = 20;

impl SubscriptionModule {
    /// Settles so many payments and refunds whose notices were lost, as if they had come; gives how
    /// many were asked about. Each is asked about by one process, and again a while later.
    pub async fn sweep_payments(&self) -> Result<usize, SubscriptionError> {
        let Some(provider) = self.provider.clone() else { return Ok(0) };
        let (now, before) = (self.ambient.now(), self.ambient.now().minus(PATIENCE));
        let payments = self.payments.claim_waiting(before, now, AT_ONCE).await?;
        for payment in &payments {
            let found = match &payment.reference {
                Some(reference) => provider.look(reference).await,
                None => Ok(self.without_page(payment)),
            };
            let done = match found {
                Ok(found) => self.settle_payment(payment, found).await,
                Err(fault) => Err(fault.into()),
            };
            said(done, "payment", &payment.id.to_string());
        }
        let refunds = self.refunds.claim_waiting(before, now, AT_ONCE).await?;
        for refund in &refunds {
            let done = match &refund.reference {
                None => self.ask_for_refund(refund).await.map(drop),
                Some(reference) => match provider.look_refund(reference).await {
                    Ok(found) => self.take_refund(refund.id, found).await.map(drop),
                    Err(fault) => Err(fault.into()),
                },
            };
            said(done, "refund", &refund.id.to_string());
        }
        Ok(payments.len() + refunds.len())
    }

    fn without_page(&self, payment: &Payment) -> Found {
        let is_old = payment.created_at <= self.ambient.now().minus(PAGELESS);
        let outcome = if is_old { Outcome::Expired } else { Outcome::Pending };
        Found { payment: Some(payment.id), currency: payment.currency, outcome }
    }

    async fn settle_payment(
        &self,
        payment: &Payment,
        found: Found,
    ) -> Result<(), SubscriptionError> {
        if found.payment != Some(payment.id) {
            let what = "it is about another payment".to_owned();
            return Err(super::payment_ports::ProviderError::Answer(what).into());
        }
        let mut desk = self.desk_of(payment.owner).await?;
        if desk.take_note(payment.id, found).await? {
            info!(payment.id = %payment.id, "payment {} is settled though no notice came", payment.id);
        }
        desk.close().await
    }
}

/// One that fails keeps none of the others waiting.
fn said(done: Result<(), SubscriptionError>, what: &str, id: &str) {
    if let Err(fault) = done {
        let chain = &fault as &dyn std::error::Error;
        error!(error = chain, "{what} {id} could not be looked up");
    }
}
