//! Mails: what they say, and how they leave.

mod billing;
mod customers;
mod folder;
mod lowered;
mod message;
mod notice;
mod smtp;
mod templates;
mod verification;

pub use billing::BillingNotice;
pub use customers::{Customer, Customers};
pub use folder::FolderMailer;
pub use lowered::{LoweredNotice, PlanLimits, PlanStanding};
pub use notice::SecurityNotice;
pub use smtp::{SmtpMailer, SmtpSecurity, SmtpSettings};
pub use templates::TemplateError;
pub use verification::VerificationMail;
