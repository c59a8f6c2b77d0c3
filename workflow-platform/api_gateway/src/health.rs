//! Whether the process is well and ready.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use axum::{
    extract::State,
    response::{IntoResponse as _, Response},
};
use serde_json::{Map, Value, json};
use shared_kernel::{
    api::{Empty, Failure, Reply, RequestContext},
    domain::{ErrorKind, Fault, Text},
};
use tracing::warn;

/// A part that does not answer within this is down.
const PATIENCE: Duration = Duration::from_secs(2);

/// Something the process cannot work without.
#[async_trait]
pub trait HealthPart: Send + Sync {
    /// `database`, `redis` or `cache`.
    fn name(&self) -> &'static str;

    async fn check(&self) -> Result<(), Box<dyn std::error::Error + Send + Sync>>;
}

/// Whether new requests should come here; ends when the process begins to drain.
#[derive(Debug, Clone)]
pub struct Readiness(Arc<AtomicBool>);

impl Default for Readiness {
    fn default() -> Self {
        Self(Arc::new(AtomicBool::new(true)))
    }
}

impl Readiness {
    pub fn drain(&self) {
        self.0.store(false, Ordering::SeqCst);
    }

    pub fn is_ready(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// What the handlers work with.
pub struct Health {
    pub parts: Vec<Arc<dyn HealthPart>>,
    pub readiness: Readiness,
    pub version: String,
}

/// A needed part is down, or the process is on its way out.
#[derive(Debug, thiserror::Error)]
#[error("not healthy: {0}")]
struct Unhealthy(Value);

impl Fault for Unhealthy {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Unavailable
    }

    fn code(&self) -> &'static str {
        "UNHEALTHY"
    }

    fn text(&self) -> Text {
        Text::new("服务不可用", "The service is not healthy")
    }

    fn details(&self) -> Value {
        self.0.clone()
    }
}

impl Health {
    async fn report(&self) -> (bool, Value) {
        let checks =
            self.parts.iter().map(|part| async move { (part.name(), is_up(&**part).await) });
        let states = futures::future::join_all(checks).await;
        let well = states.iter().all(|(_, up)| *up);
        let mut report = Map::new();
        report.insert("status".into(), json!(if well { "healthy" } else { "unhealthy" }));
        for (name, up) in states {
            report.insert(name.into(), json!(if up { "healthy" } else { "unhealthy" }));
        }
        report.insert("version".into(), json!(self.version));
        report.insert("timestamp".into(), json!(RequestContext::current().received_at));
        (well, Value::Object(report))
    }
}

async fn is_up(part: &dyn HealthPart) -> bool {
    match tokio::time::timeout(PATIENCE, part.check()).await {
        Ok(Ok(())) => true,
        Ok(Err(error)) => {
            warn!(%error, "{} is down", part.name());
            false
        }
        Err(_) => {
            warn!("{} does not answer", part.name());
            false
        }
    }
}

fn answer(well: bool, report: Value) -> Response {
    if well {
        Reply::ok(report).into_response()
    } else {
        Failure::from(Unhealthy(report)).into_response()
    }
}

/// `GET /health`.
pub async fn overall(State(health): State<Arc<Health>>) -> Response {
    let (well, report) = health.report().await;
    answer(well, report)
}

/// `GET /health/ready`: well, and not draining.
pub async fn ready(State(health): State<Arc<Health>>) -> Response {
    let (well, report) = health.report().await;
    answer(well && health.readiness.is_ready(), report)
}

/// `GET /health/live`: the process answers.
pub async fn live() -> Response {
    Reply::<Empty>::empty().into_response()
}
