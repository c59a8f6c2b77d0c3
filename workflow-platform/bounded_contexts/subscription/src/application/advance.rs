//! What time does: trials end, periods are renewed, invoices become overdue.

use std::time::Duration;

use shared_kernel::domain::{Owner, Timestamp};
use tokio_util::sync::CancellationToken;
use tracing::error;

use super::{SubscriptionError, SubscriptionModule, desk::Desk};
use crate::domain::{
    Due, Invoice, InvoiceReason, Next, State, Subscription, Terms, beginning_of_month,
};

/// Customers looked after in one go.
const AT_ONCE: u32 = 100;
/// Steps of one customer in one go: years of renewals that nobody was there for.
const STEPS: usize = 200;

/// How often somebody looks for what is due.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// The first instant of the month before the one `at` lies in.
fn last_month(at: Timestamp) -> Timestamp {
    beginning_of_month(beginning_of_month(at).minus(Duration::from_secs(1)))
}

impl SubscriptionModule {
    /// Does what is due, again and again, until it is stopped.
    pub async fn run(&self, stop: CancellationToken) {
        let mut looks = tokio::time::interval(LOOK_EVERY);
        while stop.run_until_cancelled(looks.tick()).await.is_some() {
            if let Err(fault) = self.advance_due().await {
                error!(
                    error = &fault as &dyn std::error::Error,
                    "subscriptions were not looked after"
                );
            }
            if let Err(fault) = Box::pin(self.sweep_payments()).await {
                let chain = &fault as &dyn std::error::Error;
                error!(error = chain, "payments were not looked up");
            }
        }
    }

    /// Does what is due of so many customers, and forgets counts of months past. Any number of processes may do so at once; a customer
    /// for whom it fails keeps nobody else waiting.
    pub async fn advance_due(&self) -> Result<(), SubscriptionError> {
        self.quotas.prune(last_month(self.ambient.now())).await?;
        for owner in self.billing.due(self.ambient.now(), AT_ONCE).await? {
            if let Err(fault) = self.advance(owner).await {
                let chain = &fault as &dyn std::error::Error;
                error!(error = chain, user.id = %owner.user(), "a subscription was not looked after");
            }
        }
        Ok(())
    }

    /// Does what is due of one customer, each thing as of when it was due.
    pub async fn advance(&self, owner: Owner) -> Result<(), SubscriptionError> {
        for _ in 0..STEPS {
            let mut desk = self.desk_of(owner).await?;
            if !desk.step().await? {
                break;
            }
            desk.close().await?;
        }
        Ok(())
    }
}

impl Desk<'_> {
    /// Does the next thing that is due; false when there is none.
    async fn step(&mut self) -> Result<bool, SubscriptionError> {
        let Some(found) = self.live().await? else { return Ok(false) };
        let open = self.open_invoices().await?;
        let Some(due) = found.due(open.first().map(|invoice| invoice.due_at)) else {
            return Ok(false);
        };
        if due.at() > self.now {
            return Ok(false);
        }
        self.now = due.at();
        let Some(terms) = found.state.terms().copied() else { return Ok(false) };
        match due {
            Due::PeriodEnds(_) => self.end_period(found, terms).await?,
            Due::InvoiceOverdue(at) => {
                self.mind(found.past_due(terms, at), &open).await?;
            }
            Due::Reminder(_) => self.mind(found.reminded(), &open).await?,
            Due::GivenUp(at) => self.give_up(found, open, at).await?,
        }
        Ok(true)
    }

    async fn end_period(
        &mut self,
        found: Subscription,
        terms: Terms,
    ) -> Result<(), SubscriptionError> {
        let (plan, interval) = match terms.next {
            Next::Cancel => return self.end(found, State::Cancelled { at: self.now }).await,
            Next::Renew => (found.plan, terms.interval),
            Next::Change { plan, interval } => (plan, interval),
        };
        let is_lower = plan != found.plan;
        let plan = self.module.version(plan).await?;
        let offer = self.module.offer(&plan, interval)?;
        let (renewed, lines) = found.renewed(&terms, &offer);
        self.save(&renewed).await?;
        let invoice = self.issue(&renewed, InvoiceReason::Renewed, lines).await?;
        let renewed = renewed.taxed(invoice.tax_minor());
        self.save(&renewed).await?;
        self.tell_of("subscription.renewed", &renewed, &plan).await?;
        if is_lower {
            self.tell_of("subscription.downgraded", &renewed, &plan).await?;
        }
        Ok(())
    }

    async fn end(&mut self, found: Subscription, state: State) -> Result<(), SubscriptionError> {
        let plan = self.module.version(found.plan).await?;
        let ended = found.ended(state);
        self.save(&ended).await?;
        let kind = match state {
            State::Expired { .. } => "subscription.expired",
            _ => "subscription.cancelled",
        };
        self.tell_of(kind, &ended, &plan).await?;
        self.start_free().await
    }

    /// Says that something is overdue.
    async fn mind(
        &mut self,
        subscription: Subscription,
        open: &[Invoice],
    ) -> Result<(), SubscriptionError> {
        self.save(&subscription).await?;
        let now = self.now;
        for invoice in open.iter().filter(|invoice| invoice.due_at <= now) {
            self.tell_of_invoice("invoice.overdue", invoice).await?;
        }
        Ok(())
    }

    async fn give_up(
        &mut self,
        found: Subscription,
        open: Vec<Invoice>,
        at: Timestamp,
    ) -> Result<(), SubscriptionError> {
        self.write_off(open, at).await?;
        self.end(found, State::Expired { at }).await
    }
}
