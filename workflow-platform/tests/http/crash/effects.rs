//! The outside world: a server that remembers what was done to it, and when.

use std::{
    collections::HashMap,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use axum::{
    Router,
    extract::{Path, State},
    http::HeaderMap,
    routing::post,
};
use parking_lot::Mutex;
use shared_kernel::infrastructure::system;
use tokio::net::TcpListener;

/// Execution, step and item (`-` without one).
pub type Place = (String, String, String);

/// One request.
#[derive(Debug, Clone)]
pub struct Hit {
    /// When it came, in microseconds since the Unix epoch.
    pub at: i64,
    pub idempotency_key: String,
}

type Hits = Arc<Mutex<HashMap<Place, Vec<Hit>>>>;

pub struct Effects {
    address: SocketAddr,
    hits: Hits,
}

impl Effects {
    pub async fn start() -> Self {
        let hits = Hits::default();
        let router = Router::new()
            .route("/hit/{execution}/{step}/{item}", post(hit))
            .route("/slow/{execution}/{step}/{item}", post(slow))
            .with_state(Arc::clone(&hits));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, hits }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn all(&self) -> HashMap<Place, Vec<Hit>> {
        self.hits.lock().clone()
    }
}

async fn hit(
    State(hits): State<Hits>,
    Path(place): Path<Place>,
    headers: HeaderMap,
) -> &'static str {
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok());
    let idempotency_key = key.unwrap_or_default().to_owned();
    let at = system::ambient().now().micros();
    hits.lock().entry(place).or_default().push(Hit { at, idempotency_key });
    "done"
}

/// Too slow the first time.
async fn slow(state: State<Hits>, place: Path<Place>, headers: HeaderMap) -> &'static str {
    let is_first = !state.0.lock().contains_key(&place.0);
    let done = hit(state, place, headers).await;
    if is_first {
        tokio::time::sleep(Duration::from_secs(3)).await;
    }
    done
}
