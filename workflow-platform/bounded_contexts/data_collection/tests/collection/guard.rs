//! No form of an address leads inside: counted by listeners, in every step that takes one.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    response::Redirect,
    routing::{get, post},
};
use data_collection::{
    FetcherSettings, PoliteFetcher,
    application::{CrawlPages, HttpRequest, crawl::RowSink},
};
use serde_json::{Value, json};
use shared_kernel::{
    application::{Action, ActionContext, ActionError, Fetcher},
    infrastructure::cpu::CpuPool,
};
use testkit::inside::{FORMS, Inside};
use tokio::net::UdpSocket;

use crate::{
    step::Step,
    web::{Web, fetcher, fetcher_with, get as fetch, request},
};

struct NoSink;

#[async_trait::async_trait]
impl RowSink for NoSink {
    async fn store(
        &self,
        _: &ActionContext,
        _: &data_collection::domain::dataset::DatasetName,
        _: &[String],
        _: Vec<Value>,
    ) -> Result<(), ActionError> {
        Ok(())
    }
}

/// The input of a step for an address.
type Given = fn(&str) -> Value;

/// Every step that takes an address, with the address as its input.
fn steps(fetcher: PoliteFetcher) -> Vec<(Box<dyn Action>, Given)> {
    let fetcher: Arc<dyn Fetcher> = Arc::new(fetcher);
    let crawl = CrawlPages::new(Arc::clone(&fetcher), Arc::new(NoSink), CpuPool::new(1));
    vec![
        (Box::new(HttpRequest::new(fetcher)), |url| json!({ "url": url, "timeout": 5 })),
        (Box::new(crawl.clone()), |url| json!({ "start_urls": [url] })),
        (Box::new(crawl), |url| json!({ "sitemaps": [url] })),
    ]
}

fn is_refusal(error: &ActionError) -> bool {
    matches!(error.code.as_str(), "ADDRESS_FORBIDDEN" | "BAD_URL")
}

#[tokio::test]
async fn no_form_of_an_inner_address_gets_a_connection() {
    let inside = Inside::listening().await;
    for (action, input) in steps(fetcher(&[])) {
        for url in inside.urls() {
            let error = Step::new().run(action.as_ref(), input(&url)).await.unwrap_err();
            assert!(is_refusal(&error), "{url}: {error}");
        }
    }
    assert_eq!(inside.visitors(), 0);
}

#[tokio::test]
async fn no_form_of_an_inner_address_gets_a_message() {
    let inside = Inside::listening().await;
    let fetcher = fetcher(&[]);
    for url in inside.urls() {
        let error = fetcher.deliver(&request(&url)).await.unwrap_err();
        let code = shared_kernel::domain::Fault::code(&error);
        assert!(["ADDRESS_FORBIDDEN", "BAD_URL"].contains(&code), "{url}: {error}");
    }
    assert_eq!(inside.visitors(), 0);
}

/// The listener does count: what the operator allows comes in.
#[tokio::test]
async fn an_inner_address_that_is_allowed_gets_a_connection() {
    let inside = Inside::listening().await;
    let place = format!("127.0.0.1:{}", inside.port());
    let fetcher = fetcher(&[place.parse().unwrap()]);
    let url = format!("http://{place}/");
    let _ = fetcher.deliver(&request(&url)).await;
    assert_eq!(inside.visitors(), 1, "a message");
    let _ = fetch(&fetcher, &url).await;
    assert!(inside.visitors() > 1, "a request");
}

#[tokio::test]
async fn a_message_follows_no_redirect_and_its_answer_is_cut_off() {
    let inside = Inside::listening().await;
    let target = format!("http://127.0.0.1:{}/", inside.port());
    let site = Router::new()
        .route("/away", post(async move || Redirect::temporary(&target)))
        .route("/long", post(async || "x".repeat(100_000)))
        .route("/slow", post(async || tokio::time::sleep(Duration::from_secs(30)).await));
    let site = Web::serving(site).await;
    let fetcher = fetcher(&[site.address]);
    let deliver = async |path: &str| {
        let mut request = request(&site.url(path));
        (request.max_bytes, request.timeout) = (4096, Duration::from_millis(500));
        fetcher.deliver(&request).await
    };
    assert_eq!(deliver("/away").await.unwrap().status, 307);
    assert_eq!(deliver("/long").await.unwrap().body.len(), 4096);
    let late = deliver("/slow").await.unwrap_err();
    assert_eq!(shared_kernel::domain::Fault::code(&late), "FETCH_TIMEOUT", "{late}");
    assert_eq!(inside.visitors(), 0);
}

