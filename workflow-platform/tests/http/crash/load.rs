//! Executions of all kinds, started and answered by a caller who does not give up.

use std::{collections::HashMap, time::Duration};

use futures::{StreamExt as _, stream};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::{Scale, effects::Effects, platform::Platform};
use crate::support::Site;

/// Callers at once.
const CALLERS: usize = 8;
/// Longest outage of the platform that a caller sits out.
const OUTAGE: Duration = Duration::from_mins(1);
const BETWEEN: Duration = Duration::from_millis(250);

/// What an execution does, and so how it has to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    Chain,
    Items,
    Waits,
    Flaky,
    Fails,
    Cancelled,
    Approved,
}

impl Kind {
    const ALL: [Self; 7] = [
        Self::Chain,
        Self::Items,
        Self::Waits,
        Self::Flaky,
        Self::Fails,
        Self::Cancelled,
        Self::Approved,
    ];

    /// How it ends whatever happens to the platform.
    pub const fn end(self) -> &'static str {
        match self {
            Self::Chain | Self::Items | Self::Waits | Self::Flaky | Self::Approved => "succeeded",
            Self::Fails => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    fn source(self, url: &str) -> String {
        let hit = |step: &str, item: &str| {
            format!(
                "{{uses: http.request, with: {{method: POST, url: '{url}/hit/${{{{ execution.id }}}}/{step}/{item}'}}, \
                 retry: {{max_attempts: 20, initial: 200ms, max: 1s}}, id: {step}"
            )
        };
        let plain = |step: &str| format!("  - {}}}\n", hit(step, "-"));
        let steps = match self {
            Self::Chain => ["a", "b", "c", "d", "e"].map(plain).concat(),
            Self::Items => format!(
                "  - {}, for_each: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], max_parallel: 3}}\n{}",
                hit("all", "${{ index }}"),
                plain("after")
            ),
            Self::Waits => {
                let nap = "  - {id: nap, uses: wait.for, with: {duration: 2s}}\n";
                format!("{}{nap}{}", plain("before"), plain("after"))
            }
            Self::Flaky => {
                let slow = hit("slow", "-").replace("/hit/", "/slow/");
                format!("  - {slow}, timeout: 1s}}\n{}", plain("after"))
            }
            Self::Fails => {
                let broken = "  - {id: broken, uses: script.javascript, with: {code: 'throw new Error(\"broken\")'}}\n";
                format!(
                    "{}{broken}{}on_failure:\n{}",
                    plain("before"),
                    plain("never"),
                    plain("told")
                )
            }
            Self::Cancelled => {
                let nap = "  - {id: nap, uses: wait.for, with: {duration: 1h}}\n";
                format!("{}{nap}{}finally:\n{}", plain("before"), plain("never"), plain("last"))
            }
            Self::Approved => {
                let wait = "  - {id: approval, uses: wait.signal, with: {timeout: 1h}}\n";
                format!("{}{wait}{}", plain("before"), plain("after"))
            }
        };
        format!("name: crash-{self:?}\nsteps:\n{steps}")
    }
}

/// Ticks every two seconds, and makes up for every one that it missed.
fn scheduled(url: &str) -> String {
    let source = Kind::Chain.source(url).replace("crash-Chain", "crash-schedule");
    source.replace("steps:", "triggers: [{interval: 2s, misfire: all, overlap: queue}]\nsteps:")
}

/// Executions by id.
pub type Started = HashMap<String, Kind>;

pub struct Load {
    site: Site,
    token: String,
    definitions: HashMap<Kind, String>,
    schedule: String,
}

impl Load {
    pub async fn prepare(platform: &Platform, effects: &Effects) -> Self {
        let site = platform.site();
        let (token, definitions, schedule) = {
            let person = site.person("survivor").await;
            let mut definitions = HashMap::new();
            for kind in Kind::ALL {
                definitions.insert(kind, person.define(&kind.source(&effects.url())).await);
            }
            let schedule = person.define(&scheduled(&effects.url())).await;
            (person.access.clone(), definitions, schedule)
        };
        Self { site, token, definitions, schedule }
    }

