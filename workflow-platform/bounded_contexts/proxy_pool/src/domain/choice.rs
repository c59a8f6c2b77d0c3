//! Which of the usable proxies carries the next request to a host.
//!
//! `smart` draws for each candidate how likely it is to succeed on this host (Thompson sampling:
//! Thompson, 1933; Chapelle and Li, 2011) from Beta(α, β), where α and β are decayed successes and
//! failures on top of the pool's prior, and multiplies:
//!
//! ```text
//! score = drawn × typical / (typical + latency) × free share of the parallel limit / cost
//! ```
//!
//! Up to 100 usable proxies all are candidates. Above, two are drawn at random (the power of two
//! choices: Mitzenmacher, 1996) and compared with those that did best on the host so far (the
//! variant with memory: Shah and Prabhakar, 2002).
//!
//! A host that turned a proxy away a moment ago is not tried out with further ones: it is asked
//! through those that it has answered, as long as one of them is free. Otherwise a few banned
//! proxies, found one after the other, would have the host itself left alone.

use std::time::Duration;

use shared_kernel::domain::Timestamp;
use uuid::Uuid;

use super::{Dice, HostBook, ProxyId, Ready, Strategy};

/// Most usable proxies that are all compared.
pub const COMPARED: usize = 100;
/// For so long after a refusal no proxy is tried out that the host does not know.
const WARY: Duration = Duration::from_mins(1);
/// Draws before a random choice looks at one after the other.
const DRAWS: usize = 16;

/// What a choice needs to know of a proxy.
#[derive(Debug, Clone, Copy)]
pub struct View {
    pub id: ProxyId,
    pub in_use: u32,
    pub cost: f64,
    /// Across all hosts.
    pub latency_ms: Option<f64>,
}

/// The pool's list, sorted by id.
pub trait Members {
    fn view(&self, position: u32) -> Option<View>;

    fn position(&self, id: ProxyId) -> Option<u32>;
}

/// Where a choice is made.
pub struct Scene<'a> {
    pub ready: &'a Ready,
    pub members: &'a dyn Members,
    /// None for a host that was never asked.
    pub book: Option<&'a HostBook>,
    pub avoid: &'a [Uuid],
    pub now: Timestamp,
    pub parallel_limit: u32,
    /// Share of requests that succeed in the pool.
    pub prior: f64,
    /// What an answer takes in the pool, milliseconds.
    pub typical_ms: f64,
    /// The one taken last, for those that take turns.
    pub last: Option<u32>,
}

/// Why this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The session has it already.
    Session,
    Turn,
    Drawn,
    LeastUsed,
    BestScore,
}

impl Reason {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Session => "the session keeps its proxy",
            Self::Turn => "its turn",
            Self::Drawn => "drawn at random",
            Self::LeastUsed => "least used",
            Self::BestScore => "best score",
        }
    }
}

/// A candidate with all that its score is made of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Considered {
    pub position: u32,
    pub id: ProxyId,
    pub alpha: f64,
    pub beta: f64,
    /// The share of successes that was drawn.
    pub drawn: f64,
    pub latency_ms: Option<f64>,
    pub in_use: u32,
    pub free_share: f64,
    pub cost: f64,
    pub score: f64,
}

/// What was chosen from what.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    pub position: u32,
    pub reason: Reason,
    pub considered: Vec<Considered>,
}

