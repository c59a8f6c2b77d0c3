//! Use cases: keeping rules, trying them out, and doing what they say.

mod act;
mod check;
mod dry_run;
mod due;
mod error;
mod follow;
mod hear;
mod history;
mod house;
mod keep;
mod list;
mod notifications;
mod ports;
mod preset;
mod prune;
mod service;
mod webhooks;

pub use act::PerformActions;
pub use dry_run::{DryRun, Tried, TriedEvent};
pub use error::{AutomationError, StoreError};
pub use follow::{Update, Updates};
pub use hear::{HearError, HearEvents};
pub use house::{HouseError, Round};
pub use ports::{
    AutomationRow, AutomationStore, BadTimetable, Contact, Deed, Expressions, Facts, FiringStore,
    Hit, NotificationStore, People, RecentEvents, Refusal, Schedules, Workflows,
};
pub use preset::GivePresets;
pub use service::{AutomationPorts, AutomationService};
pub use webhooks::{
    Answered, Claimed, DeliveryQuery, EndpointDraft, MOST_ENDPOINTS, MOST_WAITING, Message,
    MessageError, Settled, WebhookSecrets, WebhookSender, WebhookStore, place,
};

/// Most rules of one user.
pub const MOST_AUTOMATIONS: u32 = 100;
/// A rule fires this often an hour at most.
pub const MOST_FIRINGS_AN_HOUR: u32 = 60;
/// So many executions may lead to one another through rules.
pub const DEEPEST: u32 = 8;
