//! Tells people what happened to their account, so that they notice what was not them.

use std::sync::Arc;

use async_trait::async_trait;
use minijinja::context;
use serde::Deserialize;
use shared_kernel::{
    application::{EffectHandler, HandlerError, MailError, Mailer},
    domain::{DomainEvent, Locale, Timestamp},
};

use super::templates::{TemplateError, Templates};

/// What is worth a mail.
const REASONS: [&str; 12] = [
    "password_changed",
    "password_reset",
    "refresh_token_reused",
    "totp_enabled",
    "totp_disabled",
    "recovery_code_used",
    "recovery_codes_replaced",
    "email_changed",
    "api_key_created",
    "deletion_requested",
    "deletion_cancelled",
    "account_deleted",
];
/// The events that may be.
const KINDS: [&str; 11] = [
    "user.password_changed",
    "user.sessions_revoked",
    "user.totp_enabled",
    "user.totp_disabled",
    "user.recovery_code_used",
    "user.recovery_codes_replaced",
    "user.email_changed",
    "user.api_key_created",
    "user.deletion_requested",
    "user.deletion_cancelled",
    "user.deleted",
];

/// What the events carry.
#[derive(Debug, Deserialize)]
struct Happened {
    reason: String,
    /// When an account is to be deleted.
    delete_at: Option<Timestamp>,
}

/// Whom to tell. People who ended sessions themselves need not be told.
#[derive(Debug, Deserialize)]
struct Reader {
    email: String,
    locale: Locale,
}

/// Why no mail was made.
#[derive(Debug, thiserror::Error)]
enum NoticeError {
    #[error("event cannot be understood")]
    Payload(#[from] serde_json::Error),
    #[error(transparent)]
    Template(#[from] TemplateError),
    #[error(transparent)]
    Mail(#[from] MailError),
}

/// The handler.
pub struct SecurityNotice {
    mailer: Arc<dyn Mailer>,
    app_name: String,
    templates: Templates,
}

impl SecurityNotice {
    pub fn new(mailer: Arc<dyn Mailer>, app_name: String) -> Result<Self, TemplateError> {
        Ok(Self { mailer, app_name, templates: Templates::load()? })
    }

    async fn tell(&self, event: &DomainEvent) -> Result<(), NoticeError> {
        let Happened { reason, delete_at } = Happened::deserialize(&event.payload)?;
        if !REASONS.contains(&reason.as_str()) {
            return Ok(());
        }
        let reader = Reader::deserialize(&event.payload)?;
        let values = context! {
            app_name => self.app_name.as_str(),
            reason => reason.as_str(),
            at => minute(event.occurred_at),
            delete_at => delete_at.map(minute).unwrap_or_default(),
        };
        let said = self.templates.render("notice", reader.locale, &values)?;
        let mail = said.to(reader.email, format!("notice-{}", event.id));
        Ok(self.mailer.send(mail).await?)
    }
}

fn minute(at: Timestamp) -> String {
    at.to_chrono().format("%Y-%m-%d %H:%M UTC").to_string()
}

#[async_trait]
impl EffectHandler for SecurityNotice {
    fn name(&self) -> &'static str {
        "mail.security_notice"
    }

    fn wants(&self, kind: &str) -> bool {
        KINDS.contains(&kind)
    }

    async fn perform(&self, event: &DomainEvent) -> Result<(), HandlerError> {
        self.tell(event).await.map_err(|error| match error {
            refused @ NoticeError::Mail(MailError::Refused(_)) => HandlerError::lasting(refused),
            error => HandlerError::new(error),
        })
    }
}
