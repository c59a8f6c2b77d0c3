//! Hears from the provider what became of a payment.

use tracing::error;

use super::{
    SubscriptionError, SubscriptionModule,
    desk::Desk,
    payment_ports::{About, Found, Notice},
};
use crate::domain::{InvoiceId, InvoiceStatus, Payment, PaymentId, PaymentStatus, State, ledger};

impl SubscriptionModule {
    /// A notice tells that there is news; what the news is is looked up. `body` is as it came.
    pub async fn hear_payment(
        &self,
        signature: Option<&str>,
        body: &[u8],
    ) -> Result<(), SubscriptionError> {
        let provider = self.provider.as_ref().ok_or(SubscriptionError::NotFound)?;
        let notice = provider.notice(signature, body, self.ambient.now())?;
        let Notice { id, about: Some(about) } = notice else { return Ok(()) };
        if self.payments.heard(&id).await? {
            return Ok(());
        }
        let refunds = match about {
            About::Payment(reference) => {
                return self.hear_of(&id, provider.look(&reference).await?).await;
            }
            About::Refund(reference) => vec![provider.look_refund(&reference).await?],
            About::RefundsOf(charge) => provider.refunds_of(&charge).await?,
        };
        // Told twice, the second changes nothing: a refund knows where it stands.
        for found in refunds {
            if let Some(refund) = found.refund {
                self.take_refund(refund, found).await?;
            }
        }
        Ok(())
    }

    async fn hear_of(&self, id: &str, found: Found) -> Result<(), SubscriptionError> {
        // Others may be customers of the same provider's account.
        let Some(payment) = found.payment else { return Ok(()) };
        let Some(owner) = self.payments.whose(payment).await? else { return Ok(()) };
        let mut desk = self.desk_of(owner).await?;
        let now = desk.now;
        if self.payments.hear(&mut desk.work, id, now).await? {
            desk.take_note(payment, found).await?;
            desk.close().await?;
        }
        Ok(())
    }
}

impl Desk<'_> {
    /// Books what became of a payment; tells whether that is news.
    pub async fn take_note(
        &mut self,
        id: PaymentId,
        found: Found,
    ) -> Result<bool, SubscriptionError> {
        let payments = &self.module.payments;
        let known = payments.payment(&mut self.work, self.owner, id).await?;
        let Some(known) = known else { return Ok(false) };
        if found.currency != known.currency {
            error!(payment.id = %id, "payment {id} came in another currency than its invoice's");
            return Ok(false);
        }
        let Some(payment) = known.after(found.outcome, self.now) else { return Ok(false) };
        payments.put(&mut self.work, &payment).await?;
        self.tell_of_outcome(&payment).await?;
        if payment.status == PaymentStatus::Succeeded {
            self.receive(payment.invoice, payment.amount_minor).await?;
        }
        Ok(true)
    }

    async fn tell_of_outcome(&mut self, payment: &Payment) -> Result<(), SubscriptionError> {
        let kind = match payment.status {
            PaymentStatus::Pending => return Ok(()),
            PaymentStatus::Succeeded => "payment.succeeded",
            PaymentStatus::Failed => "payment.failed",
            PaymentStatus::Expired => "payment.expired",
        };
        self.tell_of_payment(kind, payment).await
    }

    /// Money came for an invoice: what is due of it is paid, what is more is to the customer's
    /// credit. So is all of it when the invoice was settled otherwise meanwhile.
    pub async fn receive(
        &mut self,
        id: InvoiceId,
        amount_minor: i64,
    ) -> Result<(), SubscriptionError> {
        let open = self.open_invoices().await?;
        let open = open.into_iter().find(|invoice| invoice.id == id);
        let taken = open.as_ref().map_or(0, |invoice| invoice.due_minor().min(amount_minor));
        let invoice = match &open {
            Some(invoice) => invoice.clone(),
            None => self
                .module
                .billing
                .invoice(self.owner, id)
                .await?
                .ok_or(SubscriptionError::NotFound)?,
        };
        self.post(&ledger::paid(&invoice, amount_minor, taken)).await?;
        if taken < amount_minor {
            self.account.credit_minor += amount_minor - taken;
            self.save_account().await?;
        }
        let Some(mut invoice) = open else { return Ok(()) };
        invoice.paid_minor += taken;
        let invoice = invoice.settled_if_nothing_is_due(self.now);
        self.module.billing.put_invoice(&mut self.work, &invoice).await?;
        if invoice.status == InvoiceStatus::Paid {
            self.tell_of_invoice("invoice.paid", &invoice).await?;
        }
        self.go_on().await
    }

    /// With nothing overdue any more the subscription is what it was.
    async fn go_on(&mut self) -> Result<(), SubscriptionError> {
        let Some(live) = self.live().await? else { return Ok(()) };
        let (now, open) = (self.now, self.open_invoices().await?);
        let is_late = matches!(live.state, State::PastDue { .. });
        let owes = open.iter().any(|invoice| invoice.due_at <= now);
        let live = if owes { live } else { live.paid_up() };
        self.save(&live).await?;
        if is_late && !owes {
            let plan = self.module.version(live.plan).await?;
            self.tell_of("subscription.paid_up", &live, &plan).await?;
        }
        Ok(())
    }
}
