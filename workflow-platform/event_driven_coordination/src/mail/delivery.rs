//! Handing a mail over.

use shared_kernel::{
    application::{Mail, MailError, Mailer},
    domain::DomainEvent,
};
use tracing::warn;

/// A mail that is refused for good is let go; anything else is tried again with its event.
pub(super) async fn deliver(
    mailer: &dyn Mailer,
    mail: Mail,
    event: &DomainEvent,
) -> Result<(), MailError> {
    match mailer.send(mail).await {
        Err(MailError::Refused(reason)) => {
            warn!(event.id = %event.id, "the mail was refused for good: {reason}");
            Ok(())
        }
        sent => sent,
    }
}
