//! One customer's money, locked: what the use cases that change it have in common.

use serde_json::{Value, json};
use shared_kernel::{
    application::{Principal, RequestContext},
    domain::{
        Actor, AuditEntry, AuditOutcome, AuditTarget, AuditedEvent, Currency, DomainEvent, Owner,
        Timestamp,
    },
    infrastructure::db::UnitOfWork,
};

use super::{
    SubscriptionError, SubscriptionModule,
    ports::{CustomerAccount, Document},
    tally::Tally,
};
use crate::domain::{
    ChangeError, CreditNote, Invoice, InvoiceId, InvoiceReason, InvoiceStatus, Line, Offer,
    PAYABLE_FOR, Payment, Plan, PlanId, State, Subscription, SubscriptionId, ledger, tax_of, taxed,
};

/// A transaction that holds the account of `owner`. Rolled back unless closed.
pub(super) struct Desk<'a> {
    pub module: &'a SubscriptionModule,
    pub work: UnitOfWork,
    pub owner: Owner,
    pub account: CustomerAccount,
    /// When what happens here happens.
    pub now: Timestamp,
    /// Nobody for what time does.
    actor: Option<Actor>,
    tally: Tally,
}

impl SubscriptionModule {
    /// For what somebody does, to themselves or to `owner`.
    pub(super) async fn desk_for(
        &self,
        who: &Principal,
        owner: Owner,
    ) -> Result<Desk<'_>, SubscriptionError> {
        self.open(owner, Some(who.actor())).await
    }

    /// For what happens by itself.
    pub(super) async fn desk_of(&self, owner: Owner) -> Result<Desk<'_>, SubscriptionError> {
        self.open(owner, None).await
    }

    async fn open(
        &self,
        owner: Owner,
        actor: Option<Actor>,
    ) -> Result<Desk<'_>, SubscriptionError> {
        let mut work = self.database.begin().await?;
        let account = self.billing.lock(&mut work, owner).await?;
        let now = self.ambient.now();
        Ok(Desk { module: self, work, owner, account, now, actor, tally: Tally::default() })
    }

    /// A plan on offer, at its price.
    pub(super) async fn offered(&self, code: &str) -> Result<Plan, SubscriptionError> {
        let plans = self.store.plans().await?;
        let found = plans.into_iter().find(|plan| plan.code == code);
        found.ok_or_else(|| SubscriptionError::field("plan", "is not on offer"))
    }

    pub(super) fn offer<'a>(
        &self,
        plan: &'a Plan,
        interval: crate::domain::Interval,
    ) -> Result<Offer<'a>, SubscriptionError> {
        let currency = self.settings.currency;
        let price = plan.price(interval, currency);
        let price = price
            .ok_or_else(|| SubscriptionError::field("interval", "the plan has no price for it"))?;
        Ok(Offer { plan, interval, currency, price_minor: price.amount_minor })
    }

    pub(super) async fn version(&self, id: PlanId) -> Result<Plan, SubscriptionError> {
        self.store.plan(id).await?.ok_or(SubscriptionError::NotFound)
    }
}

