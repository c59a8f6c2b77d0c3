//! Leases of a pool: given, given back, given up.

use std::{cmp::Reverse, time::Duration};

use shared_kernel::{
    application::{FetchOutcome, ProxyFeedback, ProxyLease, ProxyWish},
    domain::{Ambient, Timestamp},
};
use uuid::Uuid;

use super::{
    LivePool,
    explain::RecentChoice,
    pool::{List, State},
};
use crate::{
    application::ports::LeaseClaim,
    domain::{
        Answer, Choice, Finding, HostBook, Pool, ProxyId, Reason, Scene, Standing, Strategy,
        host_id,
    },
};

/// A proxy that rests no longer than this, because other processes fill it or the host wants a
/// pause, is worth waiting for.
const SOON: Duration = Duration::from_secs(5);
/// Proxies that are asked when they may be used again.
const LOOKED_AT: usize = 1000;
/// Choices remembered to be explained.
const REMEMBERED: usize = 32;

/// Why a lease was not granted by what all processes share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setback {
    /// Other processes fill the proxy.
    Full,
    /// Another process's probe is out.
    Probed,
    /// Its session goes through another proxy.
    OtherSession,
}

impl Setback {
    /// For so long the proxy is left alone.
    const fn pause(self) -> Duration {
        match self {
            Self::Full => Duration::from_millis(50),
            Self::Probed => Duration::from_secs(5),
            Self::OtherSession => Duration::ZERO,
        }
    }
}

/// What came of asking for a proxy.
pub enum Taken {
    Lease(Box<(ProxyLease, LeaseClaim)>),
    /// There are usable ones, all at their parallel limit.
    Busy,
    /// The host is left alone until then.
    HostRests(Timestamp),
    None,
}

/// What may be used now, before anything is taken.
pub(super) enum Outlook {
    Chosen(Choice),
    Busy,
    HostRests(Timestamp),
    None,
}

impl State {
    pub(super) fn scene<'a>(&'a self, wish: &ProxyWish<'a>, now: Timestamp) -> Scene<'a> {
        Scene {
            ready: &self.ready,
            members: &self.list,
            book: self.hosts.get(wish.host),
            avoid: wish.avoid,
            now,
            parallel_limit: self.pool.terms.parallel_limit,
            prior: self.evidence.at(now).mean(),
            typical_ms: self.typical_ms(),
            last: self.last.and_then(|id| turn_after(&self.list, id)),
        }
    }

    /// Chooses without changing anything but the dice.
    pub(super) fn outlook(
        &self,
        wish: &ProxyWish<'_>,
        now: Timestamp,
        dice: &mut crate::domain::Dice,
    ) -> Outlook {
        let scene = self.scene(wish, now);
        if let Some(until) = scene.book.and_then(|book| rests(book, now)) {
            return Outlook::HostRests(until);
        }
        let strategy = self.pool.terms.strategy;
        match self.of_session(wish, &scene) {
            Some(outlook) => outlook,
            None => match scene.choose(strategy, dice) {
                Some(choice) => Outlook::Chosen(choice),
                None => self.without_avoiding(wish, now, dice),
            },
        }
    }

    /// Those to be avoided are better than none.
    fn without_avoiding(
        &self,
        wish: &ProxyWish<'_>,
        now: Timestamp,
        dice: &mut crate::domain::Dice,
    ) -> Outlook {
        let scene = self.scene(&ProxyWish { avoid: &[], ..*wish }, now);
        let other_is_busy = {
            let avoiding = self.scene(wish, now);
            self.ready.full().any(|position| avoiding.allows(position))
        };
        if other_is_busy {
            return Outlook::Busy;
        }
        if let Some(choice) = scene.choose(self.pool.terms.strategy, dice) {
            return Outlook::Chosen(choice);
        }
        let is_soon = |at: Timestamp| at.since(now) <= SOON;
        let back = self.ready.next_rested().into_iter().chain(self.let_in_again(&scene));
        if back.min().is_some_and(is_soon)
            || self.ready.full().any(|position| scene.allows(position))
        {
            Outlook::Busy
        } else {
            Outlook::None
        }
    }

