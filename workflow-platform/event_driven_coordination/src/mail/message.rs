//! From a mail to the text that is sent (RFC 5322, multipart/alternative).

use std::time::{Duration, SystemTime};

use lettre::{
    Message,
    message::{Mailbox, MultiPart},
};
use shared_kernel::{
    application::{Mail, MailError},
    domain::Timestamp,
};

fn refused(error: impl std::fmt::Display) -> MailError {
    MailError::Refused(error.to_string())
}

/// Fails for addresses that no server would take.
pub(super) fn message(mail: &Mail, from: &str, now: Timestamp) -> Result<Message, MailError> {
    let from: Mailbox = from.parse().map_err(refused)?;
    let to: Mailbox = mail.to.parse().map_err(refused)?;
    let micros = u64::try_from(now.micros()).unwrap_or(0);
    let date = SystemTime::UNIX_EPOCH + Duration::from_micros(micros);
    let id = format!("<{}@{}>", mail.message_id, from.email.domain());
    Message::builder()
        .from(from)
        .to(to)
        .subject(&mail.subject)
        .date(date)
        .message_id(Some(id))
        .multipart(MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone()))
        .map_err(refused)
}
