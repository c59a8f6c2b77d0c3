//! What a pool knows of one target host: of the host itself, and of each proxy against it.
//!
//! A transport failure counts against the pair (proxy, host), and opens its breaker when it
//! repeats. An answer that turns the request away (throttled, challenge) opens the pair's breaker
//! at once. When several proxies are turned away within a window the host is to blame: its own
//! breaker opens, and what its refusals had marked on the proxies is taken back.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    time::Duration,
};

use shared_kernel::{
    application::FetchOutcome,
    domain::{Id, Timestamp},
};
use uuid::Uuid;

use super::{Breaker, BreakerPolicy, Dice, Evidence, PoolId, ProxyId, UsageDelta};

pub type HostId = Id<HostBook>;

/// Proxies that did best on a host and are always among those compared.
pub const FAVOURITES: usize = 8;

/// How pairs and hosts are treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HostPolicy {
    pub pair: BreakerPolicy,
    pub host: BreakerPolicy,
    /// So many proxies turned away within the window, and the host is to blame.
    pub blamed_after: usize,
    pub window: Duration,
}

impl Default for HostPolicy {
    fn default() -> Self {
        // more than put the proxy itself into quarantine, so that one which fails everywhere is
        // not made to rest twice
        let pair = BreakerPolicy {
            opens_after: 5,
            first_pause: Duration::from_secs(2),
            longest_pause: Duration::from_hours(1),
            shortest_pause: Duration::from_millis(200),
            probe_timeout: Duration::from_mins(1),
        };
        let host = BreakerPolicy {
            opens_after: u32::MAX,
            first_pause: Duration::from_mins(2),
            shortest_pause: Duration::from_secs(5),
            ..pair
        };
        Self { pair, host, blamed_after: 3, window: Duration::from_mins(1) }
    }
}

/// Requests of one proxy to one host, for statistics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    pub requests: u64,
    pub successes: u64,
    pub failures: u64,
    /// Throttled or challenged.
    pub refused: u64,
}

/// One proxy against one host.
#[derive(Debug, Clone, Default)]
pub struct Pair {
    pub evidence: Evidence,
    /// The part of it that is not yet written down.
    pub fresh: Evidence,
    pub latency_ms: Option<f64>,
    pub breaker: Breaker,
    /// Not yet written down.
    pub tally: Tally,
    pub last_at: Timestamp,
}

/// The id of a pool's host: the same in every process, whoever meets the host first.
pub fn host_id(pool: PoolId, host: &str) -> HostId {
    let mut hasher = blake3::Hasher::new();
    hasher.update(pool.uuid().as_bytes()).update(host.as_bytes());
    let mut bytes = [0; 16];
    hasher.finalize_xof().fill(&mut bytes);
    uuid::Builder::from_custom_bytes(bytes).into_uuid().into()
}

/// How a request to a host through a proxy went.
#[derive(Debug, Clone, Copy)]
pub struct Answer {
    pub proxy: ProxyId,
    pub lease: Uuid,
    pub outcome: FetchOutcome,
    pub elapsed: Duration,
    pub at: Timestamp,
}

/// What a host's book says of one answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    Noted,
    PairOpened,
    HostOpened,
}

/// What a pool knows of a host.
#[derive(Debug, Clone)]
pub struct HostBook {
    pub id: HostId,
    pub breaker: Breaker,
    pub first_at: Timestamp,
    pub last_at: Timestamp,
    pairs: HashMap<ProxyId, Pair>,
    /// Turned away within the window, oldest first.
    refusals: VecDeque<(Timestamp, ProxyId)>,
    favourites: Vec<ProxyId>,
    dirty: bool,
    dirty_pairs: HashSet<ProxyId>,
}

impl HostBook {
    pub fn new(id: HostId, now: Timestamp) -> Self {
        Self {
            id,
            breaker: Breaker::default(),
            first_at: now,
            last_at: now,
            pairs: HashMap::new(),
            refusals: VecDeque::new(),
            favourites: Vec::new(),
            dirty: true,
            dirty_pairs: HashSet::new(),
        }
    }

