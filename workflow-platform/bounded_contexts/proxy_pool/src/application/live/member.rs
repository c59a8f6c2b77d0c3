//! One proxy in use.

use serde_json::json;
use shared_kernel::{
    application::{FetchOutcome, ProxyAddress, ProxyFeedback},
    domain::{Ambient, DomainEvent, Timestamp},
};
use uuid::Uuid;

use crate::{
    application::ports::{FoundHealth, LoadedProxy, ProxyChange},
    domain::{
        Health, HealthPolicy, Manual, Pool, ProxyId, Sight, Standing, UsageDelta, Verdict, View,
    },
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
    /// Counts against the limit; one that ran out is remembered a while for late feedback.
    live: bool,
}

/// Leases remembered beyond their time.
const REMEMBERED: usize = 64;

/// A proxy, its leases, and what is not yet written down of it.
pub struct Member {
    pub id: ProxyId,
    address: ProxyAddress,
    manual: Manual,
    pub health: Health,
    leases: Vec<Lease>,
    in_use: u32,
    /// When it was taken last, in turns of the pool.
    turn: u64,
    /// Other processes use up its limit until about then.
    full_until: Timestamp,
    /// The lease that is the half-open probe.
    probe: Option<Uuid>,
    usage: UsageDelta,
    latency_ms: Option<f64>,
    last_error: Option<String>,
    last_used_at: Option<Timestamp>,
    sight: Option<Sight>,
    checked_at: Option<Timestamp>,
    quarantine: Option<Quarantine>,
    dirty: bool,
}

impl Member {
    pub fn new(loaded: LoadedProxy) -> Self {
        Self {
            id: loaded.id,
            address: loaded.address,
            manual: loaded.manual,
            health: loaded.health,
            leases: Vec::new(),
            in_use: 0,
            turn: 0,
            full_until: Timestamp::default(),
            probe: None,
            usage: UsageDelta::default(),
            latency_ms: loaded.latency_ms,
            last_error: None,
            last_used_at: None,
            sight: None,
            checked_at: None,
            quarantine: None,
            dirty: false,
        }
    }

    /// Takes what the list says now.
    pub fn reload(&mut self, loaded: LoadedProxy) {
        let LoadedProxy { id, address, manual, health, latency_ms } = loaded;
        (self.address, self.manual) = (address, manual);
        self.refresh(&FoundHealth { id, health, latency_ms });
    }

    /// Takes what another process may have found out, unless this one has news of its own.
    pub fn refresh(&mut self, found: &FoundHealth) {
        if !self.dirty && self.probe.is_none() {
            self.health = found.health;
            self.latency_ms = found.latency_ms;
        }
    }

    pub fn view(&self) -> View {
        View {
            id: self.id,
            in_use: self.in_use,
            cost: self.manual.cost,
            latency_ms: self.latency_ms,
        }
    }

    pub fn latency_ms(&self) -> Option<f64> {
        self.latency_ms
    }

    pub fn address(&self) -> &ProxyAddress {
        &self.address
    }

    pub fn is_idle(&self) -> bool {
        self.in_use == 0 && !self.dirty
    }

    /// Where it stands as far as choosing goes.
    pub fn standing(&self, now: Timestamp, limit: u32) -> Standing {
        if !self.manual.enabled {
            return Standing::Off;
        }
        let rest = match self.health {
            Health::Quarantined { until, .. } => until,
            Health::HalfOpen { probe_until, .. } => probe_until,
            Health::Unknown | Health::Healthy | Health::Degraded { .. } => Timestamp::default(),
        };
        let rest = rest.max(self.full_until);
        if rest > now {
            Standing::Resting(rest)
        } else if self.in_use >= limit {
            Standing::Full
        } else {
            Standing::Ready { in_use: self.in_use, turn: self.turn }
        }
    }

    /// Answers whether the request probes the proxy.
    pub fn lease(&mut self, id: Uuid, turn: u64, now: Timestamp, policy: &HealthPolicy) -> bool {
        if self.leases.len() > REMEMBERED + self.in_use as usize {
            self.leases.retain(|lease| lease.live);
        }
        self.leases.push(Lease { id, live: true });
        self.in_use += 1;
        self.turn = turn;
        self.health = self.health.leased(now, policy);
        let probes = matches!(self.health, Health::HalfOpen { .. });
        if probes {
            self.probe = Some(id);
            self.dirty = true;
        }
        probes
    }

    /// The lease's time is over.
    pub fn expire(&mut self, lease: Uuid) {
        if let Some(held) = self.leases.iter_mut().find(|held| held.id == lease && held.live) {
            held.live = false;
            self.in_use = self.in_use.saturating_sub(1);
        }
    }

    /// The lease was not used: other processes have the proxy until about then.
    pub fn unsent(&mut self, lease: Uuid, now: Timestamp, full_until: Timestamp) {
        self.expire(lease);
        self.leases.retain(|held| held.id != lease);
        self.full_until = full_until;
        if self.probe == Some(lease) {
            self.probe = None;
            if let Health::HalfOpen { strikes, .. } = self.health {
                self.health = Health::Quarantined { until: now, strikes };
            }
        }
    }

    /// Feedback of an unknown lease (given back twice) changes nothing; tells whether it was known.
    pub fn give_back(
        &mut self,
        lease: Uuid,
        feedback: &ProxyFeedback,
        now: Timestamp,
        policy: &HealthPolicy,
    ) -> bool {
        let Some(place) = self.leases.iter().position(|held| held.id == lease) else {
            return false;
        };
        self.expire(lease);
        self.leases.swap_remove(place);
        let verdict = Verdict::from(feedback.outcome);
        let is_probe = self.probe == Some(lease);
        if is_probe {
            self.probe = None;
        }
        // while a probe is out, only the probe speaks
        if is_probe || !matches!(self.health, Health::HalfOpen { .. }) {
            self.turn_to(self.health.after(verdict, now, policy), now);
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
        true
    }

    pub fn tested(
        &mut self,
        outcome: &Result<std::time::Duration, String>,
        now: Timestamp,
        policy: &HealthPolicy,
    ) {
        self.turn_to(self.health.tested(outcome.is_ok(), now, policy), now);
        self.dirty = true;
        self.checked_at = Some(now);
        match outcome {
            Ok(elapsed) => self.latency_ms = Some(UsageDelta::latency(self.latency_ms, *elapsed)),
            Err(error) => self.last_error = Some(error.clone()),
        }
    }

    /// A judge told what the other side sees.
    pub fn seen(&mut self, sight: Sight) {
        self.sight = Some(sight);
        self.dirty = true;
    }

    fn turn_to(&mut self, next: Health, now: Timestamp) {
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
            sight: self.sight.take(),
            checked_at: self.checked_at.take(),
        };
        Some((change, self.quarantine.take()))
    }

    /// It was not written after all.
    pub fn put_back(&mut self, change: ProxyChange, quarantine: Option<Quarantine>) {
        self.usage.add(&change.usage);
        self.last_error = self.last_error.take().or(change.last_error);
        self.sight = self.sight.take().or(change.sight);
        self.checked_at = self.checked_at.or(change.checked_at);
        self.quarantine = self.quarantine.take().or(quarantine);
        self.dirty = true;
    }
}
