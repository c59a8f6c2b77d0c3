//! Starts a workflow because its address was called.

use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use serde_json::{Value, json};
use shared_kernel::domain::{ErrorKind, Execution, Fault, Id, IdempotencyKey, Owner, Text};
use standardwebhooks::{
    HEADER_WEBHOOK_ID, HEADER_WEBHOOK_SIGNATURE, HEADER_WEBHOOK_TIMESTAMP, Webhook,
};
use subtle::ConstantTimeEq as _;

use super::{TriggerRow, TriggerService};
use crate::{
    application::executions::{EndWatch, ExecutionsError, Initiator, StartExecution},
    domain::{
        definition::{ReplyWhen, Timing},
        execution::Finished,
    },
};

/// How far the time of a signature may be from ours, in seconds (Standard Webhooks).
const TOLERANCE: u64 = 5 * 60;
/// How long a call waits for the end of its execution.
const PATIENCE: Duration = Duration::from_mins(1);
/// Headers that the workflow is not shown.
const HIDDEN: [&str; 5] =
    ["authorization", "cookie", "proxy-authorization", "x-api-key", HEADER_WEBHOOK_SIGNATURE];

/// A call of a webhook.
#[derive(Debug, Clone)]
pub struct Call {
    pub token: String,
    pub headers: HeaderMap,
    pub query: Vec<(String, String)>,
    pub body: Bytes,
    pub request_id: Option<String>,
}

/// What a call led to.
#[derive(Debug)]
pub struct Called {
    pub execution: Id<Execution>,
    /// Present when the call waited for the end and it came in time.
    pub ended: Option<Finished>,
}

#[derive(Debug, thiserror::Error)]
pub enum CallError {
    #[error(transparent)]
    Executions(#[from] ExecutionsError),
    #[error("there is no such webhook")]
    Unknown,
    #[error("webhook is paused")]
    Paused,
    #[error("call is not signed as it must be: {0}")]
    Signature(&'static str),
    #[error("body is not JSON")]
    Body,
}

impl From<crate::application::executions::StoreError> for CallError {
    fn from(error: crate::application::executions::StoreError) -> Self {
        Self::Executions(error.into())
    }
}

impl Fault for CallError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Executions(error) => error.kind(),
            Self::Unknown => ErrorKind::NotFound,
            Self::Paused => ErrorKind::Conflict,
            Self::Signature(_) => ErrorKind::Unauthenticated,
            Self::Body => ErrorKind::Invalid,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Executions(error) => error.code(),
            Self::Unknown => "NOT_FOUND",
            Self::Paused => "TRIGGER_PAUSED",
            Self::Signature(_) => "BAD_SIGNATURE",
            Self::Body => "VALIDATION_ERROR",
        }
    }

    fn text(&self) -> Text {
        match self {
            Self::Executions(error) => error.text(),
            Self::Unknown => Text::new("Webhook 不存在", "There is no such webhook"),
            Self::Paused => Text::new("该 Webhook 已暂停", "The webhook is paused"),
            Self::Signature(_) => Text::new("签名无效", "The signature is not right"),
            Self::Body => Text::new("请求体不是有效的 JSON", "The body is not JSON"),
        }
    }

    fn details(&self) -> Value {
        match self {
            Self::Executions(error) => error.details(),
            Self::Signature(reason) => json!({ "reason": reason }),
            Self::Body => json!({ "body": ["is not JSON"] }),
            Self::Unknown | Self::Paused => json!({}),
        }
    }
}

impl TriggerService {
    /// Starts the workflow of the webhook. A call with a `webhook-id` that was there within a day
    /// starts nothing: it gives the execution of the first.
    pub async fn call(&self, call: Call) -> Result<Called, CallError> {
        let found = self.ports.store.by_token(&call.token).await?;
        let trigger = found.ok_or(CallError::Unknown)?;
        self.check_signature(&trigger, &call)?;
        if trigger.paused {
            return Err(CallError::Paused);
        }
        let Timing::Webhook { webhook } = trigger.spec.timing else {
            return Err(CallError::Unknown);
        };
        let initiator = Initiator { trigger: told(&trigger, &call)?, concurrency: None, depth: 0 };
        let id = self.ports.ambient.id();
        let executions = &self.ports.executions;
        let watch = match webhook.reply {
            ReplyWhen::Started => None,
            ReplyWhen::Finished => Some(executions.end_watch(id).await?),
        };
        let request_id = call.request_id.clone();
        let wanted = StartExecution { id: Some(id), request_id, ..trigger.wanted() };
        let started = match start_key(&trigger, &call) {
            Some(key) => executions.start_keyed(trigger.owner, &key, wanted, initiator).await?,
            None => executions.start_because(trigger.owner, wanted, initiator).await?,
        };
        let ended = match watch {
            None => None,
            Some(watch) => self.end_of(trigger.owner, started.id, watch, started.id == id).await?,
        };
        Ok(Called { execution: started.id, ended })
    }