    /// As it stands written down.
    pub fn known(stored: &StoredHost) -> Self {
        let fresh = Self::new(stored.id, stored.first_at);
        Self { breaker: stored.breaker, last_at: stored.last_at, dirty: false, ..fresh }
    }

    /// Proxies that may not be used for the host now.
    pub fn resting(&self, now: Timestamp) -> usize {
        self.pairs.values().filter(|pair| !pair.breaker.passes(now)).count()
    }

    pub fn pairs(&self) -> usize {
        self.pairs.len()
    }

    pub fn pair(&self, proxy: ProxyId) -> Option<&Pair> {
        self.pairs.get(&proxy)
    }

    pub fn favourites(&self) -> &[ProxyId] {
        &self.favourites
    }

    /// Whether the proxy may be used for the host.
    pub fn passes(&self, proxy: ProxyId, now: Timestamp) -> bool {
        self.pairs.get(&proxy).is_none_or(|pair| pair.breaker.passes(now))
    }

    /// A request goes out. Answers whether it probes the pair or the host.
    pub fn sent(
        &mut self,
        proxy: ProxyId,
        lease: Uuid,
        now: Timestamp,
        policy: &HostPolicy,
    ) -> Probing {
        let probing = Probing { host: self.breaker.probes(), pair: self.pair_probes(proxy) };
        if probing.host {
            self.breaker = self.breaker.sent(lease, now, &policy.host);
            self.dirty = true;
        }
        if probing.pair
            && let Some(pair) = self.pairs.get_mut(&proxy)
        {
            pair.breaker = pair.breaker.sent(lease, now, &policy.pair);
            self.dirty_pairs.insert(proxy);
        }
        self.last_at = self.last_at.max(now);
        probing
    }

    /// Whether the next request through the proxy probes the pair.
    pub fn pair_probes(&self, proxy: ProxyId) -> bool {
        self.pairs.get(&proxy).is_some_and(|pair| pair.breaker.probes())
    }

    /// The lease was given back without a request.
    pub fn unused(&mut self, proxy: ProxyId, lease: Uuid, now: Timestamp) {
        self.breaker = self.breaker.unused(lease, now);
        if let Some(pair) = self.pairs.get_mut(&proxy) {
            pair.breaker = pair.breaker.unused(lease, now);
        }
    }

    /// Takes in how a request went; `members` is the number of proxies of the pool.
    pub fn learn(
        &mut self,
        answer: &Answer,
        members: usize,
        policy: &HostPolicy,
        dice: &mut Dice,
    ) -> Finding {
        self.last_at = self.last_at.max(answer.at);
        match answer.outcome {
            FetchOutcome::RobotsDenied => {
                self.unused(answer.proxy, answer.lease, answer.at);
                Finding::Noted
            }
            FetchOutcome::Throttled | FetchOutcome::Challenge => {
                self.refused(answer, members, policy, dice)
            }
            FetchOutcome::Transport => self.failed(answer, policy, dice),
            FetchOutcome::Ok
            | FetchOutcome::LoginWall
            | FetchOutcome::Gone
            | FetchOutcome::ParseDrift => {
                self.answered(answer);
                Finding::Noted
            }
        }
    }

    /// An answer that was taken for a page turned the request away after all.
    pub fn reconsider(
        &mut self,
        answer: &Answer,
        members: usize,
        policy: &HostPolicy,
        dice: &mut Dice,
    ) -> Finding {
        if !matches!(answer.outcome, FetchOutcome::Throttled | FetchOutcome::Challenge) {
            return Finding::Noted;
        }
        let pair = self.touch(answer);
        pair.tally.requests = pair.tally.requests.saturating_sub(1);
        pair.tally.successes = pair.tally.successes.saturating_sub(1);
        pair.evidence.take_back_good(answer.at);
        pair.fresh.take_back_good(answer.at);
        self.refused(answer, members, policy, dice)
    }

    fn touch(&mut self, answer: &Answer) -> &mut Pair {
        self.dirty_pairs.insert(answer.proxy);
        let pair = self.pairs.entry(answer.proxy).or_default();
        pair.last_at = pair.last_at.max(answer.at);
        pair
    }

