//! What a collector of traces gets to see of a run.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use axum::{Router, extract::State, http::HeaderMap};
use reqwest::Method;
use serde_json::json;
use tokio::net::TcpListener;

use crate::support::{Binary, Collector, Person, Reply, SeenSpan, eventually};

const SECRET: &str = "5d1c9a7e3b8f42068ac4e1f7920b6d3c";
/// A caller's trace and span.
const CALLER: (&str, &str) = ("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331");
const KEY: &str = "a-secret-of-a-workflow";
const PROXY_PASSWORD: &str = "a-proxys-password";
const COLLECTORS_KEY: &str = "a-key-of-the-collector";

const SERVER: i32 = 2;
const CLIENT: i32 = 3;

/// Somebody's server, which remembers the `traceparent` of what comes.
#[derive(Clone, Default)]
struct Site(Arc<Mutex<Vec<String>>>);

async fn take(State(site): State<Site>, headers: HeaderMap) -> &'static str {
    let trace = headers.get("traceparent").map(|value| value.to_str().unwrap().to_owned());
    site.0.lock().unwrap().extend(trace);
    "taken"
}

impl Site {
    async fn start() -> (Self, String) {
        let site = Self::default();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(take).with_state(site.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        (site, url)
    }
}

fn settings<'a>(collector: &'a str, header: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("JWT_SECRET_KEY", SECRET),
        ("OUTBOUND_ALLOW", "127.0.0.1"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", collector),
        ("OTEL_EXPORTER_OTLP_HEADERS", header),
        ("OTEL_SERVICE_NAME", "under-test"),
        ("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=tests"),
    ]
}

/// Starts an execution as a caller who has a trace already.
async fn start_traced(person: &Person<'_>, definition: &str) -> String {
    let (trace, span) = CALLER;
    let ask = json!({ "definition_id": definition, "params": {} });
    let request = person
        .request(Method::POST, "/workflow/executions")
        .header("traceparent", format!("00-{trace}-{span}-01"))
        .header("x-request-id", "asked-by-the-test")
        .json(&ask);
    Reply::of(request).await.data()["id"].as_str().unwrap().to_owned()
}

/// A workflow that asks twice, waits without a worker, and starts another one. Gives the id of the
/// execution and that of its child.
async fn run(person: &Person<'_>, url: &str) -> (String, String) {
    let child = format!(
        "name: child\nsteps:\n  - {{id: inner, uses: http.request, with: {{url: '{url}/inner', \
         method: POST}}}}\n"
    );
    person.define(&child).await;
    let source = format!(
        "name: traced\nsteps:\n\
         \x20 - {{id: ask, uses: http.request, with: {{url: '{url}/ask?key=${{{{ secrets.KEY }}}}', \
         method: POST, headers: {{authorization: 'Bearer ${{{{ secrets.KEY }}}}'}}}}}}\n\
         \x20 - {{id: through, uses: http.request, on_error: continue, \
         with: {{url: '{url}/through', method: POST, proxy_pool: mine}}}}\n\
         \x20 - {{id: pause, uses: wait.for, with: {{duration: 2s}}}}\n\
         \x20 - {{id: call, uses: workflow.run, with: {{workflow: child}}}}\n"
    );
    let definition = person.define(&source).await;
    let id = start_traced(person, &definition).await;
    let ended = person.finished(&id, Duration::from_secs(30)).await;
    assert_eq!(ended["status"], "succeeded", "{ended}");
    let all = person.get("/workflow/executions").await.data();
    let child = all["items"].as_array().unwrap().iter().find(|one| one["id"] != id.as_str());
    (id, child.unwrap()["id"].as_str().unwrap().to_owned())
}

/// The spans of the caller's trace, once all of them have arrived.
async fn arrived(collector: &Collector, id: &str, child: &str) -> Vec<SeenSpan> {
    eventually("the whole trace", async || {
        let spans = collector.trace(CALLER.0);
        let ended = |execution: &str| {
            spans.iter().any(|span| {
                span.attribute("workflow.execution.outcome") == "succeeded"
                    && span.attribute("workflow.execution.id") == execution
            })
        };
        (ended(id) && ended(child)).then_some(spans)
    })
    .await
}

