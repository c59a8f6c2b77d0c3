//! What a pool would do now for a host, and why.

use shared_kernel::{
    application::ProxyWish,
    domain::{Ambient, Timestamp},
};

use super::{
    LivePool,
    take::{Outlook, rests, session_of},
};
use crate::domain::{Breaker, Choice, Considered, ProxyId, Reason, StandingCounts, Strategy};

/// A choice that was made.
#[derive(Debug, Clone)]
pub struct RecentChoice {
    pub at: Timestamp,
    pub host: String,
    pub session: Option<String>,
    pub proxy: ProxyId,
    pub reason: Reason,
    /// How many were compared by score.
    pub compared: usize,
    pub score: Option<f64>,
}

impl RecentChoice {
    pub fn new(wish: &ProxyWish<'_>, proxy: ProxyId, choice: &Choice, now: Timestamp) -> Self {
        let score = choice.considered.iter().find(|one| one.id == proxy).map(|one| one.score);
        Self {
            at: now,
            host: wish.host.to_owned(),
            session: wish.session.map(str::to_owned),
            proxy,
            reason: choice.reason,
            compared: choice.considered.len(),
            score,
        }
    }
}

/// What would come of asking now.
#[derive(Debug, Clone)]
pub enum Verdict {
    Chosen { proxy: ProxyId, reason: Reason },
    Busy,
    HostRests(Timestamp),
    Nobody,
}

/// The next choice for a host, without taking it.
#[derive(Debug, Clone)]
pub struct Explanation {
    pub host: String,
    pub session: Option<String>,
    pub strategy: Strategy,
    pub verdict: Verdict,
    pub host_breaker: Breaker,
    pub standing: StandingCounts,
    /// Proxies that the host turned away or that fail on it, for now.
    pub resting_here: usize,
    pub prior: f64,
    pub typical_ms: f64,
    /// With their addresses, the best first.
    pub candidates: Vec<(Considered, String)>,
    /// Latest first.
    pub recent: Vec<RecentChoice>,
    /// When the first of those at rest comes back.
    pub next_rested: Option<Timestamp>,
}

impl LivePool {
    /// Made with a copy of the dice: the next real choice, if it is the same wish, is this one.
    pub fn explain(&self, wish: &ProxyWish<'_>, ambient: &Ambient) -> Explanation {
        let now = ambient.now();
        let mut state = self.state.lock();
        state.catch_up(now);
        let mut dice = state.dice.clone();
        let outlook = state.outlook(wish, now, &mut dice);
        let book = state.hosts.get(wish.host);
        let address = |one: &Considered| {
            state.list.0.get(one.position as usize).map(|member| member.address().to_string())
        };
        let (verdict, considered) = match outlook {
            Outlook::Chosen(choice) => {
                let member = state.list.0.get(choice.position as usize);
                let verdict = member.map_or(Verdict::Nobody, |member| Verdict::Chosen {
                    proxy: member.id,
                    reason: choice.reason,
                });
                (verdict, choice.considered)
            }
            Outlook::Busy => (Verdict::Busy, Vec::new()),
            Outlook::HostRests(until) => (Verdict::HostRests(until), Vec::new()),
            Outlook::None => (Verdict::Nobody, Vec::new()),
        };
        let mut candidates: Vec<_> =
            considered.into_iter().map(|one| (one, address(&one).unwrap_or_default())).collect();
        candidates.sort_by(|(a, _), (b, _)| b.score.total_cmp(&a.score));
        let recent = state.recent.iter().rev().filter(|one| one.host == wish.host);
        Explanation {
            host: wish.host.to_owned(),
            session: session_of(&state.pool, wish).map(str::to_owned),
            strategy: state.pool.terms.strategy,
            verdict,
            host_breaker: book.map(|book| book.breaker).unwrap_or_default(),
            standing: state.ready.counts(),
            resting_here: book.map_or(0, |book| book.resting(now)),
            prior: state.evidence.at(now).mean(),
            typical_ms: state.typical_ms(),
            candidates,
            recent: recent.cloned().collect(),
            next_rested: book
                .and_then(|book| rests(book, now))
                .or_else(|| state.ready.next_rested()),
        }
    }
}