impl Scene<'_> {
    /// None when there is none that may be used.
    pub fn choose(&self, strategy: Strategy, dice: &mut Dice) -> Option<Choice> {
        let plain = |position: Option<u32>, reason| {
            let position = position?;
            Some(Choice { position, reason, considered: Vec::new() })
        };
        match strategy {
            Strategy::RoundRobin => plain(
                self.ready.after(self.last).find(|position| self.allows(*position)),
                Reason::Turn,
            ),
            Strategy::Random => plain(self.draw(dice), Reason::Drawn),
            Strategy::LeastUsed | Strategy::Sticky => plain(
                self.ready.least_used().find(|position| self.allows(*position)),
                Reason::LeastUsed,
            ),
            Strategy::Smart => self.smart(dice),
        }
    }

    /// Whether the proxy may be used for this host and is not to be avoided.
    pub fn allows(&self, position: u32) -> bool {
        self.members.view(position).is_some_and(|view| {
            !self.avoid.contains(&view.id.uuid())
                && self.book.is_none_or(|book| book.passes(view.id, self.now))
        })
    }

    fn draw(&self, dice: &mut Dice) -> Option<u32> {
        let dense = self.ready.dense();
        for _ in 0..DRAWS.min(dense.len() * 2) {
            let position = *dense.get(dice.below(dense.len()))?;
            if self.allows(position) {
                return Some(position);
            }
        }
        let (before, after) = dense.split_at(dice.below(dense.len()).min(dense.len()));
        after.iter().chain(before).copied().find(|position| self.allows(*position))
    }

    fn smart(&self, dice: &mut Dice) -> Option<Choice> {
        let considered: Vec<_> = self
            .candidates(dice)
            .into_iter()
            .filter_map(|position| self.consider(position, dice))
            .collect();
        let best = considered.iter().max_by(|a, b| a.score.total_cmp(&b.score))?;
        Some(Choice { position: best.position, reason: Reason::BestScore, considered })
    }

    fn candidates(&self, dice: &mut Dice) -> Vec<u32> {
        if self.ready.dense().len() <= COMPARED {
            return self.all();
        }
        let mut candidates = Vec::new();
        let favourites = self.book.map_or(&[][..], HostBook::favourites);
        candidates.extend(favourites.iter().filter_map(|id| {
            let position = self.members.position(*id)?;
            let ready = matches!(self.ready.standing(position), super::Standing::Ready { .. });
            (ready && self.allows(position)).then_some(position)
        }));
        if !candidates.is_empty() && self.is_wary() {
            return candidates;
        }
        for _ in 0..2 {
            if let Some(position) = self.draw(dice)
                && !candidates.contains(&position)
            {
                candidates.push(position);
            }
        }
        candidates
    }

    fn all(&self) -> Vec<u32> {
        let all = self.ready.after(None).filter(|position| self.allows(*position));
        let answered = |position: u32| {
            let view = self.members.view(position);
            view.is_some_and(|view| self.book.is_some_and(|book| book.has_answered(view.id)))
        };
        let (known, strange): (Vec<_>, Vec<_>) = all.partition(|position| answered(*position));
        if !known.is_empty() && self.is_wary() {
            return known;
        }
        let mut all = known;
        all.extend(strange);
        all.sort_unstable();
        all
    }

    fn is_wary(&self) -> bool {
        self.book.is_some_and(|book| book.has_turned_away_since(self.now.minus(WARY)))
    }

    fn consider(&self, position: u32, dice: &mut Dice) -> Option<Considered> {
        let View { id, in_use, cost, latency_ms } = self.members.view(position)?;
        let pair = self.book.and_then(|book| book.pair(id));
        let seen = pair.map(|pair| pair.evidence).unwrap_or_default();
        let (alpha, beta) = seen.belief(self.prior, self.now);
        let drawn = dice.beta(alpha, beta);
        let latency_ms = pair.and_then(|pair| pair.latency_ms).or(latency_ms);
        let free_share = free_share(in_use, self.parallel_limit);
        let score = drawn * speed(latency_ms, self.typical_ms) * free_share / cost.max(1e-3);
        Some(Considered {
            position,
            id,
            alpha,
            beta,
            drawn,
            latency_ms,
            in_use,
            free_share,
            cost,
            score,
        })
    }
}

/// In `(0, 1)`; ½ for what takes as long as usual, and for what was never seen.
fn speed(latency_ms: Option<f64>, typical_ms: f64) -> f64 {
    let typical = typical_ms.max(1.0);
    typical / (typical + latency_ms.unwrap_or(typical).max(0.0))
}

fn free_share(in_use: u32, limit: u32) -> f64 {
    f64::from(limit.saturating_sub(in_use)) / f64::from(limit.max(1))
}

#[cfg(test)]
mod tests;
