//! One pool in use.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap, VecDeque},
    time::Duration,
};

use parking_lot::Mutex;
use shared_kernel::domain::{Ambient, Timestamp};
use tokio::sync::Notify;
use uuid::Uuid;

use super::{
    explain::RecentChoice,
    member::{Member, Quarantine},
};
use crate::{
    application::{
        ProxyPoolSettings,
        ports::{FoundHealth, LoadedProxy, ProxyChange},
    },
    domain::{
        Dice, Evidence, HealthPolicy, HostBook, HostNews, HostPolicy, Hosts, Members, Pair, Pool,
        ProxyId, Ready, Sessions, Sight, StoredHost, UsageDelta, View, host_id,
    },
};

/// What an answer takes in a pool that has seen none, milliseconds.
const TYPICAL_MS: f64 = 1000.0;

/// The list, sorted by id.
pub(super) struct List(pub Vec<Member>);

impl List {
    pub fn place(&self, id: ProxyId) -> Option<usize> {
        self.0.binary_search_by_key(&id, |member| member.id).ok()
    }

    pub fn find(&mut self, id: ProxyId) -> Option<(u32, &mut Member)> {
        let place = self.place(id)?;
        Some((u32::try_from(place).ok()?, self.0.get_mut(place)?))
    }
}

impl Members for List {
    fn view(&self, position: u32) -> Option<View> {
        self.0.get(position as usize).map(Member::view)
    }

    fn position(&self, id: ProxyId) -> Option<u32> {
        u32::try_from(self.place(id)?).ok()
    }
}

pub(super) struct State {
    pub pool: Pool,
    pub list: List,
    pub ready: Ready,
    pub hosts: Hosts,
    pub sessions: Sessions,
    pub dice: Dice,
    /// The one taken last.
    pub last: Option<ProxyId>,
    pub turn: u64,
    /// Ends of leases, the soonest first.
    pub ends: BinaryHeap<Reverse<(Timestamp, Uuid, ProxyId)>>,
    /// Requests of the whole pool, which new pairs inherit.
    pub evidence: Evidence,
    pub typical_ms: Option<f64>,
    pub recent: VecDeque<RecentChoice>,
    pub used_at: Timestamp,
    refresh_at: Timestamp,
    refreshed_at: Timestamp,
}

/// A pool, its proxies and their leases.
pub struct LivePool {
    pub(super) health: HealthPolicy,
    pub(super) manners: HostPolicy,
    pub(super) lease_ttl: Duration,
    pub(super) state: Mutex<State>,
    freed: Notify,
}

/// Changes and quarantines of proxies, and news of hosts.
#[derive(Default)]
pub struct News {
    pub proxies: Vec<(ProxyChange, Option<Quarantine>)>,
    pub hosts: Vec<HostNews>,
}

impl LivePool {
    pub fn new(pool: Pool, settings: &ProxyPoolSettings, ambient: &Ambient) -> Self {
        let state = State {
            pool,
            list: List(Vec::new()),
            ready: Ready::default(),
            hosts: Hosts::default(),
            sessions: Sessions::default(),
            dice: Dice::new(u64::from_le_bytes(ambient.bytes())),
            last: None,
            turn: 0,
            ends: BinaryHeap::new(),
            evidence: Evidence::default(),
            typical_ms: None,
            recent: VecDeque::new(),
            used_at: ambient.now(),
            refresh_at: Timestamp::default(),
            refreshed_at: Timestamp::default(),
        };
        Self {
            health: settings.health,
            manners: settings.hosts,
            lease_ttl: settings.lease_ttl,
            state: Mutex::new(state),
            freed: Notify::new(),
        }
    }

    pub fn pool(&self) -> Pool {
        self.state.lock().pool.clone()
    }

    /// Told whenever a lease ends.
    pub fn freed(&self) -> &Notify {
        &self.freed
    }

    pub(super) fn tell_freed(&self) {
        self.freed.notify_waiters();
    }

    pub fn is_stale(&self, now: Timestamp) -> bool {
        self.state.lock().refresh_at <= now
    }

    /// Others changed something: it is read before the first use after this moment.
    pub fn expire_at(&self, at: Timestamp) {
        let mut state = self.state.lock();
        state.refresh_at = state.refresh_at.min(at);
    }

    /// The version of the list that is loaded, and when it was last compared.
    pub fn loaded(&self) -> (u64, Timestamp) {
        let state = self.state.lock();
        (state.pool.list_version, state.refreshed_at)
    }

    /// Nobody used it since then and nothing of it is unsaved.
    pub fn is_idle_since(&self, then: Timestamp) -> bool {
        let state = self.state.lock();
        state.used_at < then && state.list.0.iter().all(Member::is_idle)
    }

    /// Takes over the list as it stands in the database; leases and news of those that stay are
    /// kept.
    pub fn reload(
        &self,
        pool: Pool,
        mut proxies: Vec<LoadedProxy>,
        now: Timestamp,
        due: Timestamp,
    ) {
        proxies.sort_by_key(|proxy| proxy.id);
        let mut state = self.state.lock();
        let mut old: HashMap<ProxyId, Member> =
            state.list.0.drain(..).map(|member| (member.id, member)).collect();
        let members = proxies.into_iter().map(|loaded| match old.remove(&loaded.id) {
            Some(mut member) => {
                member.reload(loaded);
                member
            }
            None => Member::new(loaded),
        });
        state.list = List(members.collect());
        state.adopt(pool, now, due);
    }

