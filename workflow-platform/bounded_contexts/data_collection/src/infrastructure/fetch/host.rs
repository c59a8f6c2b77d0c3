//! How one host is treated: its manners, what the operator decided, and its pauses.

use std::{sync::Arc, time::Duration};

use futures::StreamExt as _;
use serde_json::{Value, json};
use shared_kernel::{
    application::{Bus, FetchError, FetchOutcome, Subscription},
    domain::Timestamp,
    infrastructure::outbound::is_public,
};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::{
    exchange::Answer,
    fetcher::PoliteFetcher,
    gate::{HostGate, Manners, Paused},
    turns::{Ask, Place, Taken},
};
use crate::domain::host::HostRule;

/// Where pauses are told.
const TOPIC: &str = "collection.pause";
/// The first pause of a host that is overloaded, and of one that takes us for a nuisance.
const THROTTLED: Duration = Duration::from_millis(250);
const CHALLENGED: Duration = Duration::from_secs(15);
/// Between two looks at a shared record.
const LOOK: Duration = Duration::from_millis(20);
const LONGEST_LOOK: Duration = Duration::from_secs(1);
/// What a place is held for beyond the exchange.
const MARGIN: Duration = Duration::from_secs(5);
/// Before the bus is listened to anew.
const LISTEN_AGAIN: Duration = Duration::from_secs(1);

/// One host as it is treated now.
pub(super) struct Host {
    /// `name:port`.
    pub name: String,
    pub manners: Manners,
    /// Other processes are asked for a turn.
    shared: bool,
    rule: Option<Arc<HostRule>>,
}

impl Host {
    /// Nothing is fetched from a host that the operator blocked.
    pub fn refuse_blocked(&self) -> Result<(), FetchError> {
        match &self.rule {
            Some(rule) if rule.decision.blocked => Err(FetchError::Blocked {
                host: self.name.clone(),
                reason: rule.decision.reason.clone(),
            }),
            _ => Ok(()),
        }
    }

    pub fn ignores_robots(&self) -> bool {
        self.rule.as_ref().is_some_and(|rule| rule.decision.ignore_robots)
    }

    /// What whoever fetches should know of the operator's decision.
    pub fn notes(&self) -> Vec<String> {
        let Some(rule) = &self.rule else { return Vec::new() };
        let reason = &rule.decision.reason;
        let mut notes = Vec::new();
        if rule.decision.ignore_robots {
            notes.push(format!(
                "robots.txt of {} is not asked, as the operator decided: {reason}",
                self.name
            ));
        }
        if rule.decision.requests_per_second.is_some() || rule.decision.parallel.is_some() {
            notes.push(format!("the operator set the limits of {}: {reason}", self.name));
        }
        notes
    }
}

impl PoliteFetcher {
    /// How the host of an address is treated.
    pub(super) async fn host(&self, url: &Url) -> Host {
        let name = url.host_str().unwrap_or_default();
        let port = url.port_or_known_default().unwrap_or(0);
        let rule = match &self.parts.rules {
            Some(rules) => rules.of(name, port).await,
            None => None,
        };
        let own = self.parts.policy.lists_name(name, port)
            || name.trim_matches(['[', ']']).parse().is_ok_and(|ip| !is_public(ip));
        let mut manners = if own { self.settings.own_manners } else { self.settings.manners };
        let mut limited = false;
        if let Some(rule) = &rule {
            let parallel = rule.decision.parallel.and_then(|most| usize::try_from(most).ok());
            limited = parallel.is_some() || rule.decision.requests_per_second.is_some();
            manners.parallel = parallel.unwrap_or(manners.parallel);
            manners.interval = rule.decision.interval().unwrap_or(manners.interval);
        }
        Host { name: format!("{name}:{port}"), manners, shared: !own || limited, rule }
    }

    /// A turn that other processes know of. Without a shared record this process's own is all.
    pub(super) async fn shared_turn(
        &self,
        host: &Host,
        gate: &HostGate,
        limit: Duration,
    ) -> Result<Option<Place>, Paused> {
        let interval = gate.interval();
        let Some(turns) = self.parts.turns.as_ref().filter(|_| host.shared) else {
            return Ok(None);
        };
        let ask = Ask { parallel: host.manners.parallel.max(1), interval, lease: limit + MARGIN };
        let until = Instant::now() + self.settings.patience;
        loop {
            let wait = match turns.take(&host.name, &ask).await {
                Ok(Taken::Turn { wait, number }) => {
                    let place = Place { turns: Arc::clone(turns), host: host.name.clone(), number };
                    tokio::time::sleep(wait).await;
                    return Ok(Some(place));
                }
                Ok(Taken::Later { wait } | Taken::Paused { wait }) => wait,
                Err(error) => {
                    tracing::warn!(%error, "turns at {} are those of this process alone", host.name);
                    return Ok(None);
                }
            };
            if Instant::now() + wait > until {
                return Err(Paused { for_: wait });
            }
            let jitter = Duration::from_millis(self.parts.ambient.below(10));
            tokio::time::sleep(wait.clamp(LOOK, LONGEST_LOOK) + jitter).await;
        }
    }

    /// The host is in trouble: it gets a pause, from all processes.
    pub(super) async fn strike(&self, host: &str, outcome: FetchOutcome, asked: Option<Duration>) {
        let first = if outcome == FetchOutcome::Challenge { CHALLENGED } else { THROTTLED };
        let gate = self.gates.known(host);
        let mut pause = gate.map_or(first, |gate| gate.slow_down(first, asked));
        if let Some(turns) = &self.parts.turns {
            match turns.strike(host, first, asked).await {
                Ok(shared) => pause = pause.max(shared),
                Err(error) => tracing::warn!(%error, "a pause of {host} is not shared"),
            }
        }
        let pause_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
        tracing::info!(host, pause_ms, outcome = outcome.name(), "{host} gets a pause");
        if let Some(bus) = &self.parts.bus {
            let payload = json!({ "host": host, "pause_ms": pause_ms }).to_string();
            if let Err(error) = bus.publish(TOPIC, &payload).await {
                tracing::debug!(%error, "a pause of {host} is not told");
            }
        }
    }

    /// Keeps the pauses that other processes were asked for, until told to stop.
    pub async fn listen(self: Arc<Self>, stop: CancellationToken) {
        let Some(bus) = self.parts.bus.clone() else { return };
        while !stop.is_cancelled() {
            tokio::select! {
                () = self.hear(bus.as_ref()) => {}
                () = stop.cancelled() => return,
            }
            tokio::select! {
                () = tokio::time::sleep(LISTEN_AGAIN) => {}
                () = stop.cancelled() => return,
            }
        }
    }

    async fn hear(&self, bus: &dyn Bus) {
        let Ok(mut messages) = bus.subscribe(Subscription::Topic(TOPIC.to_owned())).await else {
            return;
        };
        while let Some(message) = messages.next().await {
            let Ok(told) = serde_json::from_str::<Value>(&message.payload) else { continue };
            if let (Some(host), Some(pause_ms)) = (told["host"].as_str(), told["pause_ms"].as_u64())
            {
                self.gates.pause(host, Duration::from_millis(pause_ms));
            }
        }
    }
}

/// The pause that an answer asks for: seconds, or a date.
pub(super) fn retry_after(answer: &Answer, now: Timestamp) -> Option<Duration> {
    let value = answer.header("retry-after")?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = chrono::DateTime::parse_from_rfc2822(value).ok()?;
    Some(Timestamp::from(at.to_utc()).since(now))
}