fn one<'a>(spans: &'a [SeenSpan], name: &str, value: &str) -> &'a SeenSpan {
    let found: Vec<_> = spans.iter().filter(|span| span.attribute(name) == value).collect();
    assert_eq!(found.len(), 1, "{name}={value} in {spans:#?}");
    found[0]
}

/// Every span hangs on another one of the trace, the first on the caller.
fn assert_connected(spans: &[SeenSpan]) -> BTreeMap<&str, &SeenSpan> {
    let by_id: BTreeMap<_, _> = spans.iter().map(|span| (span.id.as_str(), span)).collect();
    assert_eq!(by_id.len(), spans.len(), "span ids are unique");
    for span in spans {
        let known = by_id.contains_key(span.parent.as_str()) || span.parent == CALLER.1;
        assert!(known, "the parent of {span:#?} is nowhere in {spans:#?}");
    }
    by_id
}

fn assert_no_secrets(spans: &[SeenSpan], person: &Person<'_>) {
    let all = format!("{spans:?}");
    for secret in [KEY, PROXY_PASSWORD, COLLECTORS_KEY, &person.access, &person.refresh, SECRET] {
        assert!(!all.contains(secret), "{secret} stands in a span");
    }
}

/// From the request to the server that the child's step asked; `roles` are those of the processes.
async fn assert_whole_trace(binary: &Binary, collector: &Collector, roles: &[&str]) {
    let (site, url) = Site::start().await;
    let platform = binary.site();
    let person = Person::register(&platform, "tracer").await;
    person.put("/workflow/secrets/KEY", &json!({ "value": KEY })).await.data();
    let proxy = format!("http://ada:{PROXY_PASSWORD}@127.0.0.1:9");
    person.pool("mine", &[proxy]).await;
    let (id, child) = run(&person, &url).await;
    let spans = arrived(collector, &id, &child).await;
    let by_id = assert_connected(&spans);
    assert_no_secrets(&collector.all(), &person);

    let request = one(&spans, "http.route", "/api/v1/workflow/executions");
    assert_eq!(request.name, "POST /api/v1/workflow/executions");
    assert_eq!((request.kind, request.parent.as_str()), (SERVER, CALLER.1));
    assert_eq!(request.attribute("http.response.status_code"), "201");
    assert_eq!(request.attribute("request.id"), "asked-by-the-test");
    assert_eq!(request.attribute("user.id").len(), 36);

    let drives: Vec<_> = spans.iter().filter(|span| span.name == "workflow.execution").collect();
    let of =
        |id: &str| drives.iter().filter(|one| one.attribute("workflow.execution.id") == id).count();
    assert!(of(&id) >= 2, "it was parked and taken again: {drives:#?}");
    for drive in &drives {
        let own = drive.attribute("workflow.execution.id") == id;
        let cause = by_id[drive.parent.as_str()];
        let caused_by_step = cause.attribute("workflow.step.kind") == "workflow.run";
        assert!(if own { cause.id == request.id } else { caused_by_step }, "{drive:#?}");
    }

    for (step, outcome) in
        [("ask", "succeeded"), ("call", "succeeded"), ("inner", "succeeded"), ("through", "failed")]
    {
        let span = one(&spans, "workflow.step.id", step);
        assert_eq!(span.attribute("workflow.step.outcome"), outcome, "{span:#?}");
        assert_eq!(span.attribute("workflow.step.attempt"), "1");
        assert_eq!(by_id[span.parent.as_str()].name, "workflow.execution");
        let in_child = step == "inner";
        assert_eq!(span.attribute("workflow.execution.id"), if in_child { &child } else { &id });
    }

    let clients: Vec<_> = spans.iter().filter(|span| span.kind == CLIENT).collect();
    let told: BTreeSet<_> = site.0.lock().unwrap().iter().cloned().collect();
    for step in ["ask", "inner"] {
        let step = one(&spans, "workflow.step.id", step);
        let client = clients.iter().find(|client| client.parent == step.id).unwrap();
        assert_eq!(client.attribute("server.address"), "127.0.0.1");
        assert_eq!(client.attribute("http.response.status_code"), "200");
        let header = format!("00-{}-{}-01", CALLER.0, client.id);
        assert!(told.contains(&header), "{header} did not arrive, but {told:?}");
    }
    let through = one(&spans, "workflow.step.id", "through");
    let client = clients.iter().find(|client| client.parent == through.id).unwrap();
    assert_eq!((client.attribute("workflow.proxy.id").len(), client.status), (36, 2));

    let process = &request.process;
    assert_eq!(process["service.name"], "under-test");
    assert_eq!(process["deployment.environment.name"], "tests");
    assert!(!process["service.version"].is_empty() && !process["service.instance.id"].is_empty());
    let seen: BTreeSet<_> =
        spans.iter().map(|span| span.process["workflow.process.role"].as_str()).collect();
    assert_eq!(seen, roles.iter().copied().collect());
    let keyed = collector.headers();
    assert!(
        keyed.iter().all(|headers| headers["authorization"] == format!("Bearer {COLLECTORS_KEY}"))
    );
}

