//! Mails a verification code to whoever asked for one.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use minijinja::context;
use serde::Deserialize;
use shared_kernel::{
    application::{EffectHandler, HandlerError, Mail, MailError, Mailer},
    domain::{Ambient, DomainEvent, Locale, Timestamp},
    infrastructure::seal::{SealError, Sealer},
};
use tracing::{info, warn};

use super::templates::{TemplateError, Templates};

const KIND: &str = "user.verification_code.requested";

/// What the event carries.
#[derive(Debug, Deserialize)]
struct Requested {
    code_id: String,
    email: String,
    purpose: String,
    locale: Locale,
    account_exists: bool,
    sealed_code: String,
    expires_at: Timestamp,
}

/// Why no mail was made.
#[derive(Debug, thiserror::Error)]
enum MailingError {
    #[error("event cannot be understood")]
    Payload(#[from] serde_json::Error),
    #[error("code cannot be opened")]
    Seal(#[from] SealError),
    #[error(transparent)]
    Template(#[from] TemplateError),
    #[error(transparent)]
    Mail(#[from] MailError),
}

/// The handler. What is said depends on whether the address has an account, which only the reader
/// of the mail learns.
pub struct VerificationMail {
    mailer: Arc<dyn Mailer>,
    sealer: Sealer,
    ambient: Ambient,
    app_name: String,
    templates: Templates,
}

impl VerificationMail {
    pub fn new(
        mailer: Arc<dyn Mailer>,
        sealer: Sealer,
        ambient: Ambient,
        app_name: String,
    ) -> Result<Self, TemplateError> {
        Ok(Self { mailer, sealer, ambient, app_name, templates: Templates::load()? })
    }

    async fn mail(&self, event: &DomainEvent) -> Result<(), MailingError> {
        let requested = Requested::deserialize(&event.payload)?;
        let Some(template) = template(&requested) else {
            info!(event.id = %event.id, "no account has the address, no mail is sent");
            return Ok(());
        };
        let left = requested.expires_at.since(self.ambient.now());
        if left.is_zero() {
            warn!(event.id = %event.id, "the code is over before its mail could be sent");
            return Ok(());
        }
        let mail = self.render(&requested, template, left)?;
        Ok(self.mailer.send(mail).await?)
    }

    fn render(
        &self,
        requested: &Requested,
        template: &str,
        left: Duration,
    ) -> Result<Mail, MailingError> {
        let place = format!("verification_codes/{}/code", requested.code_id);
        let code = self.sealer.open(&place, &requested.sealed_code)?;
        let values = context! {
            app_name => self.app_name.as_str(),
            purpose => requested.purpose.as_str(),
            code => String::from_utf8_lossy(&code).into_owned(),
            minutes => left.as_secs().div_ceil(60),
        };
        let said = self.templates.render(template, requested.locale, &values)?;
        Ok(said.to(requested.email.clone(), format!("code-{}", requested.code_id)))
    }
}

/// Which mail to send, if any.
fn template(requested: &Requested) -> Option<&'static str> {
    match (requested.purpose.as_str(), requested.account_exists) {
        ("register", true) => Some("account_exists"),
        ("reset_password", false) => None,
        _ => Some("code"),
    }
}

#[async_trait]
impl EffectHandler for VerificationMail {
    fn name(&self) -> &'static str {
        "mail.verification_code"
    }

    fn wants(&self, kind: &str) -> bool {
        kind == KIND
    }

    async fn perform(&self, event: &DomainEvent) -> Result<(), HandlerError> {
        self.mail(event).await.map_err(|error| match error {
            refused @ MailingError::Mail(MailError::Refused(_)) => HandlerError::lasting(refused),
            error => HandlerError::new(error),
        })
    }
}
