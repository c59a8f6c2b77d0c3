//! Mails: what they say, and how they leave.

mod folder;
mod message;
mod notice;
mod smtp;
mod templates;
mod verification;

pub use folder::FolderMailer;
pub use notice::SecurityNotice;
pub use smtp::{SmtpMailer, SmtpSecurity, SmtpSettings};
pub use templates::TemplateError;
pub use verification::VerificationMail;