    fn answered(&mut self, answer: &Answer) {
        let host = self.breaker.answered(answer.lease);
        self.dirty |= host != self.breaker;
        self.breaker = host;
        let pair = self.touch(answer);
        pair.breaker = pair.breaker.answered(answer.lease);
        pair.tally.requests += 1;
        if answer.outcome != FetchOutcome::Ok {
            return;
        }
        pair.tally.successes += 1;
        pair.evidence.worked(answer.at);
        pair.fresh.worked(answer.at);
        pair.latency_ms = Some(UsageDelta::latency(pair.latency_ms, answer.elapsed));
        self.favour(answer.proxy);
    }

    fn failed(&mut self, answer: &Answer, policy: &HostPolicy, dice: &mut Dice) -> Finding {
        // a proxy that fails tells nothing of the host: another probe may go
        self.breaker = self.breaker.unused(answer.lease, answer.at);
        let draw = dice.share();
        let pair = self.touch(answer);
        pair.tally.requests += 1;
        pair.tally.failures += 1;
        pair.evidence.failed(answer.at);
        pair.fresh.failed(answer.at);
        let before = pair.breaker;
        pair.breaker = before.failed(answer.lease, answer.at, &policy.pair, draw);
        let opened = pair.breaker.opens_at().is_some() && pair.breaker != before;
        self.favourites.retain(|id| *id != answer.proxy);
        if opened { Finding::PairOpened } else { Finding::Noted }
    }

    fn refused(
        &mut self,
        answer: &Answer,
        members: usize,
        policy: &HostPolicy,
        dice: &mut Dice,
    ) -> Finding {
        let draw = dice.share();
        let host = self.breaker;
        let pair = self.touch(answer);
        pair.tally.requests += 1;
        pair.tally.refused += 1;
        if host.probes() {
            // what was sent before it opened says nothing new, and nothing of the proxy
            pair.breaker = pair.breaker.unused(answer.lease, answer.at);
            self.breaker = host.tripped(answer.lease, answer.at, &policy.host, draw);
            self.dirty = true;
            return Finding::HostOpened;
        }
        self.note_refusal(answer, policy.window);
        let several = policy.blamed_after.min(members).max(2);
        if self.turned_away() >= several {
            self.breaker = self.breaker.tripped(answer.lease, answer.at, &policy.host, draw);
            self.dirty = true;
            self.acquit(answer.proxy, answer.at);
            return Finding::HostOpened;
        }
        let pair = self.touch(answer);
        pair.evidence.failed(answer.at);
        pair.fresh.failed(answer.at);
        pair.breaker = pair.breaker.tripped(answer.lease, answer.at, &policy.pair, draw);
        self.favourites.retain(|id| *id != answer.proxy);
        Finding::PairOpened
    }

    fn note_refusal(&mut self, answer: &Answer, window: Duration) {
        let begin = answer.at.minus(window);
        while self.refusals.front().is_some_and(|(at, _)| *at < begin) {
            self.refusals.pop_front();
        }
        if self.refusals.len() >= 64 {
            self.refusals.pop_front();
        }
        self.refusals.push_back((answer.at, answer.proxy));
    }

    /// Whether the host turned a proxy away since then.
    pub fn has_turned_away_since(&self, at: Timestamp) -> bool {
        self.refusals.back().is_some_and(|(last, _)| *last >= at)
    }

    /// Whether the host has answered the proxy, as far as is remembered.
    pub fn has_answered(&self, proxy: ProxyId) -> bool {
        self.pairs.get(&proxy).is_some_and(|pair| pair.latency_ms.is_some())
    }

    fn turned_away(&self) -> usize {
        self.refusals.iter().map(|(_, proxy)| proxy).collect::<HashSet<_>>().len()
    }

    /// The host was to blame: what its refusals marked on the proxies goes, all but the last of
    /// which had been noted.
    fn acquit(&mut self, last: ProxyId, now: Timestamp) {
        let mut left_out = false;
        for (_, proxy) in std::mem::take(&mut self.refusals) {
            let Some(pair) = self.pairs.get_mut(&proxy) else { continue };
            pair.breaker = Breaker::default();
            if proxy == last && !left_out {
                left_out = true;
            } else {
                pair.evidence.take_back_bad(now);
                pair.fresh.take_back_bad(now);
            }
            self.dirty_pairs.insert(proxy);
        }
    }

