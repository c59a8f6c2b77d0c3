//! Facts that other contexts may hear of.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Event, Id, Owner, Timestamp, User};

/// Something that happened, written in the same transaction as the change it tells of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DomainEvent {
    /// Handlers remember it: the same event twice has one effect.
    pub id: Id<Event>,
    /// `context.aggregate.verb` in the past tense, such as `user.registered`.
    pub kind: String,
    /// Version of the payload's form, from 1.
    pub version: u16,
    /// What it happened to, such as `user`; with `aggregate_id` the unit of ordering.
    pub aggregate: String,
    pub aggregate_id: String,
    pub user: Option<Id<User>>,
    pub payload: Value,
    pub occurred_at: Timestamp,
    pub request_id: Option<String>,
}

impl DomainEvent {
    pub fn owner(&self) -> Option<Owner> {
        self.user.map(Owner::new)
    }
}
