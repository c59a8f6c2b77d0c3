//! The same against localstripe, a server like Stripe that others wrote
//! (<https://github.com/adrienverge/localstripe>): cards, payment intents, refunds, and notices that it
//! signs itself. Checkout sessions, which it does not have, stand before it.

use std::{
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Router, extract::State, http::HeaderMap, routing::post};
use http::StatusCode;
use serde_json::{Value, json};
use shared_kernel::{domain::Role, infrastructure::system};

use super::{
    Shop, event,
    fake::{FakeStripe, SECRET},
    module,
};
use crate::{World, worlds};

/// On loopback alone, and without the file in which it would keep everything.
const START: &str = "
import sys
from aiohttp import web
from localstripe import resources, server
resources.Store.dump_to_disk = lambda self: None
web.run_app(server.app, host='127.0.0.1', port=int(sys.argv[1]), print=None)
";
const GOOD_CARD: &str = "4242424242424242";
/// A customer may have it; it pays nothing.
const BAD_CARD: &str = "4000000000000341";

/// A running server. It ends with the value.
struct LocalStripe {
    child: Child,
    url: String,
    client: reqwest::Client,
}

impl Drop for LocalStripe {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl LocalStripe {
    async fn start() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
        let python = root.join("target/localstripe/bin/python");
        assert!(python.exists(), "run scripts/ensure-test.sh: {} is missing", python.display());
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let child = Command::new(python)
            .args(["-c", START, &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let server =
            Self { child: child.unwrap(), url: format!("http://127.0.0.1:{port}"), client };
        for _ in 0..400 {
            if server.client.get(&server.url).send().await.is_ok() {
                return server;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        unreachable!("localstripe does not answer on port {port}")
    }

    async fn post(&self, path: &str, form: &[(&str, &str)]) -> (StatusCode, Value) {
        let request = self.client.post(format!("{}{path}", self.url)).bearer_auth("sk_test_1");
        let answer = request.form(form).send().await.unwrap();
        (answer.status(), answer.json().await.unwrap_or(Value::Null))
    }

    async fn make(&self, path: &str, form: &[(&str, &str)]) -> Value {
        let (status, answer) = self.post(path, form).await;
        assert!(status.is_success(), "{path}: {answer}");
        answer
    }

    async fn get(&self, path: &str) -> Value {
        let request = self.client.get(format!("{}{path}", self.url)).bearer_auth("sk_test_1");
        request.send().await.unwrap().json().await.unwrap()
    }

    /// A customer and their card.
    async fn card(&self, number: &str) -> (String, String) {
        let customer = self.make("/v1/customers", &[("email", "ann@example.com")]).await;
        let card = [
            ("type", "card"),
            ("card[number]", number),
            ("card[exp_month]", "12"),
            ("card[exp_year]", "2099"),
            ("card[cvc]", "123"),
        ];
        let method = self.make("/v1/payment_methods", &card).await;
        let id = |object: Value| object["id"].as_str().unwrap().to_owned();
        (id(customer), id(method))
    }

    /// What Checkout does with a card: a payment intent, confirmed. Gives it as it is then.
    async fn charge(&self, number: &str, amount: &str) -> Value {
        let (customer, method) = self.card(number).await;
        let form = [
            ("amount", amount),
            ("currency", "cny"),
            ("customer", &customer),
            ("payment_method", &method),
        ];
        let intent = self.make("/v1/payment_intents", &form).await;
        let path = format!("/v1/payment_intents/{}", intent["id"].as_str().unwrap());
        let (status, answer) = self.post(&format!("{path}/confirm"), &[]).await;
        assert_eq!(status.is_success(), number == GOOD_CARD, "{answer}");
        self.get(&path).await
    }
}

/// A shop at a counter of its own, before one localstripe for all.
async fn shops() -> (LocalStripe, Vec<Shop>) {
    let server = LocalStripe::start().await;
    let mut shops = Vec::new();
    for world in worlds().await {
        // It signs with the time that is.
        world.clock.set(system::ambient().now());
        let stripe = FakeStripe::start_before(Some(server.url.clone())).await;
        let module = module(&world, &stripe);
        shops.push(Shop { world: World { module, ..world }, stripe });
    }
    (server, shops)
}

async fn refund(shop: &Shop, invoice: &str, amount_minor: i64) -> Value {
    let admin = shop.world.with_role(Role::Admin);
    let path = format!("/subscription/admin/invoices/{invoice}/refund");
    let body = json!({ "amount_minor": amount_minor, "reason": "goodwill" });
    let (status, mut answer) = shop.world.post(&admin, &path, &body).await;
    assert!(status.is_success(), "{answer}");
    answer["data"].take()
}

async fn refunds(shop: &Shop) -> Vec<Value> {
    let admin = shop.world.with_role(Role::Admin);
    let (_, found) = shop.world.get(&admin, "/subscription/admin/refunds").await;
    found["data"]["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_card_that_is_declined_and_one_that_pays() {
    let (server, shops) = shops().await;
    for shop in shops {
        let (who, invoice) = shop.customer().await;
        shop.pay(&who, &invoice).await;
        let session = shop.stripe.only_session();
        let declined = server.charge(BAD_CARD, "5194").await;
        shop.stripe.set(&session, "complete", "unpaid");
        shop.stripe.set_intent(&session, &declined);
        shop.tell(&event("evt_1", "async_payment_failed", &session)).await;
        assert_eq!(shop.told("payment.failed").await, 1, "{}: {declined}", shop.world.test.name);
        shop.pay(&who, &invoice).await;
        let second = shop.stripe.sessions().into_iter().find(|id| *id != session).unwrap();
        let paid = server.charge(GOOD_CARD, "5194").await;
        assert_eq!(paid["status"], "succeeded", "{paid}");
        shop.stripe.set(&second, "complete", "paid");
        shop.stripe.set_intent(&second, &paid);
        shop.tell(&event("evt_2", "completed", &second)).await;
        assert_eq!(shop.invoice(&who, &invoice).await["status"], "paid");
        assert_eq!(shop.world.balanced().await, Ok(()));
    }
}

#[tokio::test]
async fn money_goes_back_in_parts_and_what_was_not_told_is_found() {
    let (server, shops) = shops().await;
    for shop in shops {
        let (who, invoice) = shop.customer().await;
        shop.pay(&who, &invoice).await;
        let session = shop.stripe.only_session();
        let intent = server.charge(GOOD_CARD, "5194").await;
        shop.stripe.set(&session, "complete", "paid");
        shop.stripe.set_intent(&session, &intent);
        shop.tell(&event("evt_1", "completed", &session)).await;

        let first = refund(&shop, &invoice, 1_000).await;
        assert_eq!(first["status"], "succeeded", "{}", shop.world.test.name);
        // It was made there, and nobody heard of it here.
        shop.stripe.fail(20);
        let second = refund(&shop, &invoice, 2_000).await;
        assert_eq!(second["status"], "pending");
        shop.stripe.fail(0);
        let (intent_id, id) = (intent["id"].as_str().unwrap(), second["id"].as_str().unwrap());
        let form = [("payment_intent", intent_id), ("amount", "2000"), ("metadata[refund_id]", id)];
        let made = server.make("/v1/refunds", &form).await;
        let told = json!({
            "id": "evt_2", "object": "event", "type": "charge.refunded",
            "data": { "object": { "id": made["charge"] } },
        });
        assert_eq!(shop.tell(&told).await.0, StatusCode::OK);
        let found = refunds(&shop).await;
        let settled = found.iter().all(|refund| refund["status"] == "succeeded");
        assert!(settled && found.len() == 2, "{found:?}");
        // Asked about by its own id, it is where it was.
        let told = json!({
            "id": "evt_3", "object": "event", "type": "refund.updated",
            "data": { "object": { "id": made["id"] } },
        });
        assert_eq!(shop.tell(&told).await.0, StatusCode::OK);
        assert_eq!(shop.invoice(&who, &invoice).await["refunded_minor"], 3_000);
        assert_eq!(shop.world.balanced().await, Ok(()));
    }
    let made = server.get("/v1/refunds?limit=100").await;
    let amounts = made["data"].as_array().unwrap().iter().map(|refund| refund["amount"].as_i64());
    let of_each = |amount| amounts.clone().filter(|found| *found == Some(amount)).count();
    assert_eq!(of_each(1_000), of_each(2_000), "one of each, of every database: {made}");
    assert_eq!(made["total_count"], 2 * of_each(1_000));
}

type Notices = Arc<Mutex<Vec<(String, Vec<u8>)>>>;

async fn receive(State(notices): State<Notices>, headers: HeaderMap, body: axum::body::Bytes) {
    let signature = headers["stripe-signature"].to_str().unwrap().to_owned();
    notices.lock().unwrap().push((signature, body.to_vec()));
}

/// Listens for so many notices, which `server` sends about a second later.
async fn listen(server: &LocalStripe, secret: &str) -> Notices {
    let notices = Notices::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let router = Router::new().route("/", post(receive)).with_state(Arc::clone(&notices));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let (status, _) =
        server.post("/_config/webhooks/ours", &[("url", &url), ("secret", secret)]).await;
    assert!(status.is_success());
    notices
}

#[tokio::test]
async fn notices_that_another_program_signed_are_taken_and_changed_ones_are_not() {
    let (server, shops) = shops().await;
    let notices = listen(&server, SECRET).await;
    server.charge(GOOD_CARD, "5194").await;
    // Of a new customer, and of a payment intent that succeeded.
    for _ in 0..200 {
        if notices.lock().unwrap().len() == 2 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let notices = notices.lock().unwrap().clone();
    let told: Vec<Value> =
        notices.iter().map(|(_, body)| serde_json::from_slice(body).unwrap()).collect();
    let mut kinds: Vec<_> = told.iter().filter_map(|notice| notice["type"].as_str()).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["customer.created", "payment_intent.succeeded"]);
    for shop in shops {
        for (signature, body) in &notices {
            let (status, answer) = shop.send(Some(signature), body.clone()).await;
            assert_eq!(status, StatusCode::OK, "{}: {answer}", shop.world.test.name);
            let mut changed = body.clone();
            changed.push(b' ');
            let (status, answer) = shop.send(Some(signature), changed).await;
            assert_eq!((status.as_u16(), &answer["error"]), (401, &json!("BAD_SIGNATURE")));
            shop.world.clock.advance(Duration::from_hours(1));
            assert_eq!(shop.send(Some(signature), body.clone()).await.0, 401, "an hour old");
            shop.world.clock.set(system::ambient().now());
        }
        assert_eq!(shop.world.count("payment_notices").await, 0, "none is about what we sell");
    }
}
