//! Messages to where users listen: endpoints, the log of deliveries, and delivering.

mod deliver;
mod keep;
mod log;
mod ports;
mod send;

pub use keep::{EndpointDraft, MOST_ENDPOINTS, place};
pub use ports::{
    Answered, Claimed, DeliveryQuery, Message, MessageError, Settled, WebhookSecrets,
    WebhookSender, WebhookStore,
};
pub use send::MOST_WAITING;
pub(super) use send::Said;
