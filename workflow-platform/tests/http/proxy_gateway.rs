//! The gateway port with real clients (curl) before it and real proxies behind it.

use std::{net::SocketAddr, process::Output, time::Duration};

use axum::{Router, body::Bytes, http::HeaderMap, routing::any};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use testkit::{RealProxy, TlsSite};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    process::Command,
};

use crate::support::{Person, TestApp, eventually};

const GATEWAY: [(&str, &str); 2] = [("PROXY_GATEWAY_PORT", "0"), ("OUTBOUND_ALLOW", "127.0.0.1")];

/// Echoes what it was asked: method, headers that matter, length of the body.
fn echo() -> Router {
    let answer = async |headers: HeaderMap, body: Bytes| {
        let names: Vec<_> = headers.keys().map(|name| name.as_str().to_owned()).collect();
        axum::Json(json!({ "headers": names, "bytes": body.len() }))
    };
    Router::new().fallback(any(answer))
}

async fn site(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(axum::serve(listener, router).into_future());
    address
}

fn gateway(app: &TestApp) -> SocketAddr {
    app.proxy_gateway_address().expect("the gateway listens")
}

/// curl, with a time limit.
async fn curl(arguments: &[&str]) -> Output {
    let mut command = Command::new("curl");
    command.args(["-sS", "--max-time", "30"]).args(arguments).env_clear().kill_on_drop(true);
    command.output().await.unwrap()
}

/// curl's answer as JSON; a failure is a failed test.
async fn fetched(arguments: &[&str]) -> Value {
    let output = curl(arguments).await;
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{arguments:?}: {told}");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    serde_json::from_str(&text).unwrap_or_else(|_| panic!("{arguments:?}: {text}"))
}

/// Status of a proxy's answer, to a request or to CONNECT.
async fn status(proxy: &str, url: &str, more: &[&str]) -> String {
    let common = ["-o", "/dev/null", "-w", "%{http_code} %{http_connect}", "-x", proxy, url];
    let output = curl(&[&common[..], more].concat()).await;
    let text = String::from_utf8(output.stdout).unwrap();
    let (plain, connect) = text.split_once(' ').unwrap();
    if connect == "000" { plain.to_owned() } else { connect.to_owned() }
}

