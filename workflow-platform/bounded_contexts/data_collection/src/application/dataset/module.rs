//! The use cases' working parts, put together once per process.

use std::sync::Arc;

use serde_json::{Value, json};
use shared_kernel::{
    application::{Entitlements, Principal, RequestContext},
    domain::{
        Ambient, AuditEntry, AuditOutcome, AuditTarget, AuditedEvent, DomainEvent, Timestamp,
    },
    infrastructure::{cpu::CpuPool, db::Database},
};
use tokio::sync::Notify;

use super::{DatasetRow, DatasetStore};

/// Use cases of datasets.
#[derive(Clone)]
pub struct DatasetsModule {
    pub(super) database: Database,
    pub(super) store: Arc<dyn DatasetStore>,
    pub(super) entitlements: Arc<dyn Entitlements>,
    pub(super) cpu: CpuPool,
    pub(super) ambient: Ambient,
    /// Told when there may be work beside the requests.
    pub(super) bell: Arc<Notify>,
}

impl DatasetsModule {
    pub fn new(
        database: Database,
        store: Arc<dyn DatasetStore>,
        entitlements: Arc<dyn Entitlements>,
        cpu: CpuPool,
        ambient: Ambient,
    ) -> Self {
        Self { database, store, entitlements, cpu, ambient, bell: Arc::new(Notify::new()) }
    }

    /// Heavy work of those who render what the use cases give.
    pub fn cpu(&self) -> &CpuPool {
        &self.cpu
    }

    pub fn now(&self) -> Timestamp {
        self.ambient.now()
    }

    /// Something that happened to a dataset.
    pub(super) fn event(&self, row: &DatasetRow, kind: &str, payload: Value) -> DomainEvent {
        DomainEvent {
            id: self.ambient.id(),
            kind: kind.to_owned(),
            version: 1,
            aggregate: "dataset".to_owned(),
            aggregate_id: format!("{}/{}", row.owner.user(), row.name),
            user: Some(row.owner.user()),
            payload,
            occurred_at: self.ambient.now(),
            request_id: RequestContext::current().origin().request_id,
        }
    }

    /// Something that somebody did to a dataset, with its line of the audit log.
    pub(super) fn audited(
        &self,
        who: &Principal,
        row: &DatasetRow,
        action: &'static str,
        details: &Value,
    ) -> AuditedEvent {
        let mut payload = json!({ "dataset": row.name });
        if let (Some(all), Some(more)) = (payload.as_object_mut(), details.as_object()) {
            all.extend(more.clone());
        }
        let event = self.event(row, action, payload.clone());
        let entry = AuditEntry {
            id: self.ambient.id(),
            at: event.occurred_at,
            actor: who.actor(),
            action: action.into(),
            user: Some(row.owner.user()),
            target: Some(AuditTarget { kind: "dataset".into(), id: row.id.to_string() }),
            outcome: AuditOutcome::Success,
            reason: None,
            origin: RequestContext::current().origin(),
            details: payload,
        };
        AuditedEvent { event, entry }
    }
}
