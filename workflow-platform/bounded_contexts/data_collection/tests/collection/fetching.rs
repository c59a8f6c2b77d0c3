//! Manners, limits and the guard, over real connections.

use std::{
    io::Write as _,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    http::{StatusCode, header},
    response::{IntoResponse as _, Redirect},
    routing::{any, get},
};
use data_collection::{FetcherSettings, PoliteFetcher};
use flate2::{Compression, write::GzEncoder};
use futures::{StreamExt as _, future::join_all, stream};
use shared_kernel::{
    application::{FetchError, FetchMethod, Fetcher as _},
    domain::Fault as _,
};
use tokio::{io::AsyncWriteExt as _, net::TcpListener};

use crate::web::{self, Web, fetcher, fetcher_with, request};

async fn code_of(fetcher: &PoliteFetcher, url: &str) -> &'static str {
    web::get(fetcher, url).await.unwrap_err().code()
}

#[tokio::test]
async fn a_redirect_into_a_private_network_is_refused() {
    let inside = Web::serving(Router::new().fallback(async || "secret")).await;
    let target = inside.url("/admin");
    let site = Router::new().route("/away", get(async move || Redirect::temporary(&target)));
    let site = Web::serving(site).await;
    let fetcher = fetcher(&[site.address]);
    assert_eq!(code_of(&fetcher, &site.url("/away")).await, "ADDRESS_FORBIDDEN");
    assert_eq!((inside.seen.count("/admin"), inside.seen.count("/robots.txt")), (0, 0));
}

#[tokio::test]
async fn redirects_end_somewhere() {
    let site = Router::new()
        .route("/round", get(async || Redirect::temporary("/round")))
        .route("/once", get(async || Redirect::permanent("/there?a=1")))
        .route("/there", get(async || "there"));
    let site = Web::serving(site).await;
    let fetcher = fetcher(&[site.address]);
    assert_eq!(code_of(&fetcher, &site.url("/round")).await, "TOO_MANY_REDIRECTS");
    assert_eq!(site.seen.count("/round"), 11);
    let found = web::get(&fetcher, &site.url("/once#part")).await.unwrap();
    assert_eq!((found.url, &found.body[..]), (site.url("/there?a=1"), &b"there"[..]));
}

#[tokio::test]
async fn secrets_stay_with_the_site_they_were_meant_for() {
    let other = Web::serving(Router::new().fallback(async || "hello")).await;
    let target = other.url("/page");
    let site = Router::new()
        .route("/away", any(async move || Redirect::to(&target)))
        .route("/round", any(async || Redirect::to("/page")))
        .route("/page", any(async || "page"));
    let site = Web::serving(site).await;
    let fetcher = fetcher(&[site.address, other.address]);
    for path in ["/away", "/round"] {
        let mut wanted = request(&site.url(path));
        wanted.method = FetchMethod::Post;
        wanted.body = Some(Bytes::from_static(b"form"));
        wanted.headers = vec![
            ("Authorization".to_owned(), "Bearer secret".to_owned()),
            ("X-Plain".to_owned(), "plain".to_owned()),
        ];
        assert_eq!(fetcher.fetch(wanted).await.unwrap().status, 200);
    }
    assert_eq!(other.seen.header("/page", "authorization"), None);
    assert_eq!(other.seen.header("/page", "x-plain").as_deref(), Some("plain"));
    assert_eq!(other.seen.header("/page", "content-length"), None, "a GET without the form");
    assert_eq!(site.seen.header("/page", "authorization").as_deref(), Some("Bearer secret"));
}

#[tokio::test]
async fn robots_txt_is_fetched_once_and_believed() {
    let rules = "User-agent: *\nDisallow: /private\nAllow: /private/door\n";
    let site =
        Router::new().route("/robots.txt", get(async move || rules)).fallback(async || "page");
    let site = Web::serving(site).await;
    let fetcher = fetcher(&[site.address]);
    let urls: Vec<_> = (0..20).map(|page| site.url(&format!("/{page}"))).collect();
    for answer in join_all(urls.iter().map(|url| web::get(&fetcher, url))).await {
        assert_eq!(answer.unwrap().status, 200);
    }
    assert_eq!(code_of(&fetcher, &site.url("/private/room?x=1")).await, "ROBOTS_DENIED");
    assert_eq!(web::get(&fetcher, &site.url("/private/door")).await.unwrap().status, 200);
    assert_eq!((site.seen.count("/robots.txt"), site.seen.count("/private/room")), (1, 0));
}