    /// When the host may be asked again through the first of those that could be used otherwise.
    fn let_in_again(&self, scene: &Scene<'_>) -> Option<Timestamp> {
        let usable = self.ready.dense().iter().copied().chain(self.ready.full()).take(LOOKED_AT);
        let opens = usable.filter_map(|position| {
            let view = scene.members.view(position)?;
            scene.book?.pair(view.id)?.breaker.opens_at()
        });
        opens.min()
    }

    /// None when the session has no proxy that it could keep.
    fn of_session(&self, wish: &ProxyWish<'_>, scene: &Scene<'_>) -> Option<Outlook> {
        let session = session_of(&self.pool, wish)?;
        let proxy = self.sessions.proxy(session, scene.now, &self.pool.terms.sticky)?;
        let position = scene.members.position(proxy).filter(|at| scene.allows(*at))?;
        match self.ready.standing(position) {
            Standing::Ready { .. } => Some(Outlook::Chosen(Choice {
                position,
                reason: Reason::Session,
                considered: Vec::new(),
            })),
            Standing::Full => Some(Outlook::Busy),
            Standing::Resting(_) | Standing::Off => None,
        }
    }
}

/// Under `sticky` what goes to one host is a session of its own.
pub(super) fn session_of<'a>(pool: &Pool, wish: &ProxyWish<'a>) -> Option<&'a str> {
    let by_host = (pool.terms.strategy == Strategy::Sticky).then_some(wish.host);
    wish.session.or(by_host)
}

/// The place in the list that counts as taken last, although its proxy may be gone.
fn turn_after(list: &List, id: ProxyId) -> Option<u32> {
    let place = list.0.partition_point(|member| member.id <= id);
    u32::try_from(place).ok()?.checked_sub(1)
}

pub(super) fn rests(book: &HostBook, now: Timestamp) -> Option<Timestamp> {
    book.breaker.opens_at().filter(|until| *until > now)
}

impl LivePool {
    /// Leases a proxy that may be used now, none of those to avoid while another one is usable.
    pub fn take(&self, wish: &ProxyWish<'_>, ambient: &Ambient) -> Taken {
        let now = ambient.now();
        let mut state = self.state.lock();
        state.catch_up(now);
        state.used_at = now;
        let mut dice = state.dice.clone();
        let outlook = state.outlook(wish, now, &mut dice);
        state.dice = dice;
        match outlook {
            Outlook::Chosen(choice) => match self.give(&mut state, wish, &choice, ambient) {
                Some(given) => Taken::Lease(Box::new(given)),
                None => Taken::None,
            },
            Outlook::Busy => Taken::Busy,
            Outlook::HostRests(until) => Taken::HostRests(until),
            Outlook::None => Taken::None,
        }
    }

    fn give(
        &self,
        state: &mut State,
        wish: &ProxyWish<'_>,
        choice: &Choice,
        ambient: &Ambient,
    ) -> Option<(ProxyLease, LeaseClaim)> {
        let (now, id) = (ambient.now(), ambient.uuid());
        let limit = state.pool.terms.parallel_limit;
        state.turn += 1;
        let turn = state.turn;
        let member = state.list.0.get_mut(choice.position as usize)?;
        let proxy = member.id;
        let probes_proxy = member.lease(id, turn, now, &self.health);
        let (address, standing) = (member.address().clone(), member.standing(now, limit));
        state.ready.set(choice.position, standing);
        state.ends.push(Reverse((now.plus(self.lease_ttl), id, proxy)));
        state.last = Some(proxy);
        let pool = state.pool.id;
        let book = state.hosts.open(wish.host, || HostBook::new(host_id(pool, wish.host), now));
        let probing = book.sent(proxy, id, now, &self.manners);
        if let Some(session) = session_of(&state.pool, wish) {
            let terms = state.pool.terms.sticky;
            state.sessions.used(session, proxy, now, &terms);
        }
        if state.recent.len() >= REMEMBERED {
            state.recent.pop_front();
        }
        state.recent.push_back(RecentChoice::new(wish, proxy, choice, now));
        let mut probes = Vec::new();
        if probes_proxy {
            probes.push(format!("{proxy}"));
        }
        if probing.pair {
            probes.push(format!("{proxy}:{}", wish.host));
        }
        if probing.host {
            probes.push(format!("{pool}:{}", wish.host));
        }
        let claim = LeaseClaim {
            proxy,
            lease: id,
            limit,
            ttl: self.lease_ttl,
            probes,
            probe_ttl: self.health.probe_timeout,
            now,
        };
        let lease = ProxyLease { id, proxy: proxy.uuid(), pool: pool.uuid(), address };
        Some((lease, claim))
    }

