//! A new user's way to the first dataset, over the public API.

use std::{
    net::SocketAddr,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};
use futures::StreamExt as _;
use indicatif::{ProgressBar, ProgressStyle};
use reqwest::Method;
use serde_json::{Value, json};

use super::{
    DemoWorld,
    api::{Api, Refused},
    login::DemoLogin,
};

const WORKFLOW: &str = include_str!("workflow.yaml");
const POOL: &str = "demo";
/// Rows that are shown of each dataset.
const ROWS: u32 = 8;
/// A run that takes longer has failed.
const PATIENCE: Duration = Duration::from_mins(5);

/// What the demo found.
#[derive(Debug)]
pub struct Findings {
    pub login: DemoLogin,
    pub execution: Value,
    /// First rows of `demo_books` and `demo_goods`, and how many there are.
    pub datasets: Vec<(String, u64, Vec<Value>)>,
    pub pool: Value,
    /// What took how long.
    pub timings: Vec<(&'static str, Duration)>,
}

/// Signs up, sets up, runs, and looks at what came of it.
pub async fn journey(
    world: &DemoWorld,
    address: SocketAddr,
    data_dir: &Path,
) -> anyhow::Result<Findings> {
    let mut timings = Vec::new();
    let mut begun = Instant::now();
    let mut lap = |what, begun: &mut Instant| {
        timings.push((what, begun.elapsed()));
        *begun = Instant::now();
    };
    let nobody = Api::new(address)?;
    let login = sign_up(&nobody, data_dir).await.context("signing up")?;
    let api = sign_in(&nobody, &login).await.context("signing in")?;
    lap("sign up and sign in", &mut begun);
    let pool = pool(&api, world).await.context("setting up the proxy pool")?;
    let definition = define(&api, world).await.context("saving the workflow")?;
    lap("pool, workflow and schedule", &mut begun);
    let start = json!({ "definition_id": definition, "params": { "site": world.site.url() } });
    let started = api.post("/workflow/executions", &start).await.context("starting the run")?;
    let id = started["id"].as_str().context("the execution has an id")?.to_owned();
    tokio::time::timeout(PATIENCE, follow(&api, &id)).await.context("the run took too long")??;
    lap("the run", &mut begun);
    let execution = api.get(&format!("/workflow/executions/{id}")).await?;
    let mut datasets = Vec::new();
    for name in ["demo_books", "demo_goods"] {
        datasets.push(dataset(&api, name).await?);
    }
    let pool = pool_status(&api, &pool).await?;
    lap("reading the results", &mut begun);
    Ok(Findings { login, execution, datasets, pool, timings })
}

/// With the code from the mail; the user of an earlier demo on this data is taken again.
async fn sign_up(api: &Api, data_dir: &Path) -> anyhow::Result<DemoLogin> {
    if let Some(login) = DemoLogin::remembered(data_dir)
        && sign_in(api, &login).await.is_ok()
    {
        return Ok(login);
    }
    let login = DemoLogin::fresh();
    let ask = json!({ "email": login.email, "purpose": "register" });
    api.post("/users/public/send-verification-code", &ask).await?;
    let code = mailed_code(&data_dir.join("mail"), &login.email).await?;
    let new = json!({
        "username": login.username, "email": login.email, "password": login.password, "code": code,
    });
    api.post("/users/auth/register", &new).await?;
    login.remember(data_dir)?;
    Ok(login)
}

async fn mailed_code(folder: &Path, email: &str) -> anyhow::Result<String> {
    for _ in 0..200 {
        if let Some(code) = look_for_code(folder, email) {
            return Ok(code);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    bail!("no mail to {email} came into {}", folder.display())
}

fn look_for_code(folder: &Path, email: &str) -> Option<String> {
    let mails = std::fs::read_dir(folder).ok()?.filter_map(Result::ok);
    let texts = mails.filter_map(|mail| std::fs::read_to_string(mail.path()).ok());
    texts.filter(|text| text.contains(email)).find_map(|text| code_in(&text))
}

/// Six digits that stand alone in the body of a mail.
fn code_in(mail: &str) -> Option<String> {
    let (_, body) = mail.split_once("\r\n\r\n").or_else(|| mail.split_once("\n\n"))?;
    body.split(|letter: char| !letter.is_ascii_alphanumeric())
        .find(|word| word.len() == 6 && word.bytes().all(|b| b.is_ascii_digit()))
        .map(str::to_owned)
}

async fn sign_in(api: &Api, login: &DemoLogin) -> anyhow::Result<Api> {
    let ask = json!({ "identifier": login.username, "password": login.password });
    let tokens = api.post("/users/auth/login", &ask).await?;
    Ok(api.signed_in(tokens["access_token"].as_str().context("an access token")?))
}

/// A list's first item of the name.
async fn named(api: &Api, path: &str, name: &str) -> anyhow::Result<Option<String>> {
    let listed = api.get(path).await?;
    let items = listed["items"].as_array().cloned().unwrap_or_default();
    let found = items.iter().find(|item| item["name"] == name);
    Ok(found.and_then(|item| item["id"].as_str()).map(str::to_owned))
}

async fn pool(api: &Api, world: &DemoWorld) -> anyhow::Result<String> {
    let id = match named(api, "/proxy/pools", POOL).await? {
        Some(id) => id,
        None => {
            let made = api
                .post("/proxy/pools", &json!({ "name": POOL, "strategy": "round_robin" }))
                .await?;
            made["id"].as_str().context("the pool has an id")?.to_owned()
        }
    };
    let lines = json!({ "text": world.proxy_lines() });
    api.post(&format!("/proxy/pools/{id}/import"), &lines).await?;
    Ok(id)
}

async fn define(api: &Api, world: &DemoWorld) -> anyhow::Result<String> {
    let source = json!({ "source": WORKFLOW.replace("${SITE}", &world.site.url()) });
    let made = api.post("/workflow/definitions", &source).await;
    let id = match made {
        Ok(made) => made["id"].as_str().map(str::to_owned),
        Err(error) if is_taken(&error) => {
            let id = named(api, "/workflow/definitions?limit=200", "demo-collection").await?;
            if let Some(id) = &id {
                api.put(&format!("/workflow/definitions/{id}"), &source).await?;
            }
            id
        }
        Err(error) => return Err(error),
    };
    id.context("the workflow has an id")
}

fn is_taken(error: &anyhow::Error) -> bool {
    error.downcast_ref::<Refused>().is_some_and(|refused| refused.code == "DEFINITION_NAME_TAKEN")
}

/// Follows the run by its event stream, with a bar for the pages done.
async fn follow(api: &Api, id: &str) -> anyhow::Result<()> {
    let bar = ProgressBar::new(1);
    bar.set_style(ProgressStyle::with_template("{bar:40} {pos}/{len} {msg}")?);
    let response =
        api.request(Method::GET, &format!("/workflow/executions/{id}/events")).send().await?;
    let mut chunks = response.error_for_status()?.bytes_stream();
    let (mut buffer, mut tally) = (String::new(), Tally::default());
    while let Some(chunk) = chunks.next().await {
        buffer.push_str(&String::from_utf8_lossy(&chunk?));
        while let Some((event, rest)) = buffer.split_once("\n\n") {
            let (event, rest) = (event.to_owned(), rest.to_owned());
            buffer = rest;
            if tally.take(&event) {
                bar.finish_and_clear();
                return Ok(());
            }
            bar.set_length(tally.total.max(1));
            bar.set_position(tally.done);
            bar.set_message(tally.message.clone());
        }
    }
    bail!("the stream of events ended before the run did")
}

/// Pages done of those known so far, over all steps.
#[derive(Debug, Default)]
struct Tally {
    books: u64,
    crawl: (u64, u64),
    items: u64,
    done: u64,
    total: u64,
    message: String,
}

impl Tally {
    /// Takes one event in; answers whether it was the last.
    fn take(&mut self, event: &str) -> bool {
        let field =
            |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        let data: Value =
            field("data:").and_then(|data| serde_json::from_str(data).ok()).unwrap_or_default();
        let kind = field("event:").unwrap_or_default();
        match kind {
            "end" => return true,
            "progress" => {
                let number = |key: &str| data[key].as_u64().unwrap_or_default();
                self.crawl = (number("done"), number("total"));
            }
            "step.expanded" => {
                self.items = data["items"].as_array().map_or_else(
                    || data["items"].as_u64().unwrap_or(20),
                    |items| items.len() as u64,
                );
            }
            "step.succeeded" if data["step"] == "books" => self.books += 1,
            _ => {}
        }
        self.done = self.books + self.crawl.0;
        self.total = self.items + self.crawl.1;
        self.message = format!("{} {}", data["step"].as_str().unwrap_or_default(), kind);
        false
    }
}

async fn dataset(api: &Api, name: &str) -> anyhow::Result<(String, u64, Vec<Value>)> {
    let found = api.get(&format!("/datasets/{name}")).await?;
    let page = api.get(&format!("/datasets/{name}/records?limit={ROWS}")).await?;
    let rows = page["items"].as_array().cloned().unwrap_or_default();
    Ok((name.to_owned(), found["records"].as_u64().unwrap_or_default(), rows))
}

/// The pool, once its counts of the run were written down.
async fn pool_status(api: &Api, pool: &str) -> anyhow::Result<Value> {
    let mut last = Value::Null;
    for _ in 0..50 {
        let status = api.get(&format!("/proxy/pools/{pool}/status")).await?;
        if status["requests"].as_u64() > Some(0) && status["requests"] == last["requests"] {
            return Ok(status);
        }
        last = status;
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    Ok(last)
}