/// RFC 9309, section 2.3.1; who does not even show the rules does not want to be collected.
#[tokio::test]
async fn a_missing_robots_txt_allows_and_a_broken_one_forbids() {
    for (status, allowed) in [
        (404, true),
        (410, true),
        (401, true),
        (403, false),
        (429, false),
        (500, false),
        (503, false),
    ] {
        let status = StatusCode::from_u16(status).unwrap();
        let site = Router::new()
            .route("/robots.txt", get(async move || status))
            .route("/page", get(async || "page"));
        let site = Web::serving(site).await;
        let found = web::get(&fetcher(&[site.address]), &site.url("/page")).await;
        assert_eq!(found.is_ok(), allowed, "{status}");
        assert_eq!(site.seen.count("/page"), usize::from(allowed), "{status}");
    }
}

#[tokio::test]
async fn a_site_that_asks_for_a_pause_gets_it() {
    let busy = async || (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "120")]);
    let site = Router::new().route("/busy", get(busy)).route("/robots.txt", get(async || ""));
    let site = Web::serving(site).await;
    let fetcher = fetcher(&[site.address]);
    assert_eq!(web::get(&fetcher, &site.url("/busy")).await.unwrap().status, 429);
    let error = web::get(&fetcher, &site.url("/other")).await.unwrap_err();
    assert!(matches!(error, FetchError::Throttled { retry_at: Some(_), .. }), "{error}");
    assert_eq!(site.seen.count("/other"), 0);
}

#[tokio::test]
async fn a_host_gets_no_more_requests_at_once_than_said() {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (held, seen) = (Arc::clone(&now), Arc::clone(&most));
    let slow = async move || {
        seen.fetch_max(held.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(30)).await;
        held.fetch_sub(1, Ordering::SeqCst);
    };
    let site = Web::serving(Router::new().fallback(slow)).await;
    let mut settings = FetcherSettings::default();
    settings.own_manners.parallel = 3;
    let fetcher = fetcher_with(settings, &[site.address]);
    let urls: Vec<_> = (0..12).map(|page| site.url(&format!("/{page}"))).collect();
    for answer in join_all(urls.iter().map(|url| web::get(&fetcher, url))).await {
        answer.unwrap();
    }
    assert_eq!(most.load(Ordering::SeqCst), 3);
}

fn bomb() -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    for _ in 0..64 {
        packed.write_all(&vec![0; 1 << 20]).unwrap();
    }
    packed.finish().unwrap()
}

#[tokio::test]
async fn answers_that_are_too_large_are_cut_off() {
    let packed = bomb();
    assert!(packed.len() < 100_000);
    let zipped = async move || ([(header::CONTENT_ENCODING, "gzip")], packed).into_response();
    let endless = async || {
        Body::from_stream(stream::repeat(Bytes::from_static(&[b'x'; 8192])).map(Ok::<_, String>))
    };
    let site = Router::new().route("/bomb", get(zipped)).route("/endless", get(endless));
    let site = Web::serving(site).await;
    let fetcher = fetcher(&[site.address]);
    for path in ["/bomb", "/endless"] {
        let mut wanted = request(&site.url(path));
        wanted.max_bytes = 1 << 20;
        assert_eq!(fetcher.fetch(wanted).await.unwrap_err().code(), "RESPONSE_TOO_LARGE", "{path}");
    }
}

#[tokio::test]
async fn time_counts_for_the_whole_answer() {
    let drip = async || {
        Body::from_stream(stream::unfold((), async |()| {
            tokio::time::sleep(Duration::from_millis(50)).await;
            Some((Ok::<_, String>(Bytes::from_static(b".")), ()))
        }))
    };
    let site = Web::serving(Router::new().route("/drip", get(drip))).await;
    let fetcher = fetcher(&[site.address]);
    let mut wanted = request(&site.url("/drip"));
    wanted.timeout = Duration::from_millis(400);
    assert_eq!(fetcher.fetch(wanted).await.unwrap_err().code(), "FETCH_TIMEOUT");

    let wanted = request(&site.url("/drip"));
    let cancel = wanted.cancel.clone();
    let (ended, ()) = tokio::join!(fetcher.fetch(wanted), async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        cancel.cancel();
    });
    assert_eq!(ended.unwrap_err().code(), "CANCELLED");
}

#[tokio::test]
async fn what_is_no_http_is_a_failed_transport() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let _ = socket.write_all(b"SSH-2.0-OpenSSH_9.2\r\n").await;
        }
    });
    let error = web::get(&fetcher(&[address]), &format!("http://{address}/")).await.unwrap_err();
    assert_eq!(error.code(), "TRANSPORT_FAILED", "{error}");
}
