//! `http.request`: one request, whatever the status of its answer.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use shared_kernel::application::{
    Action, ActionContext, ActionDescriptor, ActionError, FetchMethod, FetchRequest, FetchResponse,
    Fetcher, LogLevel, PoolRef, ProxyUse, fetch_failure,
};
use url::Url;

use super::input_of;
use crate::domain::charset;

/// Longest time-out, seconds.
const LONGEST: f64 = 600.0;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    url: String,
    #[serde(default = "get")]
    method: FetchMethod,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    query: BTreeMap<String, Value>,
    json: Option<Value>,
    form: Option<BTreeMap<String, Value>>,
    body: Option<String>,
    proxy_pool: Option<String>,
    timeout: Option<Value>,
    session: Option<String>,
    #[serde(default)]
    revalidate: bool,
}

const fn get() -> FetchMethod {
    FetchMethod::Get
}

/// The action.
#[derive(Clone)]
pub struct HttpRequest {
    fetcher: Arc<dyn Fetcher>,
}

impl HttpRequest {
    pub fn new(fetcher: Arc<dyn Fetcher>) -> Self {
        Self { fetcher }
    }
}

#[async_trait]
impl Action for HttpRequest {
    fn describe(&self) -> ActionDescriptor {
        ActionDescriptor {
            name: "http.request".to_owned(),
            title: "HTTP request".to_owned(),
            description: "Sends a request. Any answer is a result, whatever its status. GET and \
                          HEAD heed robots.txt; other methods carry an Idempotency-Key."
                .to_owned(),
            input_schema: input_schema(),
            output_schema: json!({
                "type": "object",
                "required": ["status", "headers", "url", "elapsed_ms"],
                "properties": {
                    "status": { "type": "integer" },
                    "headers": { "type": "object" },
                    "url": { "type": "string", "description": "After redirects." },
                    "elapsed_ms": { "type": "integer" },
                    "json": { "description": "The body, when it is JSON." },
                    "body": { "type": "string", "description": "The body as text, when it is not JSON." },
                    "outcome": { "enum": ["ok", "throttled", "challenge", "login_wall", "gone"], "description": "What the answer means, as far as it can be told without knowing the site." },
                    "not_modified": { "type": "boolean", "description": "The site said that its page is still the archived one, which this is." },
                },
            }),
        }
    }

    async fn run(&self, ctx: &ActionContext, input: Value) -> Result<Value, ActionError> {
        let request = request(ctx, input_of(input)?)?;
        let response = self.fetcher.fetch(request).await.map_err(|error| fetch_failure(&error))?;
        for note in &response.notes {
            ctx.log(LogLevel::Info, note);
        }
        Ok(output(&response))
    }
}

fn input_schema() -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["url"],
        "properties": {
            "url": { "type": "string" },
            "method": { "enum": ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"], "default": "GET" },
            "headers": { "type": "object", "additionalProperties": { "type": "string" } },
            "query": { "type": "object", "description": "Added to the address." },
            "json": { "description": "Sent as a JSON body." },
            "form": { "type": "object", "description": "Sent as a form." },
            "body": { "type": "string", "description": "Sent as it is." },
            "proxy_pool": { "type": "string", "description": "Name or id of a proxy pool." },
            "session": { "type": "string", "minLength": 1, "maxLength": 100, "description": "Requests of one session within an execution share their cookies." },
            "revalidate": { "type": "boolean", "default": false, "description": "Ask the site whether the page changed since it was archived, and give the archived one if not." },
            "timeout": {
                "type": ["number", "string"],
                "description": "Seconds, or a text such as 30s; 30 unless given.",
            },
        },
    })
}

fn request(ctx: &ActionContext, input: Input) -> Result<FetchRequest, ActionError> {
    let reads = matches!(input.method, FetchMethod::Get | FetchMethod::Head);
    let mut headers: Vec<(String, String)> = input.headers.into_iter().collect();
    for (name, value) in &headers {
        check_header(name, value)?;
    }
    let (body, kind) = body_of(input.json, input.form, input.body)?;
    let mut offer = |name: &str, value: String| {
        if !headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name)) {
            headers.push((name.to_owned(), value));
        }
    };
    if let Some(kind) = kind {
        offer("content-type", kind.to_owned());
    }
    if !reads {
        offer("idempotency-key", ctx.idempotency_key.clone());
    }
    let tells_own = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("traceparent"));
    Ok(FetchRequest {
        method: input.method,
        headers,
        body,
        proxy: input.proxy_pool.map_or(ProxyUse::Direct, |pool| ProxyUse::Pool(PoolRef(pool))),
        timeout: timeout(ctx, input.timeout.as_ref())?,
        obey_robots: reads,
        session: session(ctx, input.session.as_deref())?,
        revalidate: input.revalidate,
        trace: ctx.trace.filter(|_| !tells_own),
        ..FetchRequest::get(ctx.owner, address(&input.url, &input.query)?, ctx.cancel.clone())
    })
}