    /// As Standard Webhooks (specification 1.0, "Verifying signatures") says.
    fn check_signature(&self, trigger: &TriggerRow, call: &Call) -> Result<(), CallError> {
        let Some(sealed) = trigger.hook.as_ref().and_then(|hook| hook.secret.as_deref()) else {
            return Ok(());
        };
        let bad = CallError::Signature;
        let secret = self.open(trigger.id, sealed).ok_or(bad("the secret is not at hand"))?;
        let id = header(call, HEADER_WEBHOOK_ID).ok_or(bad("webhook-id is missing"))?;
        let at = header(call, HEADER_WEBHOOK_TIMESTAMP).and_then(|text| text.parse::<i64>().ok());
        let at = at.ok_or(bad("webhook-timestamp is missing"))?;
        if at.abs_diff(self.ports.ambient.now().seconds()) > TOLERANCE {
            return Err(bad("webhook-timestamp is too far from now"));
        }
        let given =
            header(call, HEADER_WEBHOOK_SIGNATURE).ok_or(bad("webhook-signature is missing"))?;
        let signed = Webhook::new(&secret).and_then(|webhook| webhook.sign(id, at, &call.body));
        let signed = signed.map_err(|_| bad("the body cannot be signed"))?;
        let right = given.split(' ').any(|one| one.as_bytes().ct_eq(signed.as_bytes()).into());
        if right { Ok(()) } else { Err(bad("no signature fits")) }
    }

    /// The ended execution; `None` when it takes longer than a caller waits.
    async fn end_of(
        &self,
        owner: Owner,
        id: Id<Execution>,
        watch: EndWatch,
        is_new: bool,
    ) -> Result<Option<Finished>, CallError> {
        let executions = &self.ports.executions;
        let end = async {
            if is_new { watch.wait(owner).await } else { executions.end_of(owner, id).await }
        };
        let Ok(ended) = tokio::time::timeout(PATIENCE, end).await else { return Ok(None) };
        Ok(executions.outcome(id, ended?).await?)
    }
}

fn header<'a>(call: &'a Call, name: &str) -> Option<&'a str> {
    call.headers.get(name).and_then(|value| value.to_str().ok())
}

/// The same call again, as its sender says.
fn start_key(trigger: &TriggerRow, call: &Call) -> Option<IdempotencyKey> {
    let id = header(call, HEADER_WEBHOOK_ID)?;
    let named = blake3::hash(id.as_bytes()).to_hex();
    format!("hook/{}/{named}", trigger.id).parse().ok()
}

/// `trigger` in expressions.
fn told(trigger: &TriggerRow, call: &Call) -> Result<Value, CallError> {
    let shown = call.headers.iter().filter(|(name, _)| !HIDDEN.contains(&name.as_str()));
    let headers: serde_json::Map<String, Value> = shown
        .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.into())))
        .collect();
    let query: serde_json::Map<String, Value> =
        call.query.iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect();
    Ok(json!({
        "kind": "webhook",
        "trigger_id": trigger.id,
        "headers": headers,
        "query": query,
        "body": body(call)?,
    }))
}

/// JSON where the sender says so, else text; nothing is null.
fn body(call: &Call) -> Result<Value, CallError> {
    if call.body.is_empty() {
        return Ok(Value::Null);
    }
    let is_json = header(call, "content-type").is_some_and(|kind| kind.contains("json"));
    if is_json {
        return serde_json::from_slice(&call.body).map_err(|_| CallError::Body);
    }
    Ok(String::from_utf8_lossy(&call.body).replace('\0', "\u{fffd}").into())
}
