//! Stripe's Checkout and refunds, as far as they are used: objects under idempotency keys, and failures
//! to order. What stands behind it may be localstripe, which others wrote: it has payment intents and
//! refunds, but neither Checkout sessions nor idempotency keys, and sends none of the events that
//! are heard here.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::{HeaderMap, Method, StatusCode, Uri},
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
    /// So many succeed before the failures.
    grace: usize,
    refunds: HashMap<String, Value>,
    /// The refund by key.
    refund_keys: HashMap<String, String>,
    refuses_refunds: bool,
}

/// The server. It is gone with the test's runtime.
pub struct FakeStripe {
    pub address: String,
    kept: Mutex<Kept>,
    /// Where requests go that are not about sessions.
    behind: Option<String>,
}

type Answer = (StatusCode, Json<Value>);

impl FakeStripe {
    pub async fn start() -> Arc<Self> {
        Self::start_before(None).await
    }

    /// Of a server that has the refunds.
    pub async fn start_before(behind: Option<String>) -> Arc<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let sessions = Router::new()
            .route("/v1/checkout/sessions", post(begin))
            .route("/v1/checkout/sessions/{id}", get(show));
        let router = if behind.is_some() {
            sessions.fallback(pass_on)
        } else {
            sessions
                .route("/v1/refunds", post(give_back).get(refunds))
                .route("/v1/refunds/{id}", get(show_refund))
        };
        let fake = Arc::new(Self { address, kept: Mutex::default(), behind });
        let router = router.with_state(Arc::clone(&fake));
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
        let intent = format!("pi_{session}");
        let session = kept.sessions.get_mut(session).unwrap();
        session["status"] = json!(status);
        session["payment_status"] = json!(payment_status);
        session["payment_intent"] = json!({ "id": intent, "status": "processing" });
    }

    pub fn set_failed(&self, session: &str) {
        let mut kept = self.kept.lock().unwrap();
        let session = kept.sessions.get_mut(session).unwrap();
        session["payment_intent"]["status"] = json!("requires_payment_method");
    }

    /// What was made of a session elsewhere.
    pub fn set_intent(&self, session: &str, intent: &Value) {
        self.kept.lock().unwrap().sessions.get_mut(session).unwrap()["payment_intent"] =
            intent.clone();
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

    /// The only refund: its id, and what was sent, with the key.
    pub fn only_refund(&self) -> (String, Value) {
        let kept = self.kept.lock().unwrap();
        assert_eq!(kept.refunds.len(), 1, "{:?}", kept.refunds);
        kept.refunds.iter().next().map(|(id, refund)| (id.clone(), refund.clone())).unwrap()
    }

    /// Ids are numbered.
    pub fn newest_refund(&self) -> Option<String> {
        let last = self.kept.lock().unwrap().refunds.len().checked_sub(1);
        last.map(|number| format!("re_{number}"))
    }

    pub fn charge_of(&self, refund: &str) -> String {
        self.kept.lock().unwrap().refunds[refund]["charge"].as_str().unwrap().to_owned()
    }

    pub fn set_refund(&self, refund: &str, status: &str) {
        self.kept.lock().unwrap().refunds.get_mut(refund).unwrap()["status"] = json!(status);
    }

    pub fn refuse_refunds(&self) {
        self.kept.lock().unwrap().refuses_refunds = true;
    }

    pub fn add_foreign_refund(&self) -> String {
        let refund = json!({ "id": "re_foreign", "status": "succeeded", "metadata": {} });
        self.kept.lock().unwrap().refunds.insert("re_foreign".into(), refund);
        "re_foreign".into()
    }

    /// As after a day.
    pub fn forget_keys(&self) {
        let mut kept = self.kept.lock().unwrap();
        kept.keyed.clear();
        kept.refund_keys.clear();
    }

    /// After so many requests that succeed, so many fail.
    pub fn fail_after(&self, grace: usize, times: usize) {
        let mut kept = self.kept.lock().unwrap();
        (kept.grace, kept.failures) = (grace, times);
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
        if self.grace > 0 {
            self.grace -= 1;
            return false;
        }
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

async fn give_back(
    State(fake): State<Arc<FakeStripe>>,
    headers: HeaderMap,
    form: String,
) -> Answer {
    let key = headers["idempotency-key"].to_str().unwrap().to_owned();
    let mut kept = fake.kept.lock().unwrap();
    if kept.fails() {
        return refused(500, "api_error");
    }
    if kept.refuses_refunds {
        return refused(400, "charge_already_refunded");
    }
    if let Some(id) = kept.refund_keys.get(&key) {
        return (StatusCode::OK, Json(kept.refunds[id].clone()));
    }
    let fields: HashMap<_, _> = url::form_urlencoded::parse(form.as_bytes()).into_owned().collect();
    let (id, intent) = (format!("re_{}", kept.refunds.len()), fields["payment_intent"].clone());
    let refund = json!({
        "id": id, "object": "refund", "status": "pending", "key": key,
        "amount": fields["amount"].parse::<i64>().unwrap(),
        "charge": intent.replace("pi_", "ch_"), "payment_intent": intent,
        "metadata": { "refund_id": fields["metadata[refund_id]"] },
    });
    kept.refunds.insert(id.clone(), refund.clone());
    kept.refund_keys.insert(key, id);
    (StatusCode::OK, Json(refund))
}

async fn refunds(
    State(fake): State<Arc<FakeStripe>>,
    Query(wanted): Query<HashMap<String, String>>,
) -> Answer {
    let mut kept = fake.kept.lock().unwrap();
    if kept.fails() {
        return refused(503, "api_error");
    }
    let of = |refund: &&Value| {
        let is = |name: &str| wanted.get(name).is_none_or(|id| refund[name] == json!(id));
        is("payment_intent") && is("charge")
    };
    let data: Vec<_> = kept.refunds.values().filter(of).cloned().collect();
    (StatusCode::OK, Json(json!({ "object": "list", "data": data, "has_more": false })))
}

async fn show_refund(State(fake): State<Arc<FakeStripe>>, Path(id): Path<String>) -> Answer {
    let mut kept = fake.kept.lock().unwrap();
    if kept.fails() {
        return refused(503, "api_error");
    }
    match kept.refunds.get(&id) {
        Some(refund) => (StatusCode::OK, Json(refund.clone())),
        None => refused(404, "resource_missing"),
    }
}

/// To the server behind, which knows no reasons of refunds.
async fn pass_on(
    State(fake): State<Arc<FakeStripe>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    form: String,
) -> Answer {
    if fake.kept.lock().unwrap().fails() {
        return refused(503, "api_error");
    }
    let behind = fake.behind.as_ref().unwrap();
    let fields = url::form_urlencoded::parse(form.as_bytes()).into_owned();
    let form: Vec<_> = fields.filter(|(name, _)| name != "reason").collect();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client.request(method, format!("{behind}{uri}"));
    let request = request.header("authorization", headers["authorization"].clone());
    let answer = if form.is_empty() { request } else { request.form(&form) };
    let answer = answer.send().await.unwrap();
    (answer.status(), Json(answer.json().await.unwrap_or(Value::Null)))
}