/// Of this execution alone.
fn session(ctx: &ActionContext, name: Option<&str>) -> Result<Option<Arc<str>>, ActionError> {
    let Some(name) = name else { return Ok(None) };
    if name.is_empty() || name.chars().count() > 100 {
        return Err(ActionError::invalid_input("session", "must have 1 to 100 characters"));
    }
    Ok(Some(format!("{}:{name}", ctx.execution).into()))
}

fn check_header(name: &str, value: &str) -> Result<(), ActionError> {
    let path = format!("headers.{name}");
    let named = http::HeaderName::from_bytes(name.as_bytes()).is_ok();
    if !named || http::HeaderValue::from_str(value).is_err() {
        return Err(ActionError::invalid_input(&path, "is not a header"));
    }
    let own = ["host", "content-length", "transfer-encoding", "connection", "proxy-authorization"];
    if own.iter().any(|own| name.eq_ignore_ascii_case(own)) {
        return Err(ActionError::invalid_input(&path, "is set by the platform"));
    }
    Ok(())
}

type Body = (Option<Bytes>, Option<&'static str>);

fn body_of(
    json: Option<Value>,
    form: Option<BTreeMap<String, Value>>,
    body: Option<String>,
) -> Result<Body, ActionError> {
    match (json, form, body) {
        (None, None, None) => Ok((None, None)),
        (Some(json), None, None) => Ok((Some(json.to_string().into()), Some("application/json"))),
        (None, Some(form), None) => {
            let pairs = form.iter().map(|(name, value)| (name, plain(value)));
            let text: String =
                url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
            Ok((Some(text.into()), Some("application/x-www-form-urlencoded")))
        }
        (None, None, Some(body)) => Ok((Some(body.into()), None)),
        _ => Err(ActionError::invalid_input("body", "give one of json, form and body")),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn address(url: &str, query: &BTreeMap<String, Value>) -> Result<String, ActionError> {
    let bad = || ActionError::permanent("BAD_URL", format!("not a usable address: {url:.200}"));
    let mut parsed = Url::parse(url).map_err(|_| bad())?;
    if !query.is_empty() {
        let mut pairs = parsed.query_pairs_mut();
        for (name, value) in query {
            match value {
                Value::Array(items) => items.iter().for_each(|item| {
                    pairs.append_pair(name, &plain(item));
                }),
                other => {
                    pairs.append_pair(name, &plain(other));
                }
            }
        }
    }
    Ok(parsed.to_string())
}

fn timeout(ctx: &ActionContext, given: Option<&Value>) -> Result<Duration, ActionError> {
    let seconds = match given {
        None => None,
        Some(Value::Number(number)) => number.as_f64(),
        Some(Value::String(text)) => text.trim().trim_end_matches('s').parse().ok(),
        Some(_) => Some(f64::NAN),
    };
    let wanted = match (given, seconds) {
        (None, _) => FetchRequest::DEFAULT_TIMEOUT,
        (Some(_), Some(seconds)) if seconds > 0.0 && seconds <= LONGEST => {
            Duration::from_secs_f64(seconds)
        }
        _ => {
            return Err(ActionError::invalid_input(
                "timeout",
                "must be seconds, more than 0 and at most 600",
            ));
        }
    };
    Ok(ctx.time_left().map_or(wanted, |left| wanted.min(left)))
}

fn output(response: &FetchResponse) -> Value {
    let mut headers = Map::new();
    for (name, value) in &response.headers {
        match headers.get_mut(name) {
            Some(Value::String(known)) => known.push_str(&format!(", {value}")),
            _ => {
                headers.insert(name.clone(), Value::String(value.clone()));
            }
        }
    }
    let kind = response.header("content-type");
    let mut output = json!({
        "status": response.status,
        "headers": headers,
        "url": response.url,
        "elapsed_ms": u64::try_from(response.elapsed.as_millis()).unwrap_or(u64::MAX),
        "outcome": response.outcome.name(),
        "not_modified": response.not_modified,
    });
    let is_json = kind.is_some_and(|kind| kind.contains("json"));
    match serde_json::from_slice::<Value>(&response.body) {
        Ok(value) if is_json => output["json"] = value,
        _ => output["body"] = Value::String(charset::decode(&response.body, kind).into_owned()),
    }
    output
}
