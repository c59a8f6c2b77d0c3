//! Ports that cross contexts. Each is a trait; `container.rs` ties it to an adapter.

mod action;
mod action_texts;
mod audit;
mod authenticator;
mod blob;
mod bus;
mod cache;
mod engine_watch;
mod entitlements;
mod event_handler;
mod fetcher;
mod idempotency;
mod mailer;
mod outage;
mod personal_data;
mod proxies;
mod rate_limiter;
mod readings;
mod request;
mod reservation;
mod saved_import;
mod site_pages;
mod spent;
mod template;
pub mod trace;
mod usage_source;
mod user_files;

pub use action::{
    Action, ActionContext, ActionDescriptor, ActionError, ActionFailure, ActionRegistry, LogLevel,
    StepChannel, StepRecord, schema_of,
};
pub use action_texts::ActionTexts;
pub use audit::AuditTrail;
pub use authenticator::{AuthenticationError, Authenticator, Principal, Proof, SessionProof};
pub use blob::{BlobError, BlobKey, BlobStore};
pub use bus::{Bus, BusError, BusMessage, BusStream, Subscription};
pub use cache::{Cache, CacheError};
pub use engine_watch::{EngineStanding, EngineWatch, QueueStanding, WorkerStanding};
pub use entitlements::{
    Allowance, Entitlements, EntitlementsError, Limit, TooOften, Unlimited, Upgrade, Usage,
    least_apart,
};
pub use event_handler::{EffectHandler, EventHandler, HandlerError};
pub use fetcher::{
    FetchError, FetchMethod, FetchOutcome, FetchRequest, FetchResponse, Fetcher, ProxyUse,
};
pub use idempotency::{
    IdempotencyError, IdempotencyKeys, KeptAnswer, KeyLease, KeyState, KeyedOutcome, KeyedProof,
    KeyedRequest,
};
pub use mailer::{Mail, MailError, Mailer};
pub use outage::is_outage;
pub use personal_data::{PersonalData, PersonalDataError, PersonalPage};
pub use proxies::{
    PoolRef, ProxyAddress, ProxyError, ProxyFeedback, ProxyLease, ProxyPools, ProxyScheme,
    ProxyWish,
};
pub use rate_limiter::{Attempt, RateCheck, RateLimiter, RateLimiterError};
pub use readings::{Reading, Readings};
pub use request::{RequestContext, RequestId};
pub use reservation::Reservation;
pub use saved_import::{FileProblem, FileReport, ImportInput, Imported, Importer, ReadSaved};
pub use site_pages::{
    ParsePage, SiteReader, fetch_failure, fetch_site_page, page_failure, reject_site_page,
};
pub use spent::Spent;
pub use template::Template;
pub use usage_source::UsageSource;
pub use user_files::{UserFile, UserFiles, UserFilesError};