    fn favour(&mut self, proxy: ProxyId) {
        if self.favourites.contains(&proxy) {
            return;
        }
        self.favourites.push(proxy);
        if self.favourites.len() <= FAVOURITES {
            return;
        }
        let merit = |id: &ProxyId| {
            let pair = self.pairs.get(id);
            pair.map_or(0.0, |pair| pair.evidence.mean() / (50.0 + pair.latency_ms.unwrap_or(1e6)))
        };
        let worst = self.favourites.iter().enumerate();
        let worst = worst.min_by(|(_, a), (_, b)| merit(a).total_cmp(&merit(b)));
        if let Some(place) = worst.map(|(place, _)| place) {
            self.favourites.swap_remove(place);
        }
    }
}

/// What a request finds out beside its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Probing {
    pub host: bool,
    pub pair: bool,
}

/// What is to be written down of a host.
#[derive(Debug, Clone)]
pub struct HostNews {
    pub id: HostId,
    pub host: String,
    pub breaker: Breaker,
    pub first_at: Timestamp,
    pub last_at: Timestamp,
    pub pairs: Vec<(ProxyId, Pair)>,
}

/// A host as it was written down, by whichever process.
#[derive(Debug, Clone)]
pub struct StoredHost {
    pub id: HostId,
    pub host: String,
    pub breaker: Breaker,
    pub first_at: Timestamp,
    pub last_at: Timestamp,
}

impl HostBook {
    /// What is new, which then counts as written.
    pub fn collect(&mut self, host: &str) -> Option<HostNews> {
        if !self.dirty && self.dirty_pairs.is_empty() {
            return None;
        }
        self.dirty = false;
        let mut pairs = Vec::with_capacity(self.dirty_pairs.len());
        for proxy in std::mem::take(&mut self.dirty_pairs) {
            let Some(pair) = self.pairs.get_mut(&proxy) else { continue };
            pairs.push((proxy, pair.clone()));
            pair.fresh = Evidence::default();
            pair.tally = Tally::default();
        }
        pairs.sort_by_key(|(proxy, _)| *proxy);
        Some(HostNews {
            id: self.id,
            host: host.to_owned(),
            breaker: self.breaker,
            first_at: self.first_at,
            last_at: self.last_at,
            pairs,
        })
    }

    /// It was not written after all.
    pub fn put_back(&mut self, news: HostNews) {
        self.dirty = true;
        for (proxy, unsaved) in news.pairs {
            let pair = self.pairs.entry(proxy).or_default();
            pair.fresh = pair.fresh.plus(unsaved.fresh);
            pair.tally.requests += unsaved.tally.requests;
            pair.tally.successes += unsaved.tally.successes;
            pair.tally.failures += unsaved.tally.failures;
            pair.tally.refused += unsaved.tally.refused;
            self.dirty_pairs.insert(proxy);
        }
    }

    /// Takes over what stands written down, keeping what this process has not yet written.
    pub fn refresh(&mut self, stored: &StoredHost, pairs: Vec<(ProxyId, Pair)>) {
        self.id = stored.id;
        self.first_at = stored.first_at;
        if !self.dirty && !matches!(self.breaker, Breaker::HalfOpen { .. }) {
            self.breaker = stored.breaker;
        }
        for (proxy, found) in pairs {
            let unsaved = self.dirty_pairs.contains(&proxy);
            let pair = self.pairs.entry(proxy).or_default();
            pair.evidence = found.evidence.plus(pair.fresh);
            if !unsaved && !matches!(pair.breaker, Breaker::HalfOpen { .. }) {
                pair.breaker = found.breaker;
                pair.latency_ms = found.latency_ms;
                pair.last_at = found.last_at;
            }
            if pair.evidence.good() > 0.5 && pair.breaker == Breaker::default() {
                self.favour(proxy);
            }
        }
    }
}

#[cfg(test)]
mod tests;