impl Desk<'_> {
    /// The paid subscription.
    pub async fn paid(&mut self) -> Result<Subscription, SubscriptionError> {
        let live = self.live().await?;
        let paid = live.filter(|found| found.state.terms().is_some());
        Ok(paid.ok_or(ChangeError::NotSubscribed)?)
    }

    pub async fn live(&mut self) -> Result<Option<Subscription>, SubscriptionError> {
        Ok(self.module.billing.live(&mut self.work, self.owner).await?)
    }

    pub async fn open_invoices(&mut self) -> Result<Vec<Invoice>, SubscriptionError> {
        Ok(self.module.billing.open_invoices(&mut self.work, self.owner).await?)
    }

    pub async fn save(&mut self, subscription: &Subscription) -> Result<(), SubscriptionError> {
        let open = self.open_invoices().await?;
        let due = subscription.due(open.first().map(|invoice| invoice.due_at));
        let due = due.map(crate::domain::Due::at);
        Ok(self.module.billing.put_subscription(&mut self.work, subscription, due).await?)
    }

    pub async fn save_account(&mut self) -> Result<(), SubscriptionError> {
        let (billing, account) = (&self.module.billing, self.account);
        Ok(billing.put_account(&mut self.work, self.owner, &account).await?)
    }

    /// What the lines come to is owed, less what the customer has to their credit.
    pub async fn issue(
        &mut self,
        subscription: &Subscription,
        reason: InvoiceReason,
        lines: Vec<Line>,
    ) -> Result<Invoice, SubscriptionError> {
        let settings = &self.module.settings;
        let lines = taxed(lines, settings.tax_basis_points);
        let number = self.module.billing.next_number(&mut self.work, Document::Invoice).await?;
        let mut invoice = Invoice {
            id: self.module.ambient.id(),
            number: format!("INV-{number:08}"),
            owner: self.owner,
            subscription: subscription.id,
            reason,
            status: InvoiceStatus::Open,
            currency: settings.currency,
            lines,
            credit_minor: 0,
            credited_minor: 0,
            paid_minor: 0,
            refunded_minor: 0,
            issued_at: self.now,
            due_at: self.module.ambient.now().plus(PAYABLE_FOR),
            settled_at: None,
        };
        self.post(&ledger::issued(&invoice)).await?;
        invoice.credit_minor = invoice.due_minor().min(self.account.credit_minor);
        if invoice.credit_minor > 0 {
            self.account.credit_minor -= invoice.credit_minor;
            self.save_account().await?;
            self.post(&ledger::credit_used(&invoice)).await?;
        }
        let invoice = invoice.settled_if_nothing_is_due(self.now);
        self.module.billing.put_invoice(&mut self.work, &invoice).await?;
        self.tell_of_invoice("invoice.issued", &invoice).await?;
        if invoice.status == InvoiceStatus::Paid {
            self.tell_of_invoice("invoice.paid", &invoice).await?;
        }
        Ok(invoice)
    }

    /// Takes back what was charged: first from what is still owed, the rest is to their credit. That
    /// is never more than there is of their money: some may have been given back.
    pub async fn credit(
        &mut self,
        subscription: &Subscription,
        (net_minor, tax_minor): (i64, i64),
    ) -> Result<(), SubscriptionError> {
        let open = self.open_invoices().await?;
        let (wanted, owed) = (net_minor + tax_minor, open.iter().map(Invoice::due_minor).sum());
        let off = wanted.min(owed);
        let held = self.module.billing.held(&mut self.work, self.owner).await?;
        let rest = (wanted - off).min((held - self.account.credit_minor).max(0));
        if off + rest == 0 {
            return Ok(());
        }
        let tax = tax_of(off + rest, (0, 0), wanted, tax_minor);
        let (currency, parts) = (self.module.settings.currency, (off + rest - tax, tax));
        let note = self.note(subscription.id, currency, parts, None).await?;
        let mut left = off;
        for mut invoice in open {
            let taken = invoice.due_minor().min(left);
            left -= taken;
            invoice.credited_minor += taken;
            let invoice = invoice.settled_if_nothing_is_due(self.now);
            self.module.billing.put_invoice(&mut self.work, &invoice).await?;
        }
        self.account.credit_minor += rest;
        self.save_account().await?;
        self.post(&ledger::credited(&note, off)).await
    }

    /// Issues a credit note, the next of its numbers; with the invoice that is given back, and why.
    pub async fn note(
        &mut self,
        subscription: SubscriptionId,
        currency: Currency,
        (net_minor, tax_minor): (i64, i64),
        about: Option<(InvoiceId, String)>,
    ) -> Result<CreditNote, SubscriptionError> {
        let number = self.module.billing.next_number(&mut self.work, Document::CreditNote).await?;
        let (invoice, reason) = about.unzip();
        let note = CreditNote {
            id: self.module.ambient.id(),
            number: format!("CN-{number:08}"),
            owner: self.owner,
            subscription,
            currency,
            net_minor,
            tax_minor,
            invoice,
            reason,
            issued_at: self.now,
        };
        self.module.billing.put_credit_note(&mut self.work, &note).await?;
        let payload = json!({
            "credit_note_id": note.id, "number": note.number, "currency": note.currency,
            "amount_minor": net_minor + tax_minor, "invoice_id": note.invoice,
        });
        self.tell("credit_note.issued", ("invoice", note.id.to_string()), payload).await?;
        Ok(note)
    }

    /// Nobody will pay these any more.
    pub async fn write_off(
        &mut self,
        open: Vec<Invoice>,
        at: Timestamp,
    ) -> Result<(), SubscriptionError> {
        for invoice in open {
            self.post(&ledger::written_off(&invoice)).await?;
            let status = InvoiceStatus::Uncollectible;
            let invoice = Invoice { status, settled_at: Some(at), ..invoice };
            self.module.billing.put_invoice(&mut self.work, &invoice).await?;
            self.tell_of_invoice("invoice.given_up", &invoice).await?;
        }
        Ok(())
    }

    pub async fn post(&mut self, posting: &ledger::Posting) -> Result<(), SubscriptionError> {
        let (id, now) = (self.module.ambient.uuid(), self.now);
        self.tally.posted(posting);
        Ok(self.module.billing.post(&mut self.work, id, self.owner, posting, now).await?)
    }

    /// The customer is on the plan that costs nothing from now on.
    pub async fn start_free(&mut self) -> Result<(), SubscriptionError> {
        let plan = self.module.store.free_plan().await?;
        let subscription = Subscription {
            id: self.module.ambient.id(),
            owner: self.owner,
            plan: plan.id,
            started_at: self.now,
            state: State::Free,
        };
        if self.module.store.start(&mut self.work, &subscription).await? {
            self.tell_of("subscription.started", &subscription, &plan).await?;
        }
        Ok(())
    }

    pub async fn tell_of(
        &mut self,
        kind: &'static str,
        subscription: &Subscription,
        plan: &Plan,
    ) -> Result<(), SubscriptionError> {
        let payload = told_of(subscription, plan);
        self.tell(kind, ("subscription", subscription.id.to_string()), payload).await
    }

    pub async fn tell_of_invoice(
        &mut self,
        kind: &'static str,
        invoice: &Invoice,
    ) -> Result<(), SubscriptionError> {
        let payload = json!({
            "invoice_id": invoice.id,
            "number": invoice.number,
            "currency": invoice.currency,
            "total_minor": invoice.total_minor(),
            "due_minor": invoice.due_minor(),
            "due_at": invoice.due_at,
        });
        self.tell(kind, ("invoice", invoice.id.to_string()), payload).await
    }

    pub async fn tell_of_payment(
        &mut self,
        kind: &'static str,
        payment: &Payment,
    ) -> Result<(), SubscriptionError> {
        let payload = json!({
            "payment_id": payment.id,
            "invoice_id": payment.invoice,
            "currency": payment.currency,
            "amount_minor": payment.amount_minor,
        });
        self.tell(kind, ("invoice", payment.invoice.to_string()), payload).await
    }

    pub async fn tell_of_coupon(
        &mut self,
        kind: &'static str,
        code: &str,
    ) -> Result<(), SubscriptionError> {
        self.tell(kind, ("coupon", code.to_owned()), json!({ "code": code })).await
    }

    pub async fn tell_of_plan(
        &mut self,
        kind: &'static str,
        code: &str,
        version: u32,
    ) -> Result<(), SubscriptionError> {
        let payload = json!({ "plan": code, "plan_version": version });
        self.tell(kind, ("plan", code.to_owned()), payload).await
    }

    /// Into the outbox and, when somebody did it, the audit log.
    pub async fn tell(
        &mut self,
        kind: &'static str,
        (aggregate, aggregate_id): (&'static str, String),
        payload: Value,
    ) -> Result<(), SubscriptionError> {
        self.tally.happened(kind);
        let ambient = &self.module.ambient;
        let origin = RequestContext::current().origin();
        let event = DomainEvent {
            id: ambient.id(),
            kind: kind.to_owned(),
            version: 1,
            aggregate: aggregate.to_owned(),
            aggregate_id: aggregate_id.clone(),
            user: Some(self.owner.user()),
            payload,
            occurred_at: self.now,
            request_id: origin.request_id.clone(),
        };
        let Some(actor) = self.actor else { return Ok(self.work.record(&event).await?) };
        let entry = AuditEntry {
            id: ambient.id(),
            at: self.now,
            actor,
            action: kind.into(),
            user: Some(self.owner.user()),
            target: Some(AuditTarget { kind: aggregate.into(), id: aggregate_id }),
            outcome: AuditOutcome::Success,
            reason: None,
            origin,
            details: json!({}),
        };
        Ok(self.work.record(&AuditedEvent { event, entry }).await?)
    }

    /// Makes all of it real; what the plan includes is asked anew.
    pub async fn close(self) -> Result<(), SubscriptionError> {
        self.work.commit().await?;
        self.tally.count();
        self.module.forget_plan(self.owner).await;
        Ok(())
    }
}

/// What events of a subscription say.
pub(super) fn told_of(subscription: &Subscription, plan: &Plan) -> Value {
    json!({
        "subscription_id": subscription.id,
        "plan": plan.code,
        "plan_version": plan.version,
        "status": subscription.state.status(),
        "interval": subscription.state.terms().map(|terms| terms.interval),
        "period_ends_at": subscription.state.terms().map(|terms| terms.period.end),
    })
}
