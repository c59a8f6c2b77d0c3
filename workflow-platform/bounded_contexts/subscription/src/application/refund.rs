//! Gives money of an invoice back.

use serde_json::json;
use shared_kernel::{
    application::Principal,
    domain::{Page, PageRequest, Permission},
};
use tracing::warn;

use super::{
    SubscriptionError, SubscriptionModule,
    desk::Desk,
    payment_ports::{FoundRefund, ProviderError},
    refund_ports::Refundable,
};
use crate::domain::{
    Invoice, InvoiceId, Payment, PaymentId, Refund, RefundId, RefundStatus, Split, ledger, split,
    tax_of,
};

/// Longest reason, characters.
const REASON: usize = 500;

/// What is to be given back.
#[derive(Debug, Clone)]
pub struct RefundWish {
    /// All that is left, unless given.
    pub amount_minor: Option<i64>,
    pub reason: String,
}

impl SubscriptionModule {
    /// Books the refund with its credit note, and has the provider pay it who took the money.
    pub async fn refund_invoice(
        &self,
        who: &Principal,
        id: InvoiceId,
        wish: RefundWish,
    ) -> Result<Refund, SubscriptionError> {
        who.require(Permission::BillingWrite)?;
        let reason = wish.reason.trim().to_owned();
        if reason.is_empty() || reason.chars().count() > REASON {
            return Err(SubscriptionError::field("reason", "must have 1 to 500 characters"));
        }
        let found = self.billing.anybodys_invoice(id).await?.ok_or(SubscriptionError::NotFound)?;
        let mut desk = self.desk_for(who, found.owner).await?;
        let refund = desk.begin_refund(id, RefundWish { reason, ..wish }).await?;
        desk.close().await?;
        if refund.status != RefundStatus::Pending {
            return Ok(refund);
        }
        // Booked before the provider hears of it: whatever happens now, it is asked again.
        match Box::pin(self.ask_for_refund(&refund)).await {
            Ok(settled) => Ok(settled),
            Err(fault) => {
                let chain = &fault as &dyn std::error::Error;
                warn!(error = chain, refund.id = %refund.id, "a refund waits for the provider");
                Ok(refund)
            }
        }
    }

    pub async fn list_refunds(
        &self,
        who: &Principal,
        invoice: Option<InvoiceId>,
        page: PageRequest,
    ) -> Result<Page<Refund>, SubscriptionError> {
        who.require(Permission::BillingRead)?;
        Ok(self.refunds.refunds(invoice, page).await?)
    }

    /// Has the provider pay a refund, once however often it is asked, and books what it says.
    pub(super) async fn ask_for_refund(
        &self,
        refund: &Refund,
    ) -> Result<Refund, SubscriptionError> {
        let provider = self.provider.as_ref().ok_or(SubscriptionError::NotFound)?;
        let paid = self.paid_with(refund).await?;
        let found = match provider.refund(refund, &paid).await {
            Ok(found) => found,
            // It will never do it: the money stays here, to the customer's credit.
            Err(ProviderError::Refused { status, code }) if matches!(status, 400 | 402) => {
                warn!(refund.id = %refund.id, "the provider refused a refund with {status}: {code}");
                FoundRefund {
                    refund: Some(refund.id),
                    reference: None,
                    status: RefundStatus::Failed,
                }
            }
            Err(error) => return Err(error.into()),
        };
        self.take_refund(refund.id, found).await?.ok_or(SubscriptionError::NotFound)
    }

    async fn paid_with(&self, refund: &Refund) -> Result<String, SubscriptionError> {
        let mut work = self.database.begin().await?;
        let id = refund.payment.ok_or(SubscriptionError::NotFound)?;
        let payment = self.payments.payment(&mut work, refund.owner, id).await?;
        payment.and_then(|payment| payment.reference).ok_or(SubscriptionError::NotFound)
    }

    /// Books what became of a refund; none of one that is not ours.
    pub(super) async fn take_refund(
        &self,
        id: RefundId,
        found: FoundRefund,
    ) -> Result<Option<Refund>, SubscriptionError> {
        let Some(owner) = self.refunds.whose(id).await? else { return Ok(None) };
        let mut desk = self.desk_of(owner).await?;
        let taken = desk.settle_refund(id, found).await?;
        desk.close().await?;
        Ok(taken)
    }
}

/// The payment through which so much can be given back; none when it is done by hand.
fn way(
    invoice: &Invoice,
    known: &Refundable,
    amount_minor: i64,
) -> Result<Option<PaymentId>, SubscriptionError> {
    let given = |payment: Option<PaymentId>| -> i64 {
        let through = known.refunds.iter().filter(|refund| refund.payment == payment);
        through.map(|refund| refund.amount_minor).sum()
    };
    let left = |payment: &Payment| payment.amount_minor - given(Some(payment.id));
    let widest = known.payments.iter().max_by_key(|payment| left(payment));
    if let Some(payment) = widest.filter(|payment| left(payment) >= amount_minor) {
        return Ok(Some(payment.id));
    }
    let collected: i64 = known.payments.iter().map(|payment| payment.amount_minor).sum();
    let by_hand = (invoice.paid_minor - collected).max(0) - given(None);
    if by_hand >= amount_minor {
        return Ok(None);
    }
    let most = widest.map_or(0, left).max(by_hand).max(0);
    Err(SubscriptionError::RefundTooLarge { most })
}

