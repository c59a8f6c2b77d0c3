//! One pool in use.

use std::{collections::HashMap, time::Duration};

use parking_lot::Mutex;
use shared_kernel::{
    application::{ProxyFeedback, ProxyLease},
    domain::{Ambient, Timestamp},
};
use tokio::sync::Notify;
use uuid::Uuid;

use super::member::{Member, Quarantine};
use crate::{
    application::{
        ProxyPoolSettings,
        ports::{LoadedProxy, ProxyChange},
    },
    domain::{Candidate, HealthPolicy, Pool, ProxyId, Rotation, rotation_of},
};

/// What came of asking for a proxy.
pub enum Taken {
    Lease(Box<ProxyLease>),
    /// There are usable ones, all at their parallel limit.
    Busy,
    None,
}

struct State {
    /// Sorted by id.
    members: Vec<Member>,
    rotation: Box<dyn Rotation>,
    refresh_at: Timestamp,
}

/// A pool, its proxies and their leases.
pub struct LivePool {
    pool: Pool,
    policy: HealthPolicy,
    lease_ttl: Duration,
    state: Mutex<State>,
    freed: Notify,
}

impl LivePool {
    pub fn new(pool: Pool, settings: &ProxyPoolSettings) -> Self {
        let rotation = rotation_of(pool.strategy);
        let state = State { members: Vec::new(), rotation, refresh_at: Timestamp::default() };
        Self {
            pool,
            policy: settings.health,
            lease_ttl: settings.lease_ttl,
            state: Mutex::new(state),
            freed: Notify::new(),
        }
    }

    pub fn pool(&self) -> &Pool {
        &self.pool
    }

    /// Told whenever a lease ends.
    pub fn freed(&self) -> &Notify {
        &self.freed
    }

    pub fn is_stale(&self, now: Timestamp) -> bool {
        self.state.lock().refresh_at <= now
    }

    pub fn expire(&self) {
        self.state.lock().refresh_at = Timestamp::default();
    }

    /// Takes over the list as it stands in the database; leases and news of those that stay are
    /// kept.
    pub fn refresh(&self, mut proxies: Vec<LoadedProxy>, due: Timestamp) {
        proxies.sort_by_key(|proxy| proxy.id);
        let mut state = self.state.lock();
        let mut old: HashMap<ProxyId, Member> =
            state.members.drain(..).map(|member| (member.id, member)).collect();
        state.members = proxies
            .into_iter()
            .map(|loaded| match old.remove(&loaded.id) {
                Some(mut member) => {
                    member.refresh(loaded);
                    member
                }
                None => Member::new(loaded),
            })
            .collect();
        state.refresh_at = due;
    }

    /// Leases a proxy that may be used now, none of `avoid` while another one is usable.
    pub fn take(&self, host: &str, avoid: &[Uuid], ambient: &Ambient) -> Taken {
        let now = ambient.now();
        let mut state = self.state.lock();
        let mut candidates = state.usable(now, |id| !avoid.contains(&id.uuid()));
        if candidates.is_empty() {
            candidates = state.usable(now, |_| true);
        }
        if candidates.is_empty() {
            return Taken::None;
        }
        candidates.retain(|candidate| candidate.in_use < self.pool.parallel_limit);
        if candidates.is_empty() {
            return Taken::Busy;
        }
        let chosen = state.rotation.choose(host, &candidates);
        let Some(candidate) = candidates.get(chosen) else { return Taken::None };
        let Some(member) = state.members.get_mut(candidate.position) else { return Taken::None };
        let id = ambient.uuid();
        let address = member.lease(id, now, now.plus(self.lease_ttl), &self.policy);
        let (proxy, pool) = (member.id.uuid(), self.pool.id.uuid());
        Taken::Lease(Box::new(ProxyLease { id, proxy, pool, address }))
    }

    pub fn give_back(&self, lease: &ProxyLease, feedback: &ProxyFeedback, ambient: &Ambient) {
        let now = ambient.now();
        if let Some(member) = self.state.lock().member(lease.proxy.into()) {
            member.give_back(lease.id, feedback, now, &self.policy);
        }
        self.freed.notify_waiters();
    }

    pub fn tested(&self, proxy: ProxyId, outcome: &Result<Duration, String>, now: Timestamp) {
        if let Some(member) = self.state.lock().member(proxy) {
            member.tested(outcome, now, &self.policy);
        }
        self.freed.notify_waiters();
    }

    /// What is to be written down.
    pub fn collect(&self) -> Vec<(ProxyChange, Option<Quarantine>)> {
        self.state.lock().members.iter_mut().filter_map(Member::collect).collect()
    }

    pub fn put_back(&self, news: impl IntoIterator<Item = (ProxyChange, Option<Quarantine>)>) {
        let mut state = self.state.lock();
        for (change, quarantine) in news {
            if let Some(member) = state.member(change.id) {
                member.put_back(change, quarantine);
            }
        }
    }
}

impl State {
    fn usable(&self, now: Timestamp, wanted: impl Fn(ProxyId) -> bool) -> Vec<Candidate> {
        self.members
            .iter()
            .enumerate()
            .filter(|(_, member)| member.health.is_usable(now) && wanted(member.id))
            .map(|(position, member)| Candidate {
                id: member.id,
                position,
                in_use: member.in_use(now),
            })
            .collect()
    }

    fn member(&mut self, id: ProxyId) -> Option<&mut Member> {
        let place = self.members.binary_search_by_key(&id, |member| member.id).ok()?;
        self.members.get_mut(place)
    }
}