    /// Takes over what other processes wrote.
    pub fn refresh(&self, pool: Pool, found: &[FoundHealth], now: Timestamp, due: Timestamp) {
        let mut state = self.state.lock();
        for found in found {
            if let Some((_, member)) = state.list.find(found.id) {
                member.refresh(found);
            }
        }
        state.adopt(pool, now, due);
    }

    /// Whether the host was met before, by this process.
    pub fn knows_host(&self, host: &str) -> bool {
        self.state.lock().hosts.get(host).is_some()
    }

    pub fn knows_any_host(&self) -> bool {
        !self.state.lock().hosts.names().is_empty()
    }

    /// What stands written down of a host; nothing when it is new.
    pub fn learn_host(
        &self,
        host: &str,
        found: Option<(StoredHost, Vec<(ProxyId, Pair)>)>,
        now: Timestamp,
    ) {
        let mut state = self.state.lock();
        let id = host_id(state.pool.id, host);
        let Some((stored, pairs)) = found else {
            state.hosts.open(host, || HostBook::new(id, now));
            return;
        };
        let sums = pairs.iter().fold(Evidence::default(), |sum, (_, p)| sum.plus(p.evidence));
        state.evidence = state.evidence.plus(sums);
        state.hosts.open(host, || HostBook::known(&stored)).refresh(&stored, pairs);
    }

    /// What other processes wrote of hosts that this one knows too.
    pub fn refresh_hosts(&self, found: Vec<(StoredHost, Vec<(ProxyId, Pair)>)>) {
        let mut state = self.state.lock();
        for (stored, pairs) in found {
            if let Some(book) = state.hosts.get_mut(&stored.host) {
                book.refresh(&stored, pairs);
            }
        }
    }

    pub fn tested(
        &self,
        proxy: ProxyId,
        outcome: &Result<Duration, String>,
        sight: Option<Sight>,
        now: Timestamp,
    ) {
        let mut state = self.state.lock();
        let limit = state.pool.terms.parallel_limit;
        if let Some((position, member)) = state.list.find(proxy) {
            member.tested(outcome, now, &self.health);
            if let Some(sight) = sight {
                member.seen(sight);
            }
            let standing = member.standing(now, limit);
            state.ready.set(position, standing);
        }
        drop(state);
        self.tell_freed();
    }

    /// What is to be written down.
    pub fn collect(&self) -> News {
        let mut state = self.state.lock();
        let proxies = state.list.0.iter_mut().filter_map(Member::collect).collect();
        let hosts = state.hosts.iter_mut().filter_map(|(host, book)| book.collect(host)).collect();
        News { proxies, hosts }
    }

    pub fn put_back(&self, news: News) {
        let mut state = self.state.lock();
        for (change, quarantine) in news.proxies {
            if let Some((_, member)) = state.list.find(change.id) {
                member.put_back(change, quarantine);
            }
        }
        for host in news.hosts {
            if let Some(book) = state.hosts.get_mut(&host.host) {
                book.put_back(host);
            }
        }
    }
}

impl State {
    fn adopt(&mut self, pool: Pool, now: Timestamp, due: Timestamp) {
        self.pool = pool;
        (self.refreshed_at, self.refresh_at) = (now, due);
        if self.typical_ms.is_none() {
            let known: Vec<_> = self.list.0.iter().filter_map(Member::latency_ms).collect();
            let sum: f64 = known.iter().sum();
            let count = u32::try_from(known.len()).unwrap_or(u32::MAX);
            self.typical_ms = (count > 0).then(|| sum / f64::from(count));
        }
        let limit = self.pool.terms.parallel_limit;
        if self.ready.size() != self.list.0.len() {
            self.ready = Ready::new(self.list.0.len());
        }
        for (position, member) in (0..).zip(&self.list.0) {
            self.ready.set(position, member.standing(now, limit));
        }
    }

    /// Leases whose time is over end; proxies whose rest is over may be used.
    pub fn catch_up(&mut self, now: Timestamp) {
        while let Some(Reverse((until, lease, proxy))) = self.ends.peek().copied() {
            if until > now {
                break;
            }
            self.ends.pop();
            if let Some((position, member)) = self.list.find(proxy) {
                member.expire(lease);
                let standing = member.standing(now, self.pool.terms.parallel_limit);
                self.ready.set(position, standing);
            }
        }
        while let Some(position) = self.ready.rested(now) {
            let Some(member) = self.list.0.get(position as usize) else { break };
            self.ready.set(position, member.standing(now, self.pool.terms.parallel_limit));
        }
    }

    pub fn typical_ms(&self) -> f64 {
        self.typical_ms.unwrap_or(TYPICAL_MS)
    }

    pub fn noted_latency(&mut self, elapsed: Duration) {
        self.typical_ms = Some(UsageDelta::latency(self.typical_ms, elapsed));
    }
}