    /// The lease was not granted by what all processes share.
    pub fn not_granted(&self, lease: &ProxyLease, host: &str, why: Setback, now: Timestamp) {
        let mut state = self.state.lock();
        let limit = state.pool.terms.parallel_limit;
        let proxy = lease.proxy.into();
        if let Some((position, member)) = state.list.find(proxy) {
            member.unsent(lease.id, now, now.plus(why.pause()));
            let standing = member.standing(now, limit);
            state.ready.set(position, standing);
        }
        if let Some(book) = state.hosts.get_mut(host) {
            let pause = if why == Setback::Probed { why.pause() } else { Duration::ZERO };
            book.unused(proxy, lease.id, now.plus(pause));
        }
    }

    /// Another process bound the session to this proxy; tells whether it can be used now.
    pub fn bound_elsewhere(&self, session: &str, proxy: ProxyId, now: Timestamp) -> bool {
        let mut state = self.state.lock();
        let terms = state.pool.terms.sticky;
        let Some((position, _)) = state.list.find(proxy) else { return false };
        let usable =
            matches!(state.ready.standing(position), Standing::Ready { .. } | Standing::Full);
        if usable {
            state.sessions.used(session, proxy, now, &terms);
        }
        usable
    }

    /// The session that a wish belongs to.
    pub fn session<'a>(&self, wish: &ProxyWish<'a>) -> Option<&'a str> {
        session_of(&self.state.lock().pool, wish)
    }

    pub fn give_back(
        &self,
        lease: &ProxyLease,
        host: &str,
        feedback: &ProxyFeedback,
        ambient: &Ambient,
    ) {
        let now = ambient.now();
        let mut state = self.state.lock();
        let limit = state.pool.terms.parallel_limit;
        let proxy: ProxyId = lease.proxy.into();
        let Some((position, member)) = state.list.find(proxy) else { return };
        let known = member.give_back(lease.id, feedback, now, &self.health);
        let standing = member.standing(now, limit);
        state.ready.set(position, standing);
        if known {
            let answer = Answer {
                proxy,
                lease: lease.id,
                outcome: feedback.outcome,
                elapsed: feedback.elapsed,
                at: now,
            };
            self.learn(&mut state, host, &answer);
        }
        drop(state);
        self.tell_freed();
    }

    fn learn(&self, state: &mut State, host: &str, answer: &Answer) {
        match answer.outcome {
            FetchOutcome::Ok => {
                state.evidence.worked(answer.at);
                state.noted_latency(answer.elapsed);
            }
            FetchOutcome::Transport => state.evidence.failed(answer.at),
            _ => {}
        }
        let (members, mut dice) = (state.list.0.len(), state.dice.clone());
        if let Some(book) = state.hosts.get_mut(host) {
            let finding = book.learn(answer, members, &self.manners, &mut dice);
            told(finding, host, answer.proxy);
        }
        state.dice = dice;
    }

    /// What was given back as well turned out to be a refusal of the host.
    pub fn reconsider(&self, proxy: ProxyId, host: &str, outcome: FetchOutcome, now: Timestamp) {
        let mut state = self.state.lock();
        let (members, mut dice) = (state.list.0.len(), state.dice.clone());
        let elapsed = Duration::ZERO;
        let answer = Answer { proxy, lease: Uuid::nil(), outcome, elapsed, at: now };
        if let Some(book) = state.hosts.get_mut(host) {
            let finding = book.reconsider(&answer, members, &self.manners, &mut dice);
            told(finding, host, proxy);
        }
        state.dice = dice;
    }
}

fn told(finding: Finding, host: &str, proxy: ProxyId) {
    match finding {
        Finding::Noted => {}
        Finding::PairOpened => {
            tracing::debug!(proxy.id = %proxy, host, "proxy {proxy} rests for {host}");
        }
        Finding::HostOpened => tracing::info!(host, "{host} is left alone for a while"),
    }
}
