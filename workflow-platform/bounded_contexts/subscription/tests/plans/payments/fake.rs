//! Stripe's Checkout, as far as it is used: sessions under idempotency keys, and failures to order.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    routing::{get, post},
};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

pub(super) const SECRET: &str = "whsec_test";

pub(super) fn signed(secret: &str, seconds: i64, body: &[u8]) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    let mac = mac.chain_update(format!("{seconds}.")).chain_update(body);
    format!("t={seconds},v1={}", hex::encode(mac.finalize().into_bytes()))
}

pub(super) fn url_of(session: &str) -> String {
    format!("https://checkout.stripe.example/{session}")
}

#[derive(Default)]
struct Kept {
    sessions: HashMap<String, Value>,
    /// Form and session by key.
    keyed: HashMap<String, (String, String)>,
    /// Of all POSTs, also those that failed.
    keys: Vec<String>,
    failures: usize,
}

/// The server. It is gone with the test's runtime.
pub(super) struct FakeStripe {
    pub address: String,
    kept: Mutex<Kept>,
}

type Answer = (StatusCode, Json<Value>);

impl FakeStripe {
    pub async fn start() -> Arc<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let fake = Arc::new(Self { address, kept: Mutex::default() });
        let router = Router::new()
            .route("/v1/checkout/sessions", post(begin))
            .route("/v1/checkout/sessions/{id}", get(show))
            .with_state(Arc::clone(&fake));
        tokio::spawn(async move { axum::serve(listener, router).await });
        fake
    }

    pub fn sessions(&self) -> Vec<String> {
        self.kept.lock().unwrap().sessions.keys().cloned().collect()
    }

    pub fn only_session(&self) -> String {
        let mut sessions = self.sessions();
        assert_eq!(sessions.len(), 1, "{sessions:?}");
        sessions.remove(0)
    }

    pub fn set(&self, session: &str, status: &str, payment_status: &str) {
        let mut kept = self.kept.lock().unwrap();
        let session = kept.sessions.get_mut(session).unwrap();
        session["status"] = json!(status);
        session["payment_status"] = json!(payment_status);
        session["payment_intent"] = json!({ "id": "pi_1", "status": "processing" });
    }

    pub fn set_failed(&self, session: &str) {
        let mut kept = self.kept.lock().unwrap();
        let session = kept.sessions.get_mut(session).unwrap();
        session["payment_intent"]["status"] = json!("requires_payment_method");
    }

    /// Somebody else's session of the same account.
    pub fn add_foreign(&self) -> String {
        let session = json!({
            "id": "cs_test_foreign", "status": "complete", "payment_status": "paid",
            "amount_total": 5, "currency": "usd", "client_reference_id": "order 17",
        });
        self.kept.lock().unwrap().sessions.insert("cs_test_foreign".into(), session);
        "cs_test_foreign".into()
    }

    /// The next requests fail.
    pub fn fail(&self, times: usize) {
        self.kept.lock().unwrap().failures = times;
    }

    pub fn keys(&self) -> Vec<String> {
        self.kept.lock().unwrap().keys.clone()
    }

    pub fn form(&self) -> String {
        self.kept.lock().unwrap().keyed.values().next().unwrap().0.clone()
    }
}

impl Kept {
    fn fails(&mut self) -> bool {
        let fails = self.failures > 0;
        self.failures = self.failures.saturating_sub(1);
        fails
    }
}

fn refused(status: u16, code: &str) -> Answer {
    let status = StatusCode::from_u16(status).unwrap();
    (status, Json(json!({ "error": { "type": "invalid_request_error", "code": code } })))
}

async fn begin(State(fake): State<Arc<FakeStripe>>, headers: HeaderMap, form: String) -> Answer {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if header("authorization") != Some("Bearer sk_test_1") {
        return refused(401, "invalid_api_key");
    }
    let key = header("idempotency-key").unwrap().to_owned();
    let mut kept = fake.kept.lock().unwrap();
    kept.keys.push(key.clone());
    if kept.fails() {
        return refused(500, "api_error");
    }
    if let Some((before, session)) = kept.keyed.get(&key) {
        if *before != form {
            return refused(400, "idempotency_key_reused");
        }
        return (StatusCode::OK, Json(kept.sessions[session].clone()));
    }
    let fields: HashMap<_, _> = url::form_urlencoded::parse(form.as_bytes()).into_owned().collect();
    let amount: i64 = fields["line_items[0][price_data][unit_amount]"].parse().unwrap();
    let id = format!("cs_test_{}", kept.sessions.len());
    let session = json!({
        "id": id, "object": "checkout.session", "status": "open", "payment_status": "unpaid",
        "url": url_of(&id), "amount_total": amount,
        "currency": fields["line_items[0][price_data][currency]"],
        "client_reference_id": fields["client_reference_id"], "payment_intent": null,
    });
    kept.sessions.insert(id.clone(), session.clone());
    kept.keyed.insert(key, (form, id));
    (StatusCode::OK, Json(session))
}

async fn show(State(fake): State<Arc<FakeStripe>>, Path(id): Path<String>) -> Answer {
    let mut kept = fake.kept.lock().unwrap();
    if kept.fails() {
        return refused(503, "api_error");
    }
    match kept.sessions.get(&id) {
        Some(session) => (StatusCode::OK, Json(session.clone())),
        None => refused(404, "resource_missing"),
    }
}
