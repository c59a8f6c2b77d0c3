//! Tells customers what becomes of their money: invoices, refunds, and a lower plan that is to come.

use std::sync::Arc;

use async_trait::async_trait;
use minijinja::context;
use serde::Deserialize;
use shared_kernel::{
    application::{EffectHandler, HandlerError, MailError, Mailer},
    domain::{Currency, DomainEvent, Money, Timestamp},
};

use super::{
    customers::{Customer, Customers},
    templates::{TemplateError, Templates},
};
use crate::workflows::PortError;

/// Events, and the part of the template that tells of them.
const KINDS: [(&str, &str); 7] = [
    ("invoice.issued", "issued"),
    ("invoice.paid", "paid"),
    ("invoice.overdue", "overdue"),
    ("invoice.given_up", "given_up"),
    ("refund.succeeded", "refunded"),
    ("subscription.downgrade_planned", "downgrade"),
    ("subscription.cancel_planned", "downgrade"),
];

/// What events of invoices carry.
#[derive(Debug, Deserialize)]
struct Told {
    number: String,
    currency: Currency,
    total_minor: i64,
    due_minor: i64,
    due_at: Timestamp,
}

/// What the event of a refund carries.
#[derive(Debug, Deserialize)]
struct Refunded {
    number: String,
    currency: Currency,
    amount_minor: i64,
}

/// What the event of a downgrade carries.
#[derive(Debug, Deserialize)]
struct Planned {
    period_ends_at: Timestamp,
}

/// Why no mail was made.
#[derive(Debug, thiserror::Error)]
enum BillingError {
    #[error("event cannot be understood")]
    Payload(#[from] serde_json::Error),
    #[error(transparent)]
    Port(#[from] PortError),
    #[error(transparent)]
    Template(#[from] TemplateError),
    #[error(transparent)]
    Mail(#[from] MailError),
}

/// The handler.
pub struct BillingNotice {
    mailer: Arc<dyn Mailer>,
    customers: Arc<dyn Customers>,
    app_name: String,
    templates: Templates,
}

impl BillingNotice {
    pub fn new(
        mailer: Arc<dyn Mailer>,
        customers: Arc<dyn Customers>,
        app_name: String,
    ) -> Result<Self, TemplateError> {
        Ok(Self { mailer, customers, app_name, templates: Templates::load()? })
    }

    async fn tell(&self, event: &DomainEvent, part: &str) -> Result<(), BillingError> {
        let Some(values) = self.values(event, part)? else { return Ok(()) };
        let Some(owner) = event.owner() else { return Ok(()) };
        let Some(Customer { email, locale }) = self.customers.customer(owner).await? else {
            return Ok(());
        };
        let said = self.templates.render("billing", locale, &values)?;
        let mail = said.to(email, format!("billing-{}", event.id));
        Ok(self.mailer.send(mail).await?)
    }

    /// `None` when there is nothing to tell: what is paid as it is issued is told of as paid.
    fn values(
        &self,
        event: &DomainEvent,
        part: &str,
    ) -> Result<Option<minijinja::Value>, BillingError> {
        let app_name = self.app_name.as_str();
        if part == "downgrade" {
            let Planned { period_ends_at } = Planned::deserialize(&event.payload)?;
            let (date, number, amount) = (day(period_ends_at), "", "");
            return Ok(Some(context! { app_name, part, date, number, amount }));
        }
        if part == "refunded" {
            let Refunded { number, currency, amount_minor } =
                Refunded::deserialize(&event.payload)?;
            let (amount, date) = (Money { currency, amount_minor }.to_string(), "");
            return Ok(Some(context! { app_name, part, date, number, amount }));
        }
        let told = Told::deserialize(&event.payload)?;
        let amount_minor = if part == "paid" { told.total_minor } else { told.due_minor };
        if part == "issued" && amount_minor <= 0 {
            return Ok(None);
        }
        let amount = Money { currency: told.currency, amount_minor }.to_string();
        let (date, number) = (day(told.due_at), told.number.as_str());
        Ok(Some(context! { app_name, part, date, number, amount }))
    }
}

fn day(at: Timestamp) -> String {
    at.to_chrono().format("%Y-%m-%d").to_string()
}

#[async_trait]
impl EffectHandler for BillingNotice {
    fn name(&self) -> &'static str {
        "mail.billing_notice"
    }

    fn wants(&self, kind: &str) -> bool {
        KINDS.iter().any(|(wanted, _)| *wanted == kind)
    }

    async fn perform(&self, event: &DomainEvent) -> Result<(), HandlerError> {
        let Some((_, part)) = KINDS.iter().find(|(kind, _)| *kind == event.kind) else {
            return Ok(());
        };
        self.tell(event, part).await.map_err(|error| match error {
            refused @ BillingError::Mail(MailError::Refused(_)) => HandlerError::lasting(refused),
            error => HandlerError::new(error),
        })
    }
}
