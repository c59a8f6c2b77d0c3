//! Outgoing e-mail.

use async_trait::async_trait;

/// One message to one person, in both forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// Same message, same id: sending twice after a crash can be recognised.
    pub message_id: String,
}

/// The mail was not handed over.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// No attempt will succeed: the address is malformed or refused for good (5xx).
    #[error("mail was refused: {0}")]
    Refused(String),
    #[error("mail server cannot be reached")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Hands a mail to an SMTP server, or writes it to the data folder when none is configured.
#[async_trait]
pub trait Mailer: Send + Sync {
    async fn send(&self, mail: Mail) -> Result<(), MailError>;
}
