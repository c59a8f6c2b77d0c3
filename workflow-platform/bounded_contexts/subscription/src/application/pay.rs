//! Begins to pay an invoice.

use std::time::Duration;

use shared_kernel::{application::Principal, domain::Permission};

use super::{SubscriptionError, SubscriptionModule, payment_ports::PaymentPage};
use crate::domain::{InvoiceId, Payment, PaymentStatus};

/// For so long the same page is given again. Providers close theirs, and forget idempotency keys,
/// after a day.
const PAGE_FOR: Duration = Duration::from_hours(23);

impl SubscriptionModule {
    /// Where the caller pays what is due of their invoice.
    pub async fn pay_invoice(
        &self,
        who: &Principal,
        id: InvoiceId,
    ) -> Result<Payment, SubscriptionError> {
        who.require(Permission::SubscriptionWrite)?;
        let invoice = self.show_invoice(who, id).await?;
        let provider = self.provider.as_ref().ok_or(SubscriptionError::PaidByHand)?;
        let payment = self.begin_payment(who, id).await?;
        if payment.url.is_some() {
            return Ok(payment);
        }
        let page = provider.page(&payment, &invoice.number).await?;
        self.keep_page(who, payment, page).await
    }

    /// Written down before the provider hears of it: what it says later is about something known.
    async fn begin_payment(
        &self,
        who: &Principal,
        id: InvoiceId,
    ) -> Result<Payment, SubscriptionError> {
        let mut desk = self.desk_for(who, who.owner()).await?;
        let open = desk.open_invoices().await?;
        let invoice = open.iter().find(|invoice| invoice.id == id);
        let invoice = invoice.ok_or(SubscriptionError::InvoiceSettled)?;
        let (owner, since) = (desk.owner, desk.now.minus(PAGE_FOR));
        let begun = self.payments.pending(&mut desk.work, owner, id, since).await?;
        let due = invoice.due_minor();
        if let Some(payment) = begun.filter(|payment| payment.amount_minor == due) {
            return Ok(payment);
        }
        let payment = Payment {
            id: self.ambient.id(),
            invoice: id,
            owner,
            currency: invoice.currency,
            amount_minor: due,
            status: PaymentStatus::Pending,
            reference: None,
            url: None,
            created_at: desk.now,
            settled_at: None,
        };
        self.payments.put(&mut desk.work, &payment).await?;
        desk.tell_of_payment("payment.begun", &payment).await?;
        desk.close().await?;
        Ok(payment)
    }

    /// Meanwhile it may have been paid.
    async fn keep_page(
        &self,
        who: &Principal,
        begun: Payment,
        page: PaymentPage,
    ) -> Result<Payment, SubscriptionError> {
        let mut desk = self.desk_for(who, begun.owner).await?;
        let known = self.payments.payment(&mut desk.work, begun.owner, begun.id).await?;
        let PaymentPage { reference, url } = page;
        let known = known.unwrap_or(begun);
        let payment = Payment { reference: Some(reference), url: Some(url), ..known };
        self.payments.put(&mut desk.work, &payment).await?;
        desk.close().await?;
        Ok(payment)
    }
}