impl Desk<'_> {
    async fn begin_refund(
        &mut self,
        id: InvoiceId,
        wish: RefundWish,
    ) -> Result<Refund, SubscriptionError> {
        let module = self.module;
        // Read again, now that nobody else changes it.
        let invoice = module.billing.locked_invoice(&mut self.work, self.owner, id).await?;
        let mut invoice = invoice.ok_or(SubscriptionError::NotFound)?;
        let most = invoice.paid_minor - invoice.refunded_minor;
        let amount_minor = wish.amount_minor.unwrap_or(most);
        if amount_minor <= 0 && wish.amount_minor.is_some() {
            return Err(SubscriptionError::field("amount_minor", "must be more than nothing"));
        }
        if most <= 0 {
            return Err(SubscriptionError::NothingToRefund);
        }
        if amount_minor > most {
            return Err(SubscriptionError::RefundTooLarge { most });
        }
        let known = module.refunds.refundable(&mut self.work, self.owner, id).await?;
        let payment = way(&invoice, &known, amount_minor)?;
        let split = split(amount_minor, self.account.credit_minor);
        let credit_note = self.take_back(&invoice, &known, split, &wish.reason).await?;
        let refund = Refund {
            id: module.ambient.id(),
            invoice: id,
            owner: self.owner,
            currency: invoice.currency,
            amount_minor,
            reason: wish.reason,
            status: RefundStatus::Pending,
            payment,
            credit_note: credit_note.as_ref().map(|note| note.id),
            reference: None,
            created_at: self.now,
            settled_at: None,
        };
        self.account.credit_minor -= split.credit_minor;
        self.save_account().await?;
        invoice.refunded_minor += amount_minor;
        module.billing.put_invoice(&mut self.work, &invoice).await?;
        self.post(&ledger::refund_begun(&refund, split.credit_minor, credit_note.as_ref())).await?;
        module.refunds.put(&mut self.work, &refund).await?;
        self.tell_of_refund("refund.begun", &refund).await?;
        if payment.is_some() {
            return Ok(refund);
        }
        let by_hand = FoundRefund {
            refund: Some(refund.id),
            reference: None,
            status: RefundStatus::Succeeded,
        };
        let done = self.settle_refund(refund.id, by_hand).await?;
        done.ok_or(SubscriptionError::NotFound)
    }

    /// A credit note over what was earned, and less to be given back when the subscription ends.
    async fn take_back(
        &mut self,
        invoice: &Invoice,
        known: &Refundable,
        split: Split,
        reason: &str,
    ) -> Result<Option<crate::domain::CreditNote>, SubscriptionError> {
        let gross = split.earned_minor;
        if gross == 0 {
            return Ok(None);
        }
        let tax = tax_of(gross, known.noted, invoice.total_minor(), invoice.tax_minor());
        let parts = (gross - tax, tax);
        let about = Some((invoice.id, reason.to_owned()));
        let note = self.note(invoice.subscription, invoice.currency, parts, about).await?;
        if let Some(live) = self.live().await?
            && live.id == invoice.subscription
            && invoice.lasts_beyond(self.now)
        {
            self.save(&live.given_back(parts)).await?;
        }
        Ok(Some(note))
    }

    async fn settle_refund(
        &mut self,
        id: RefundId,
        found: FoundRefund,
    ) -> Result<Option<Refund>, SubscriptionError> {
        let module = self.module;
        let known = module.refunds.refund(&mut self.work, self.owner, id).await?;
        let Some(known) = known else { return Ok(None) };
        let before = known.status;
        let known = Refund { reference: found.reference.or(known.reference.clone()), ..known };
        let Some(refund) = known.clone().after(found.status, self.now) else {
            module.refunds.put(&mut self.work, &known).await?;
            return Ok(Some(known));
        };
        module.refunds.put(&mut self.work, &refund).await?;
        self.post(&ledger::refund_settled(&refund, before)).await?;
        if refund.status == RefundStatus::Succeeded {
            self.tell_of_refund("refund.succeeded", &refund).await?;
            return Ok(Some(refund));
        }
        self.account.credit_minor += refund.amount_minor;
        self.save_account().await?;
        let invoice =
            module.billing.locked_invoice(&mut self.work, self.owner, refund.invoice).await?;
        let mut invoice = invoice.ok_or(SubscriptionError::NotFound)?;
        invoice.refunded_minor -= refund.amount_minor;
        module.billing.put_invoice(&mut self.work, &invoice).await?;
        self.tell_of_refund("refund.failed", &refund).await?;
        Ok(Some(refund))
    }

    async fn tell_of_refund(
        &mut self,
        kind: &'static str,
        refund: &Refund,
    ) -> Result<(), SubscriptionError> {
        let billing = &self.module.billing;
        let invoice = billing.locked_invoice(&mut self.work, self.owner, refund.invoice).await?;
        let payload = json!({
            "number": invoice.map(|invoice| invoice.number),
            "refund_id": refund.id,
            "invoice_id": refund.invoice,
            "credit_note_id": refund.credit_note,
            "currency": refund.currency,
            "amount_minor": refund.amount_minor,
        });
        self.tell(kind, ("invoice", refund.invoice.to_string()), payload).await
    }
}