    /// Asks until the platform agrees. A refusal that is not about an outage is a failure.
    async fn insist(&self, method: Method, path: &str, key: Option<&str>, body: &Value) -> Value {
        let begun = Instant::now();
        let mut asked_before = false;
        loop {
            let mut request = self.site.request(method.clone(), path).bearer_auth(&self.token);
            if method != Method::GET {
                request = request.json(body);
            }
            if let Some(key) = key {
                request = request.header("idempotency-key", key);
            }
            let problem = match request.timeout(Duration::from_secs(10)).send().await {
                Err(error) => error.to_string(),
                Ok(response) => {
                    let (status, text) = (response.status(), response.text().await);
                    let body: Value = serde_json::from_str(text.as_deref().unwrap_or_default())
                        .unwrap_or_default();
                    if status.is_success() {
                        return body["data"].clone();
                    }
                    assert_ne!(status, 500, "{path}: an outage is no fault of ours: {body}");
                    // The answer to the first request was lost, not its effect.
                    if asked_before && body["error"] == "EXECUTION_ENDED" {
                        return Value::Null;
                    }
                    assert!(!status.is_client_error() || status == 429, "{path}: {status} {body}");
                    format!("{status} {body}")
                }
            };
            asked_before = true;
            assert!(begun.elapsed() < OUTAGE, "{path} is refused for too long: {problem}");
            sleep(BETWEEN).await;
        }
    }

    /// Spread over the time of trouble.
    pub async fn start_all(&self, scale: Scale) -> Started {
        let each = scale.trouble / u32::try_from(scale.executions).unwrap();
        let begun = Instant::now();
        let one = |number: usize| async move {
            let due = begun + each * u32::try_from(number).unwrap();
            tokio::time::sleep_until(due).await;
            let kind = Kind::ALL[number % Kind::ALL.len()];
            (self.start(number, kind).await, kind)
        };
        stream::iter(0..scale.executions).map(one).buffer_unordered(CALLERS).collect().await
    }

    async fn start(&self, number: usize, kind: Kind) -> String {
        let ask = json!({ "definition_id": self.definitions[&kind] });
        let key = format!("start-{number}");
        let begun = self.insist(Method::POST, "/workflow/executions", Some(&key), &ask).await;
        let id = begun["id"].as_str().unwrap().to_owned();
        match kind {
            Kind::Cancelled => {
                sleep(Duration::from_millis(1500)).await;
                let path = format!("/workflow/executions/{id}/cancel");
                self.insist(Method::POST, &path, None, &json!({})).await;
            }
            Kind::Approved => {
                let path = format!("/workflow/executions/{id}/signal");
                let approve = json!({ "step": "approval", "decision": "approve" });
                self.insist(Method::POST, &path, None, &approve).await;
            }
            _ => {}
        }
        id
    }

    /// Status of each, once all are over.
    pub async fn wait_for_ends(
        &self,
        started: &Started,
        within: Duration,
    ) -> HashMap<String, (Kind, String)> {
        let until = Instant::now() + within;
        let mut ended = HashMap::new();
        for (id, kind) in started {
            let path = format!("/workflow/executions/{id}");
            loop {
                let found = self.insist(Method::GET, &path, None, &Value::Null).await;
                let status = found["status"].as_str().unwrap().to_owned();
                if ["succeeded", "failed", "cancelled", "timed_out"].contains(&status.as_str()) {
                    ended.insert(id.clone(), (*kind, status));
                    break;
                }
                assert!(Instant::now() < until, "{kind:?} {id} does not end: {found}");
                sleep(BETWEEN).await;
            }
        }
        ended
    }

    /// Pauses the schedule and waits for the end of what it started.
    pub async fn stop_schedule(&self, within: Duration) {
        let path = format!("/workflow/definitions/{}/triggers", self.schedule);
        let triggers = self.insist(Method::GET, &path, None, &Value::Null).await;
        let trigger = triggers[0]["id"].as_str().or(triggers["items"][0]["id"].as_str()).unwrap();
        let path = format!("/workflow/triggers/{trigger}/pause");
        self.insist(Method::POST, &path, None, &json!({})).await;
        let until = Instant::now() + within;
        for status in ["pending", "running", "waiting"] {
            let path = format!(
                "/workflow/executions?definition_id={}&status={status}&limit=1",
                self.schedule
            );
            while let found = self.insist(Method::GET, &path, None, &Value::Null).await
                && !found["items"].as_array().unwrap().is_empty()
            {
                assert!(Instant::now() < until, "a scheduled run does not end: {found}");
                sleep(BETWEEN).await;
            }
        }
    }
}
