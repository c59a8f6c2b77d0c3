//! Values shared by all contexts. No IO, no clock, no randomness.

mod ambient;
pub mod archive;
mod audit;
mod bucket_span;
mod cost;
mod count;
mod error;
mod event;
mod event_pattern;
mod event_type;
mod gap;
mod id;
mod idempotency_key;
mod js_literal;
mod locale;
pub mod markup;
mod money;
mod network;
mod owner;
mod page;
mod page_text;
mod patience;
mod permission;
mod permissions;
mod quota;
mod site_page;
mod site_time;
mod time;
mod trace;

pub use ambient::{Ambient, Clock, Entropy};
pub use audit::{
    Actor, ActorKind, Audit, AuditEntry, AuditOutcome, AuditTarget, AuditedEvent, Origin,
    UnknownName,
};
pub use bucket_span::BucketSpan;
pub use cost::Cost;
pub use count::Count;
pub use error::{ErrorKind, Fault, Text};
pub use event::DomainEvent;
pub use event_pattern::{BadPattern, check_pattern, is_public, patterns_of};
pub use event_type::{
    EventCatalog, EventField, EventType, FieldForm, NewerEvent, PayloadFault, Upcast, event_type,
    field, optional,
};
pub use gap::shortest_gap;
pub use id::{Event, Execution, Id, ParseIdError, User};
pub use idempotency_key::{BadIdempotencyKey, IdempotencyKey};
pub use js_literal::{LiteralError, parse_literal};
pub use locale::Locale;
pub use money::{Currency, Money, MoneyError};
pub use network::{BadNetwork, Networks, site_of};
pub use owner::Owner;
pub use page::{Cursor, CursorError, Page, PageRequest};
pub use patience::{Patience, Tries};
pub use permission::{Permission, Role, UnknownPermission, UnknownRole};
pub use permissions::Permissions;
pub use quota::{Quota, Verdict};
pub use site_page::{PageError, SitePage};
pub use site_time::{from_epoch, parse_time};
pub use time::{ParseTimestampError, Timestamp};
pub use trace::{BadTraceContext, TraceContext};
