//! A world of good, slow, flaky, dead and banned proxies, run through the real module while the
//! clock is moved by hand. With the same seed everything comes the same.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
    time::Duration,
};

use proxy_pool::{ProxyPoolModule, domain::Dice};
use shared_kernel::{
    application::{
        FetchOutcome, PoolRef, Principal, ProxyError, ProxyFeedback, ProxyLease, ProxyPools as _,
    },
    domain::{Ambient, Timestamp},
};

/// How long the world runs.
pub const LENGTH: Duration = Duration::from_mins(10);
/// Requests under way at once.
const AT_ONCE: usize = 16;
const HOSTS: [&str; 2] = ["shop.example:443", "news.example:443"];

/// What a proxy is.
#[derive(Clone, Copy)]
enum Kind {
    Good,
    Slow,
    Flaky,
    Dead,
    /// Turned away by the first host.
    Banned,
}

/// Of twenty proxies: eight good, four slow, four flaky, three dead, one banned.
fn kind(number: u16) -> Kind {
    match number % 20 {
        0..8 => Kind::Good,
        8..12 => Kind::Slow,
        12..16 => Kind::Flaky,
        16..19 => Kind::Dead,
        _ => Kind::Banned,
    }
}

/// Lines of an import, one a proxy.
pub fn lines(proxies: u16) -> String {
    (0..proxies).map(|number| format!("203.0.113.1:{}\n", 1000 + number)).collect()
}

/// How a strategy did.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Score {
    pub requests: u32,
    pub pages: u32,
    /// Of the pages, milliseconds.
    pub mean_ms: f64,
    pub failed: u32,
    pub refused: u32,
}

impl Score {
    /// Share of requests that brought a page.
    pub fn share(&self) -> f64 {
        f64::from(self.pages) / f64::from(self.requests.max(1))
    }
}

struct World<'a> {
    module: &'a ProxyPoolModule,
    who: &'a Principal,
    ambient: &'a Ambient,
    dice: Dice,
    /// Ends of what is under way, by number.
    ends: BinaryHeap<Reverse<(Timestamp, u64)>>,
    under_way: HashMap<u64, (ProxyLease, &'static str, ProxyFeedback)>,
    number: u64,
    score: Score,
}

/// Runs the pool `name` of `who` through ten minutes. `advance` moves the clock of `ambient`.
pub async fn run(
    module: &ProxyPoolModule,
    who: &Principal,
    ambient: &Ambient,
    advance: impl Fn(Duration),
    name: &str,
) -> Score {
    let mut world = World {
        module,
        who,
        ambient,
        dice: Dice::new(42),
        ends: BinaryHeap::new(),
        under_way: HashMap::new(),
        number: 0,
        score: Score::default(),
    };
    let end = ambient.now().plus(LENGTH);
    while ambient.now() < end {
        let full = world.under_way.len() >= AT_ONCE;
        let started = !full && world.start(name).await;
        if started {
            continue;
        }
        let now = ambient.now();
        let soon = now.plus(Duration::from_millis(100));
        let next = world.ends.peek().map_or(soon, |Reverse((at, _))| *at);
        advance(if full { next.since(now) } else { next.min(soon).since(now) });
        world.end_due().await;
    }
    world.score
}

impl World<'_> {
    /// False when there is no proxy for now.
    async fn start(&mut self, name: &str) -> bool {
        let host = HOSTS[usize::from(self.dice.share() >= 0.7)];
        let pool = PoolRef(name.to_owned());
        let leased = self.module.lease(self.who.owner(), &pool, host, &[]).await;
        if let Err(ProxyError::HostRests { .. } | ProxyError::Exhausted(_)) = leased {
            return false;
        }
        let lease = leased.unwrap();
        let feedback = self.fate(lease.address.port, host);
        let at = self.ambient.now().plus(feedback.elapsed);
        self.number += 1;
        self.ends.push(Reverse((at, self.number)));
        self.under_way.insert(self.number, (lease, host, feedback));
        true
    }

    fn fate(&mut self, port: u16, host: &str) -> ProxyFeedback {
        let (works, typical) = match kind(port - 1000) {
            Kind::Good | Kind::Banned => (0.98, 150.0),
            Kind::Slow => (0.97, 1500.0),
            Kind::Flaky => (0.6, 200.0),
            Kind::Dead => (0.02, 200.0),
        };
        let elapsed = |millis: f64| Duration::from_secs_f64(millis / 1000.0);
        if self.dice.share() >= works {
            let outcome = FetchOutcome::Transport;
            return ProxyFeedback { outcome, elapsed: elapsed(3000.0), bytes: 0 };
        }
        let took = elapsed(typical * (0.5 + self.dice.share()));
        let banned = matches!(kind(port - 1000), Kind::Banned) && host == HOSTS[0];
        let outcome = if banned { FetchOutcome::Challenge } else { FetchOutcome::Ok };
        ProxyFeedback { outcome, elapsed: took, bytes: 10_000 }
    }

    async fn end_due(&mut self) {
        let now = self.ambient.now();
        while let Some(Reverse((at, number))) = self.ends.peek().copied() {
            if at > now {
                return;
            }
            self.ends.pop();
            let Some((lease, host, feedback)) = self.under_way.remove(&number) else { continue };
            let score = &mut self.score;
            score.requests += 1;
            match feedback.outcome {
                FetchOutcome::Ok => {
                    score.pages += 1;
                    let took = feedback.elapsed.as_secs_f64() * 1000.0;
                    score.mean_ms += (took - score.mean_ms) / f64::from(score.pages);
                }
                FetchOutcome::Transport => score.failed += 1,
                _ => score.refused += 1,
            }
            self.module.give_back(lease, host, feedback).await;
        }
    }
}