#[tokio::test]
async fn no_redirect_leads_inside() {
    let inside = Inside::listening().await;
    let port = inside.port();
    let site = Router::new().route(
        "/{form}",
        get(move |axum::extract::Path(form): axum::extract::Path<usize>| async move {
            Redirect::temporary(&format!("http://{}:{port}/", FORMS[form]))
        }),
    );
    let site = Web::serving(site.route("/robots.txt", get(async || ""))).await;
    for (action, input) in steps(fetcher(&[site.address])) {
        for (index, form) in FORMS.iter().enumerate() {
            let url = site.url(&format!("/{index}"));
            match Step::new().run(action.as_ref(), input(&url)).await {
                Err(error) => assert!(
                    is_refusal(&error)
                        || error.code == "HTTP_STATUS"
                        || error.code == "BAD_SITEMAP",
                    "{form}: {error}"
                ),
                // What cannot be a target is no redirect.
                Ok(output) => assert_eq!(output["status"], 307, "{form}: {output}"),
            }
        }
    }
    assert_eq!(inside.visitors(), 0);
}

/// A DNS server whose first answer for every name is public, and whose next ones are loopback.
async fn rebinding_dns() -> (SocketAddr, Arc<AtomicUsize>) {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = socket.local_addr().unwrap();
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    tokio::spawn(async move {
        let mut buffer = [0; 512];
        while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
            let question = &buffer[..length];
            let kind = question[12..].iter().position(|byte| *byte == 0).map(|end| 12 + end + 2);
            let is_a = kind.is_some_and(|at| question[at] == 1);
            let answers = u8::from(is_a);
            let mut answer = question[..2].to_vec();
            answer.extend([0x81, 0x80, 0, 1, 0, answers, 0, 0, 0, 0]);
            let end = kind.map_or(length, |at| at + 3);
            answer.extend(&question[12..end]);
            if is_a {
                let turn = count.fetch_add(1, Ordering::SeqCst);
                let ip = if turn == 0 { [192, 0, 43, 8] } else { [127, 0, 0, 1] };
                answer.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4]);
                answer.extend(ip);
            }
            let _ = socket.send_to(&answer, from).await;
        }
    });
    (address, asked)
}

#[tokio::test]
async fn a_name_that_turns_inside_between_two_questions_gets_no_connection() {
    let inside = Inside::listening().await;
    let (dns, asked) = rebinding_dns().await;
    let settings = FetcherSettings { dns_servers: vec![dns], ..FetcherSettings::default() };
    let fetcher = fetcher_with(settings, &[]);
    let url = format!("http://rebound.example:{}/", inside.port());
    // The first answer is a public address where nobody answers; it is not waited for.
    let first = tokio::time::timeout(Duration::from_millis(300), fetch(&fetcher, &url)).await;
    assert!(first.is_err() || first.is_ok_and(|answer| answer.is_err()));
    for _ in 0..3 {
        let error = fetch(&fetcher, &url).await.unwrap_err();
        assert_eq!(shared_kernel::domain::Fault::code(&error), "ADDRESS_FORBIDDEN", "{error}");
    }
    let error = fetcher.deliver(&request(&url)).await.unwrap_err();
    assert_eq!(shared_kernel::domain::Fault::code(&error), "ADDRESS_FORBIDDEN", "{error}");
    assert!(asked.load(Ordering::SeqCst) >= 2, "the test's server was asked");
    assert_eq!(inside.visitors(), 0);
}

#[tokio::test]
async fn a_name_listed_for_one_port_is_not_let_in_by_another() {
    let inside = Inside::listening().await;
    let (dns, asked) = rebinding_dns().await;
    asked.store(1, Ordering::SeqCst);
    let settings = FetcherSettings { dns_servers: vec![dns], ..FetcherSettings::default() };
    let fetcher = crate::web::fetcher_listing(settings, &["inner.example:1".to_owned()]);
    let url = format!("http://inner.example:{}/", inside.port());
    let error = fetch(&fetcher, &url).await.unwrap_err();
    assert_eq!(shared_kernel::domain::Fault::code(&error), "ADDRESS_FORBIDDEN", "{error}");
    assert_eq!(inside.visitors(), 0);
}
