//! A new user's way to the first datasets, over the public API.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};
use serde_json::{Value, json};
use url::Url;

use super::{
    DemoWorld,
    account::account,
    api::{Api, Refused},
    follow::follow,
    login::DemoLogin,
};

const WORKFLOW: &str = include_str!("workflow.yaml");
/// The name that `workflow.yaml` gives itself.
const WORKFLOW_NAME: &str = "demo-collection";
const POOL: &str = "demo";
/// Rows that are shown of each dataset.
const ROWS: u32 = 8;
/// How long the counts of a run may take until all processes wrote them down.
const COUNTING: Duration = Duration::from_secs(4);

/// What the demo found.
#[derive(Debug)]
pub struct Findings {
    pub login: DemoLogin,
    pub execution: Value,
    /// `demo_books` and `demo_goods`.
    pub datasets: Vec<Dataset>,
    /// The pool's status after the run.
    pub pool: Value,
    /// What took how long.
    pub timings: Vec<(&'static str, Duration)>,
}

/// A dataset's size and first rows.
#[derive(Debug)]
pub struct Dataset {
    pub name: &'static str,
    pub records: u64,
    pub rows: Vec<Value>,
}

/// Signs up, sets up, runs, and looks at what came of it, on the platform at `address`.
///
/// `data_dir` has the platform's mails, and is where the user is remembered for the next time.
pub async fn journey(
    world: &DemoWorld,
    address: &Url,
    data_dir: &Path,
) -> anyhow::Result<Findings> {
    let mut watch = StopWatch::start();
    world.remember(data_dir)?;
    let account = account(&Api::new(address)?, data_dir).await?;
    let (api, login) = (account.api, account.login);
    let how = if account.is_new { "registered with the mailed code as" } else { "signed in as" };
    println!("✓ {how} {}", login.username);
    watch.lap("account");
    let pool = pool(&api, world).await.context("setting up the proxy pool")?;
    let definition = define(&api, world).await.context("saving the workflow")?;
    println!("✓ {}", scheduled(&api, &definition).await.context("reading the schedule")?);
    watch.lap("pool, workflow and schedule");
    let before = Counted::now(&api, &pool, world).await?;
    let start = json!({ "definition_id": definition, "params": { "site": world.site.url() } });
    let started = api.post("/workflow/executions", &start).await.context("starting the run")?;
    let id = started["id"].as_str().context("the execution has no id")?;
    let execution = follow(&api, id).await.context("following the run")?;
    println!("✓ the run {}", execution["status"].as_str().unwrap_or("ended"));
    watch.lap("run");
    let mut datasets = Vec::new();
    for name in ["demo_books", "demo_goods"] {
        datasets.push(dataset(&api, name).await?);
    }
    let pool = before.status_after(&api, &pool, world).await.context("reading the pool")?;
    watch.lap("results");
    Ok(Findings { login, execution, datasets, pool, timings: watch.laps })
}

/// The pool with exactly the world's proxies; one with others, of a demo on other ports, is made
/// anew.
async fn pool(api: &Api, world: &DemoWorld) -> anyhow::Result<String> {
    let mut known = api.id_of("/proxy/pools", POOL).await?;
    if let Some(id) = &known
        && has_strangers(api, id, world).await?
    {
        api.delete(&format!("/proxy/pools/{id}")).await?;
        known = None;
    }
    let id = if let Some(id) = known { id } else { create_pool(api).await? };
    let lines = json!({ "text": world.proxy_lines() });
    let imported = api.post(&format!("/proxy/pools/{id}/import"), &lines).await?;
    if let Some(first) = imported["rejected"].get(0) {
        bail!(
            "proxy {} was rejected: {}; start the server with OUTBOUND_ALLOW=127.0.0.1",
            first["text"].as_str().unwrap_or_default(),
            first["reason"].as_str().unwrap_or_default()
        );
    }
    println!("✓ proxy pool {POOL}: {} proxies added from text", imported["added"]);
    Ok(id)
}

async fn create_pool(api: &Api) -> anyhow::Result<String> {
    let wanted = json!({ "name": POOL, "strategy": "round_robin" });
    let made = api.post("/proxy/pools", &wanted).await?;
    Ok(made["id"].as_str().context("the pool has no id")?.to_owned())
}

async fn has_strangers(api: &Api, pool: &str, world: &DemoWorld) -> anyhow::Result<bool> {
    let status = api.get(&format!("/proxy/pools/{pool}/status")).await?;
    let ours = world.proxy_lines();
    let mut proxies = status["proxies"].as_array().into_iter().flatten();
    Ok(proxies.any(|proxy| !ours.lines().any(|line| proxy["address"] == line)))
}

/// The workflow as this binary has it: created, or brought up to date.
async fn define(api: &Api, world: &DemoWorld) -> anyhow::Result<String> {
    let source = json!({ "source": WORKFLOW.replace("${SITE}", &world.site.url()) });
    match api.post("/workflow/definitions", &source).await {
        Ok(made) => Ok(made["id"].as_str().context("the workflow has no id")?.to_owned()),
        Err(error) if is_taken(&error) => {
            let id = api.id_of("/workflow/definitions", WORKFLOW_NAME).await?.context(error)?;
            api.put(&format!("/workflow/definitions/{id}"), &source).await?;
            Ok(id)
        }
        Err(error) => Err(error),
    }
}

fn is_taken(error: &anyhow::Error) -> bool {
    error.downcast_ref::<Refused>().is_some_and(|refused| refused.code == "DEFINITION_NAME_TAKEN")
}

/// A sentence about the workflow and its schedule.
async fn scheduled(api: &Api, id: &str) -> anyhow::Result<String> {
    let found = api.get(&format!("/workflow/definitions/{id}")).await?;
    let trigger = found["triggers"].get(0).context("the workflow has no schedule")?;
    let text = |name: &str| trigger[name].as_str().unwrap_or("unknown").to_owned();
    Ok(format!(
        "workflow {WORKFLOW_NAME} version {}, scheduled {:?} in {}, next at {}",
        found["version"],
        text("expression"),
        text("timezone"),
        text("next_run")
    ))
}

async fn dataset(api: &Api, name: &'static str) -> anyhow::Result<Dataset> {
    let context = || format!("reading the dataset {name}");
    let found = match api.get(&format!("/datasets/{name}")).await {
        Err(error) if error.downcast_ref::<Refused>().is_some_and(Refused::is_missing) => {
            return Ok(Dataset { name, records: 0, rows: Vec::new() });
        }
        found => found.with_context(context)?,
    };
    let path = format!("/datasets/{name}/records?limit={ROWS}");
    let page = api.get(&path).await.with_context(context)?;
    let rows = page["items"].as_array().cloned().unwrap_or_default();
    Ok(Dataset { name, records: found["records"].as_u64().unwrap_or_default(), rows })
}

/// Requests that the pool counted, and that the proxies saw.
struct Counted {
    by_pool: u64,
    by_proxies: u64,
}

impl Counted {
    async fn now(api: &Api, pool: &str, world: &DemoWorld) -> anyhow::Result<Self> {
        let status = api.get(&format!("/proxy/pools/{pool}/status")).await?;
        Ok(Self::of(&status, world))
    }

    fn of(status: &Value, world: &DemoWorld) -> Self {
        let by_pool = status["requests"].as_u64().unwrap_or_default();
        Self { by_pool, by_proxies: world.forwarded() }
    }

    /// The pool's status once it knows of everything the proxies saw since: workers in other
    /// processes write their counts down now and then.
    async fn status_after(
        &self,
        api: &Api,
        pool: &str,
        world: &DemoWorld,
    ) -> anyhow::Result<Value> {
        let begun = Instant::now();
        loop {
            let status = api.get(&format!("/proxy/pools/{pool}/status")).await?;
            let now = Self::of(&status, world);
            let is_whole = now.by_pool.saturating_sub(self.by_pool)
                >= now.by_proxies.saturating_sub(self.by_proxies);
            if is_whole || begun.elapsed() > COUNTING {
                return Ok(status);
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

struct StopWatch {
    since: Instant,
    laps: Vec<(&'static str, Duration)>,
}

impl StopWatch {
    fn start() -> Self {
        Self { since: Instant::now(), laps: Vec::new() }
    }

    fn lap(&mut self, what: &'static str) {
        self.laps.push((what, self.since.elapsed()));
        self.since = Instant::now();
    }
}
