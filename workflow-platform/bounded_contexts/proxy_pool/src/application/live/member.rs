//! One proxy in use.

use serde_json::json;
use shared_kernel::{
    application::{FetchOutcome, ProxyAddress, ProxyFeedback},
    domain::{Ambient, DomainEvent, Timestamp},
};
use uuid::Uuid;

use crate::{
    application::ports::{LoadedProxy, ProxyChange},
    domain::{Health, HealthPolicy, Pool, ProxyId, UsageDelta, Verdict},
};

/// A proxy was put into quarantine.
#[derive(Debug, Clone)]
pub struct Quarantine {
    proxy: ProxyId,
    address: String,
    until: Timestamp,
    strikes: u32,
    at: Timestamp,
}

impl Quarantine {
    pub fn event(&self, pool: &Pool, ambient: &Ambient) -> DomainEvent {
        DomainEvent {
            id: ambient.id(),
            kind: "proxy.quarantined".to_owned(),
            version: 1,
            aggregate: "proxy".to_owned(),
            aggregate_id: self.proxy.to_string(),
            user: Some(pool.owner.user()),
            payload: json!({
                "proxy_id": self.proxy,
                "pool_id": pool.id,
                "pool": pool.name.as_str(),
                "address": self.address,
                "until": self.until,
                "strikes": self.strikes,
            }),
            occurred_at: self.at,
            request_id: None,
        }
    }
}

struct Lease {
    id: Uuid,
    until: Timestamp,
}

/// A proxy, its leases, and what is not yet written down of it.
pub struct Member {
    pub id: ProxyId,
    address: ProxyAddress,
    pub health: Health,
    leases: Vec<Lease>,
    /// The lease that is the half-open probe.
    probe: Option<Uuid>,
    usage: UsageDelta,
    latency_ms: Option<f64>,
    last_error: Option<String>,
    last_used_at: Option<Timestamp>,
    quarantine: Option<Quarantine>,
    dirty: bool,
}

impl Member {
    pub fn new(loaded: LoadedProxy) -> Self {
        Self {
            id: loaded.id,
            address: loaded.address,
            health: loaded.health,
            leases: Vec::new(),
            probe: None,
            usage: UsageDelta::default(),
            latency_ms: loaded.latency_ms,
            last_error: None,
            last_used_at: None,
            quarantine: None,
            dirty: false,
        }
    }

    /// Takes what another process may have found out, unless this one has news of its own.
    pub fn refresh(&mut self, loaded: LoadedProxy) {
        self.address = loaded.address;
        if !self.dirty && self.probe.is_none() {
            self.health = loaded.health;
            self.latency_ms = loaded.latency_ms;
        }
    }

    /// Live leases.
    pub fn in_use(&self, now: Timestamp) -> u32 {
        let live = self.leases.iter().filter(|lease| lease.until > now).count();
        u32::try_from(live).unwrap_or(u32::MAX)
    }

    pub fn lease(
        &mut self,
        id: Uuid,
        now: Timestamp,
        until: Timestamp,
        policy: &HealthPolicy,
    ) -> ProxyAddress {
        // ended leases are remembered for a while, so that late feedback still counts
        if self.leases.len() > 64 {
            self.leases.retain(|lease| lease.until > now);
        }
        self.leases.push(Lease { id, until });
        self.health = self.health.leased(now, policy);
        if matches!(self.health, Health::HalfOpen { .. }) {
            self.probe = Some(id);
        }
        self.address.clone()
    }

    /// Feedback of an unknown lease (given back twice) changes nothing.
    pub fn give_back(
        &mut self,
        lease: Uuid,
        feedback: &ProxyFeedback,
        now: Timestamp,
        policy: &HealthPolicy,
    ) {
        let Some(place) = self.leases.iter().position(|held| held.id == lease) else { return };
        self.leases.swap_remove(place);
        let verdict = Verdict::from(feedback.outcome);
        let is_probe = self.probe == Some(lease);
        if is_probe {
            self.probe = None;
        }
        // while a probe is out, only the probe speaks
        if is_probe || !matches!(self.health, Health::HalfOpen { .. }) {
            self.turn(self.health.after(verdict, now, policy), now);
        }
        self.usage.count(verdict, feedback.bytes);
        self.last_used_at = Some(now);
        self.dirty = true;
        match feedback.outcome {
            FetchOutcome::Ok => {
                self.latency_ms = Some(UsageDelta::latency(self.latency_ms, feedback.elapsed));
            }
            FetchOutcome::Transport => self.last_error = Some("connection failed".to_owned()),
            _ => {}
        }
    }

    pub fn tested(
        &mut self,
        outcome: &Result<std::time::Duration, String>,
        now: Timestamp,
        policy: &HealthPolicy,
    ) {
        self.turn(self.health.tested(outcome.is_ok(), now, policy), now);
        self.dirty = true;
        match outcome {
            Ok(elapsed) => self.latency_ms = Some(UsageDelta::latency(self.latency_ms, *elapsed)),
            Err(error) => self.last_error = Some(error.clone()),
        }
    }

    fn turn(&mut self, next: Health, now: Timestamp) {
        if let Health::Quarantined { until, strikes } = next
            && self.health != next
            && until > now
        {
            let address = self.address.to_string();
            self.quarantine = Some(Quarantine { proxy: self.id, address, until, strikes, at: now });
        }
        self.health = next;
    }

    /// What is to be written down, which then counts as written.
    pub fn collect(&mut self) -> Option<(ProxyChange, Option<Quarantine>)> {
        if !std::mem::take(&mut self.dirty) {
            return None;
        }
        let change = ProxyChange {
            id: self.id,
            health: self.health,
            usage: std::mem::take(&mut self.usage),
            latency_ms: self.latency_ms,
            last_error: self.last_error.take(),
            last_used_at: self.last_used_at,
        };
        Some((change, self.quarantine.take()))
    }

    /// It was not written after all.
    pub fn put_back(&mut self, change: ProxyChange, quarantine: Option<Quarantine>) {
        self.usage.add(&change.usage);
        self.last_error = self.last_error.take().or(change.last_error);
        self.quarantine = self.quarantine.take().or(quarantine);
        self.dirty = true;
    }
}