async fn key(person: &Person<'_>, scopes: &[&str]) -> String {
    let wish = json!({ "name": "gateway", "scopes": scopes });
    let made = person.post("/users/me/api-keys", &wish).await.data();
    made["key"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn curl_goes_through_every_kind_of_proxy_in_every_way() {
    let real = [
        RealProxy::squid(),
        RealProxy::squid_tls(),
        RealProxy::tinyproxy(),
        RealProxy::microsocks(),
    ];
    let (plain, secure) = (site(echo()).await, TlsSite::serving(echo()).await.unwrap());
    let folder = tempfile::tempdir().unwrap();
    let [theirs, ours] = ["theirs.pem", "ours.pem"].map(|name| folder.path().join(name));
    std::fs::write(&theirs, real[1].authority().unwrap()).unwrap();
    std::fs::write(&ours, &secure.authority).unwrap();
    let authority = ("OUTBOUND_CA_FILE", theirs.to_str().unwrap());
    let app = TestApp::with(&[&GATEWAY[..], &[authority]].concat()).await;
    let ada = app.person("ada").await;
    let key = key(&ada, &["proxy:use"]).await;
    let trust = ["--cacert", ours.to_str().unwrap()];
    for (place, proxy) in real.iter().enumerate() {
        let pool = ada.pool(&format!("p{place}"), &[proxy.line()]).await;
        let at = format!("pool-p{place}:{key}@{}", gateway(&app));
        let (http, secure) = (format!("http://{plain}/x?y=1"), secure.url("/x"));
        for scheme in ["http", "socks5", "socks5h"] {
            let through = format!("{scheme}://{at}");
            for url in [&http, &secure] {
                let told = fetched(&[&["-x", &through, url][..], &trust].concat()).await;
                assert_eq!(told["bytes"], 0, "{through} {url}");
            }
        }
        let through = format!("http://{at}");
        let named = http.replace("127.0.0.1", "localhost");
        assert_eq!(status(&through, &named, &[]).await, "403", "names of this machine are refused");
        let body = "x".repeat(200_000);
        let file = folder.path().join("body");
        std::fs::write(&file, &body).unwrap();
        let data = format!("@{}", file.display());
        for more in [&[][..], &["-H", "Transfer-Encoding: chunked"]] {
            let told = ["-x", &through, &http, "--data-binary", &data];
            let told = fetched(&[&told[..], more].concat()).await;
            assert_eq!(told["bytes"], body.len(), "{through} {more:?}");
            let headers = told["headers"].to_string();
            assert!(!headers.contains("proxy-"), "what is between us stays here: {headers}");
        }
        let listed = eventually("the counts to be written down", async || {
            let listed = ada.get(&format!("/proxy/pools/{pool}/proxies")).await.data();
            (listed["items"][0]["successes"].as_u64()? >= 8).then_some(listed)
        })
        .await;
        assert_eq!(
            (&listed["items"][0]["state"], &listed["items"][0]["failures"]),
            (&json!("healthy"), &json!(0))
        );
    }
}

#[tokio::test]
async fn refusals_are_told_in_the_protocol() {
    let plain = site(echo()).await;
    let squid = RealProxy::squid();
    let mut app = TestApp::with(&GATEWAY).await;
    let (port, url) = (gateway(&app), format!("http://{plain}/"));
    {
        let (ada, bob) = (app.person("ada").await, app.person("bob").await);
        let (good, other) = (key(&ada, &["proxy:use"]).await, key(&bob, &["proxy:use"]).await);
        let weak = key(&ada, &["proxy:read", "workflow:run"]).await;
        ada.pool("mine", &[squid.line()]).await;
        ada.pool("empty", &[]).await;
        let dead = RealProxy::microsocks();
        ada.pool("dead", &[dead.line()]).await;
        drop(dead);
        let tls = "https://127.0.0.1:9/";
        for (user, password, expected) in [
            ("pool-mine", good.as_str(), "200"),
            ("pool-mine", "wfp_guess", "407"),
            ("pool-mine", ada.access.as_str(), "407"),
            ("mine", good.as_str(), "407"),
            ("pool-mine", weak.as_str(), "403"),
            ("pool-mine", other.as_str(), "403"),
            ("pool-none", good.as_str(), "403"),
            ("pool-empty", good.as_str(), "503"),
            ("pool-dead", good.as_str(), "502"),
        ] {
            let proxy = format!("http://{user}:{password}@{port}");
            assert_eq!(status(&proxy, &url, &[]).await, expected, "{user}");
            if expected != "200" {
                assert_eq!(status(&proxy, tls, &["-p"]).await, expected, "CONNECT as {user}");
            }
        }
        let open = format!("http://{port}");
        assert_eq!(status(&open, &url, &[]).await, "407", "nobody comes in without a name");
        let mine = format!("http://pool-mine:{good}@{port}");
        for target in
            ["http://10.0.0.1/", "http://169.254.169.254/", "http://[::1]/", "http://0x7f.2/"]
        {
            assert_eq!(status(&mine, target, &["-g"]).await, "403", "{target}");
        }
        for own in [app.address, port] {
            assert_eq!(
                status(&mine, &format!("http://{own}/"), &[]).await,
                "403",
                "our own port {own}"
            );
        }
        let refused = format!("http://127.0.0.1:{}/", free_port().await);
        assert_eq!(status(&mine, &refused, &["-p"]).await, "502", "the site is not there");
        for (user, password, code) in [
            ("pool-mine", good.as_str(), 0),
            ("pool-mine", "wfp_guess", 97),
            ("pool-none", good.as_str(), 97),
        ] {
            let proxy = format!("socks5h://{user}:{password}@{port}");
            let output = curl(&["-o", "/dev/null", "-x", &proxy, &url]).await;
            assert_eq!(output.status.code(), Some(code), "{user} over SOCKS5");
        }
        app.platform().users.write_key_uses().await.unwrap();
        let keys = ada.get("/users/me/api-keys").await.data();
        let ends = &good[good.len() - 4..];
        let keys = keys["items"].as_array().unwrap();
        let good_id = keys.iter().find(|one| one["last_four"] == ends).unwrap();
        assert_eq!(good_id["last_used_address"], "127.0.0.1", "people see where a key is used");
        ada.delete(&format!("/users/me/api-keys/{}", good_id["id"].as_str().unwrap())).await.data();
        assert_eq!(status(&mine, &url, &[]).await, "407", "a revoked key is out at once");
    }
    app = app.restart_with(|config| config.proxy_gateway.address = None).await;
    assert_eq!(app.proxy_gateway_address(), None, "it is off unless it is asked for");
}

async fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port()
}

#[tokio::test]
async fn a_session_keeps_its_proxy_and_others_take_turns() {
    let (one, two) = (RealProxy::squid(), RealProxy::tinyproxy());
    let plain = site(echo()).await;
    let app = TestApp::with(&GATEWAY).await;
    let ada = app.person("ada").await;
    let key = key(&ada, &["proxy:use"]).await;
    let pool = ada.pool("two", &[one.line(), two.line()]).await;
    let url = format!("http://{plain}/");
    let used = async || {
        let listed = ada.get(&format!("/proxy/pools/{pool}/proxies")).await.data();
        let listed = listed["items"].as_array().unwrap().clone();
        listed.iter().map(|one| one["requests"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    let ask = async |user: &str| {
        let proxy = format!("http://{user}:{key}@{}", gateway(&app));
        assert_eq!(status(&proxy, &url, &[]).await, "200");
    };
    for _ in 0..6 {
        ask("pool-two-session-cart").await;
    }
    eventually("one proxy for the session", async || {
        let mut used = used().await;
        used.sort_unstable();
        (used == [0, 6]).then_some(())
    })
    .await;
    for _ in 0..6 {
        ask(&format!("pool-{pool}")).await;
    }
    eventually("turns for the others", async || {
        let mut used = used().await;
        used.sort_unstable();
        (used == [3, 9]).then_some(())
    })
    .await;
}

#[tokio::test]
async fn one_that_cannot_connect_is_replaced_by_another_of_the_pool() {
    let (good, mut dead) = (RealProxy::tinyproxy(), RealProxy::squid());
    dead.kill();
    let plain = site(echo()).await;
    let app = TestApp::with(&GATEWAY).await;
    let ada = app.person("ada").await;
    let key = key(&ada, &["proxy:use"]).await;
    let pool = ada.pool("mixed", &[good.line(), dead.line()]).await;
    let proxy = format!("http://pool-mixed:{key}@{}", gateway(&app));
    for more in [&[][..], &["-p"], &["-d", "body"]] {
        for _ in 0..4 {
            assert_eq!(status(&proxy, &format!("http://{plain}/"), more).await, "200", "{more:?}");
        }
    }
    eventually("the dead one to rest", async || {
        let listed = ada.get(&format!("/proxy/pools/{pool}/proxies")).await.data();
        let port = dead.address().port();
        let dead =
            listed["items"].as_array().unwrap().iter().find(|one| one["port"] == port)?.clone();
        (dead["state"] == "quarantined").then_some(())
    })
    .await;
}

#[tokio::test]
async fn one_user_gets_so_many_connections_and_requests() {
    let squid = RealProxy::squid();
    let plain = site(echo()).await;
    let few = [("PROXY_GATEWAY_CONNECTIONS", "2"), ("PROXY_GATEWAY_REQUESTS", "6")];
    let app = TestApp::with(&[&GATEWAY[..], &few].concat()).await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let url = format!("http://{plain}/");
    ada.pool("mine", &[squid.line()]).await;
    bob.pool("mine", &[squid.line()]).await;
    let proxy = async |person: &Person<'_>| {
        format!("http://pool-mine:{}@{}", key(person, &["proxy:use"]).await, gateway(&app))
    };
    let (adas, bobs) = (proxy(&ada).await, proxy(&bob).await);
    let open: Vec<_> = [held(&adas, plain).await, held(&adas, plain).await].into();
    assert_eq!(status(&adas, &url, &[]).await, "429", "two connections are open");
    assert_eq!(status(&bobs, &url, &[]).await, "200", "which is nobody else's matter");
    drop(open);
    eventually("the seats to be free", async || {
        (status(&adas, &url, &[]).await == "200").then_some(())
    })
    .await;
    let answers = curl(&["-i", "-x", &adas, &url, &url, &url, &url, &url, &url]).await;
    let answers = String::from_utf8(answers.stdout).unwrap();
    assert!(
        answers.contains("429 Too Many Requests") && answers.contains("Retry-After: "),
        "{answers}"
    );
}

/// A tunnel that stays open.
async fn held(proxy: &str, target: SocketAddr) -> TcpStream {
    let (login, place) = proxy.trim_start_matches("http://").split_once('@').unwrap();
    let mut stream = TcpStream::connect(place).await.unwrap();
    let basic = STANDARD.encode(login);
    let ask = format!("CONNECT {target} HTTP/1.1\r\nProxy-Authorization: Basic {basic}\r\n\r\n");
    stream.write_all(ask.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
    stream
}

#[tokio::test]
async fn a_stop_lets_what_is_under_way_finish() {
    let squid = RealProxy::squid();
    let slow = async || {
        tokio::time::sleep(Duration::from_secs(2)).await;
        "slow"
    };
    let plain = site(Router::new().fallback(slow)).await;
    let app = TestApp::with(&GATEWAY).await;
    let ada = app.person("ada").await;
    ada.pool("mine", &[squid.line()]).await;
    let proxy = format!("http://pool-mine:{}@{}", key(&ada, &["proxy:use"]).await, gateway(&app));
    let url = format!("http://{plain}/");
    let (asked, place) = (
        {
            let proxy = proxy.clone();
            tokio::spawn(async move { status(&proxy, &url, &[]).await })
        },
        gateway(&app),
    );
    tokio::time::sleep(Duration::from_millis(700)).await;
    drop(ada);
    let app = app.restart_with(|config| config.proxy_gateway.address = None).await;
    assert_eq!(asked.await.unwrap(), "200");
    assert!(TcpStream::connect(place).await.is_err());
    drop(app);
}

#[tokio::test]
async fn the_lines_of_the_document_work_as_they_stand() {
    let squid = RealProxy::squid();
    let (plain, secure) = (site(echo()).await, TlsSite::serving(echo()).await.unwrap());
    let folder = tempfile::tempdir().unwrap();
    let authority = folder.path().join("authority.pem");
    std::fs::write(&authority, &secure.authority).unwrap();
    let app = TestApp::with(&GATEWAY).await;
    let ada = app.person("ada").await;
    ada.pool("default", &[squid.line()]).await;
    let key = key(&ada, &["proxy:use"]).await;
    let document = include_str!("../../../docs/proxy-gateway.md");
    let lines: Vec<_> = document.lines().filter(|line| line.starts_with("curl -x ")).collect();
    assert_eq!(lines.len(), 4, "{lines:?}");
    for line in lines {
        let here = line
            .replace("127.0.0.1:3128", &gateway(&app).to_string())
            .replace("http://example.com/", &format!("http://{plain}/"))
            .replace("https://example.com/", &secure.url("/"));
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("{here} -sS --fail --max-time 30")]).env("KEY", &key);
        let output = shell.env("CURL_CA_BUNDLE", &authority).output().await.unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{line}: {told}");
    }
}

#[tokio::test]
async fn operators_see_what_goes_through() {
    let squid = RealProxy::squid();
    let plain = site(echo()).await;
    let app = TestApp::with(&GATEWAY).await;
    let ada = app.person("ada").await;
    ada.pool("mine", &[squid.line()]).await;
    let proxy = format!("http://pool-mine:{}@{}", key(&ada, &["proxy:use"]).await, gateway(&app));
    assert_eq!(status(&proxy, &format!("http://{plain}/"), &[]).await, "200");
    assert_eq!(status(&proxy, &format!("http://{plain}/"), &["-p"]).await, "200");
    let metrics = app.client.get(app.url("/metrics")).send().await.unwrap().text().await.unwrap();
    for line in [
        "proxy_gateway_connections_total{protocol=\"http\"}",
        "proxy_gateway_requests_total{kind=\"request\"}",
        "proxy_gateway_requests_total{kind=\"tunnel\"}",
        "proxy_gateway_bytes_total{direction=\"down\"}",
    ] {
        assert!(metrics.contains(line), "{line} is missing: {metrics}");
    }
}
