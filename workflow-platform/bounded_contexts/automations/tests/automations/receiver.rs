//! Somebody's server that webhooks go to, over real HTTP, and a sender without a guard.

use std::{collections::VecDeque, net::SocketAddr, sync::Arc, time::Duration};

use async_trait::async_trait;
use automations::application::{Answered, Message, MessageError, WebhookSender};
use axum::{
    Router,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode},
    response::{IntoResponse as _, Response},
};
use parking_lot::Mutex;
use standardwebhooks::Webhook;
use tokio::{net::TcpListener, sync::Notify};
use tokio_util::task::AbortOnDropHandle;

/// What arrived.
#[derive(Debug, Clone)]
pub struct Arrived {
    pub headers: HeaderMap,
    pub body: String,
}

impl Arrived {
    pub fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    /// Which of the signatures, if any, is made with the secret.
    pub fn signed_with(&self, secret: &str) -> Option<usize> {
        let at = self.header("webhook-timestamp").parse().unwrap();
        let webhook = Webhook::new(secret).unwrap();
        let right = webhook.sign(self.header("webhook-id"), at, self.body.as_bytes()).unwrap();
        self.header("webhook-signature").split(' ').position(|one| one == right)
    }
}

#[derive(Default)]
struct Shelf {
    arrived: Mutex<Vec<Arrived>>,
    called: Notify,
    answers: Mutex<VecDeque<(u16, &'static str)>>,
}

/// Answers as it is told to, then 204.
pub struct Receiver {
    pub address: SocketAddr,
    shelf: Arc<Shelf>,
    _serving: AbortOnDropHandle<()>,
}

async fn receive(State(shelf): State<Arc<Shelf>>, headers: HeaderMap, body: String) -> Response {
    shelf.arrived.lock().push(Arrived { headers, body });
    shelf.called.notify_one();
    // Long enough that two who send at once are seen.
    tokio::time::sleep(Duration::from_millis(20)).await;
    let (status, text) = shelf.answers.lock().pop_front().unwrap_or((204, ""));
    let status = StatusCode::from_u16(status).unwrap();
    let mut answer = (status, text).into_response();
    let headers = answer.headers_mut();
    match status.as_u16() {
        429 => headers.insert("retry-after", HeaderValue::from_static("7200")),
        302 => headers.insert("location", HeaderValue::from_static("/elsewhere")),
        _ => None,
    };
    answer
}

impl Receiver {
    pub async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let shelf = Arc::new(Shelf::default());
        let router = Router::new().fallback(receive).with_state(Arc::clone(&shelf));
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, shelf, _serving: AbortOnDropHandle::new(serving) }
    }

    pub fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    /// The next answers.
    pub fn answer(&self, answers: impl IntoIterator<Item = (u16, &'static str)>) {
        self.shelf.answers.lock().extend(answers);
    }

    /// Until the next call has come, or one that nobody waited for; it is answered a moment later.
    pub async fn called(&self) {
        self.shelf.called.notified().await;
    }

    pub fn arrived(&self) -> Vec<Arrived> {
        self.shelf.arrived.lock().clone()
    }
}

/// Sends to anybody; that the platform's own sender does not is tested where it is.
pub struct PlainSender;

#[async_trait]
impl WebhookSender for PlainSender {
    fn check(&self, url: &str) -> Result<(), String> {
        if url.starts_with("http") { Ok(()) } else { Err("is no address".to_owned()) }
    }

    async fn send(&self, message: Message) -> Result<Answered, MessageError> {
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(message.timeout)
            .build()
            .unwrap();
        let mut request = client.post(&message.url).body(message.body);
        for (name, value) in message.headers {
            request = request.header(name, value);
        }
        let answer = request.send().await.map_err(|error| MessageError(error.to_string()))?;
        let retry_after = answer.headers().get("retry-after");
        let retry_after = retry_after.map(|text| text.to_str().unwrap().parse().unwrap());
        Ok(Answered {
            status: answer.status().as_u16(),
            retry_after: retry_after.map(Duration::from_secs),
            answer: answer.text().await.unwrap(),
        })
    }
}