#[tokio::test]
async fn a_run_is_one_trace_from_its_request_to_what_its_children_ask_for() {
    let collector = Collector::start().await;
    let header = format!("authorization=Bearer%20{COLLECTORS_KEY}");
    let binary = Binary::start(&settings(&collector.endpoint, &header)).await;
    assert_whole_trace(&binary, &collector, &["all"]).await;
}

#[tokio::test]
async fn the_trace_of_a_run_goes_on_in_the_process_that_drives_it() {
    let Some(database) = testkit::postgres_database().await else { return };
    let collector = Collector::start().await;
    let header = format!("authorization=Bearer%20{COLLECTORS_KEY}");
    let mut settings = settings(&collector.endpoint, &header);
    settings.push(("DATABASE_URL", &database));
    let api = Binary::start_as(&["serve", "--role", "api"], &settings).await;
    let _worker = api.beside(&["worker"]).spawn().unwrap();
    assert_whole_trace(&api, &collector, &["api", "worker"]).await;
}

#[tokio::test]
async fn with_a_ratio_of_none_the_traces_of_callers_remain_and_probes_are_in_none() {
    let collector = Collector::start().await;
    let mut settings = settings(&collector.endpoint, "");
    settings.push(("OTEL_TRACES_SAMPLER_ARG", "0"));
    let mut binary = Binary::start(&settings).await;
    let platform = binary.site();
    let person = Person::register(&platform, "chosen").await;
    let header = format!("00-{}-{}-01", CALLER.0, CALLER.1);
    for path in ["/api/v1/users/me", "/health/ready"] {
        let request = platform.client.get(platform.url(path)).bearer_auth(&person.access);
        let answer = request.header("traceparent", &header).send().await.unwrap();
        assert_eq!(answer.status(), 200);
    }
    assert!(binary.end().await.success());
    let names: Vec<_> = collector.all().into_iter().map(|span| span.name).collect();
    assert_eq!(names, ["GET /api/v1/users/me"]);
}

#[tokio::test]
async fn a_collector_that_is_away_holds_up_nobody_and_what_is_left_is_sent_at_the_end() {
    let gone = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let endpoint = format!("http://{}", gone.local_addr().unwrap());
    // It takes connections, by its backlog, and answers nothing.
    let mut binary = Binary::start(&settings(&endpoint, "")).await;
    let platform = binary.site();
    let person = Person::register(&platform, "patient").await;
    let begun = Instant::now();
    for _ in 0..50 {
        person.get("/users/me").await.data();
    }
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    let begun = Instant::now();
    assert!(binary.end().await.success());
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());

    let collector = Collector::start().await;
    let mut binary = Binary::start(&settings(&collector.endpoint, "")).await;
    let platform = binary.site();
    Person::register(&platform, "parting").await;
    assert!(binary.end().await.success());
    let logins =
        collector.all().into_iter().filter(|span| span.name.ends_with("/users/auth/login"));
    assert_eq!(logins.count(), 1);
}
