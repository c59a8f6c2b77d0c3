//! No form of an inner address gets a connection: not as a proxy, not as a list of proxies, not
//! as what tests and judges aim at. Counted by a listener.

use std::{sync::Arc, time::Duration};

use proxy_pool::{
    ProxyPoolModule,
    application::{Change, NewProxyByHand, NewSource, PoolChange, PoolError},
    domain::PoolId,
};
use shared_kernel::application::{Principal, ProxyScheme};
use testkit::{Inside, proxy::ForwardProxy};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::method};

use crate::support::{World, somebody, worlds};

fn source(url: &str) -> NewSource {
    NewSource {
        url: url.to_owned(),
        scheme: ProxyScheme::Http,
        every: Duration::from_mins(10),
        grace: Duration::from_mins(30),
    }
}

/// Everything that takes an address, with the field that is to blame when it is refused.
async fn refused(
    module: &Arc<ProxyPoolModule>,
    who: &Principal,
    pool: PoolId,
    url: &str,
) -> Vec<(&'static str, bool)> {
    let blames = |result: Result<(), PoolError>, field: &'static str| {
        let blamed = matches!(&result, Err(PoolError::Invalid { field: at, .. }) if *at == field);
        (field, blamed)
    };
    let to = || Change::Set(url.to_owned());
    let judge = PoolChange { judge: to(), ..PoolChange::default() };
    let aim = PoolChange { test_target: to(), ..PoolChange::default() };
    let by_hand = |scheme| {
        let address = url.replacen("http", scheme, 1);
        NewProxyByHand { address, ..NewProxyByHand::default() }
    };
    let mut found = vec![
        blames(module.add_source(who, pool, source(url)).await.map(drop), "url"),
        blames(module.update_pool(who, pool, judge).await.map(drop), "judge"),
        blames(module.update_pool(who, pool, aim).await.map(drop), "test_target"),
        blames(module.test_pool(who, pool, Some(url)).await.map(drop), "target"),
    ];
    for scheme in ["http", "https", "socks5"] {
        let added = module.add_proxy(who, pool, by_hand(scheme)).await;
        found.push(blames(added.map(drop), "address"));
    }
    found
}

#[tokio::test]
async fn no_form_of_an_inner_address_is_taken() {
    let inside = Inside::listening().await;
    for world in worlds().await {
        let module = world.allowing(&[]);
        let who = somebody(&world.ambient);
        let pool = world.pool(&who, "default", "203.0.113.1:80").await;
        for url in inside.urls() {
            for (field, blamed) in refused(&module, &who, pool, &url).await {
                assert!(blamed, "{url} as {field}");
            }
        }
        let lines: Vec<_> = inside.places().collect();
        let text = lines.join("\n");
        let report = module.import_proxies(&who, pool, &text, ProxyScheme::Socks5).await.unwrap();
        // Some are the same address, which an import sees once.
        assert_eq!((report.added, report.rejected.is_empty()), (0, false), "{report:?}");
        assert_eq!(report.duplicates + report.rejected.len() as u64, lines.len() as u64);
    }
    assert_eq!(inside.visitors(), 0);
}

/// What is said of a list at `list` after it was looked at.
async fn followed(
    world: &World,
    module: &Arc<ProxyPoolModule>,
    who: &Principal,
    pool: PoolId,
    list: &str,
) -> String {
    let made = module.add_source(who, pool, source(list)).await.unwrap();
    assert!(module.fetch_due().await.unwrap());
    let told = module.show_source(who, pool, made.id).await.unwrap().last.error;
    module.remove_source(who, pool, made.id).await.unwrap();
    world.clock.advance(Duration::from_secs(1));
    told.unwrap_or_default()
}

#[tokio::test]
async fn no_list_leads_inside_by_redirects_or_by_what_it_holds() {
    let (inside, server) = (Inside::listening().await, MockServer::start().await);
    let place = server.address().to_string();
    for world in worlds().await {
        let module = world.allowing(&[&place]);
        let who = somebody(&world.ambient);
        let pool = world.pool(&who, "default", "").await;
        for url in inside.urls() {
            server.reset().await;
            let away = ResponseTemplate::new(302).insert_header("location", url.as_str());
            Mock::given(method("GET")).respond_with(away).mount(&server).await;
            let told = followed(&world, &module, &who, pool, &server.uri()).await;
            // What cannot be a target is no redirect.
            let refused = ["not allowed", "leads nowhere", "answer was 302"];
            assert!(refused.iter().any(|part| told.contains(part)), "{url}: {told}");
        }
        server.reset().await;
        let list = inside.places().collect::<Vec<_>>().join("\n");
        let list = ResponseTemplate::new(200).set_body_string(list);
        Mock::given(method("GET")).respond_with(list).mount(&server).await;
        let told = followed(&world, &module, &who, pool, &server.uri()).await;
        assert!(told.contains("no proxy"), "{told}");
    }
    assert_eq!(inside.visitors(), 0);
}

/// The operator's word holds for what was taken before it, and at the moment of connecting.
#[tokio::test]
async fn what_was_allowed_once_gets_no_connection_any_more() {
    let inside = Inside::listening().await;
    for world in worlds().await {
        let who = somebody(&world.ambient);
        let port = inside.port();
        let lines = format!("127.0.0.1:{port}\nsocks5://127.0.0.1:{port}\nlocalhost:{port}");
        let once = world.allowing(&["127.0.0.0/8", "localhost"]);
        let pool = world.pool(&who, "default", "").await;
        once.import_proxies(&who, pool, &lines, ProxyScheme::Http).await.unwrap();
        let before = inside.visitors();
        once.test_pool(&who, pool, Some("http://1.1.1.1/")).await.unwrap();
        assert!(inside.visitors() > before, "the listener counts");
        let before = inside.visitors();
        let now = world.allowing(&[]);
        let (_, results) = now.test_pool(&who, pool, Some("http://1.1.1.1/")).await.unwrap();
        assert_eq!(results.len(), 3);
        for result in &results {
            let told = result.outcome.as_ref().unwrap_err();
            assert!(told.contains("not allowed"), "{told}");
        }
        assert_eq!(inside.visitors(), before);
    }
}

/// A proxy resolves names by itself, where the guard of this machine is not.
#[tokio::test]
async fn no_proxy_is_asked_for_a_name_that_leads_inside() {
    let inside = Inside::listening().await;
    let proxy = ForwardProxy::start().await.unwrap();
    let place = proxy.address().to_string();
    for world in worlds().await {
        let who = somebody(&world.ambient);
        // Listed for another port, the name may be given, and is judged when it is aimed at.
        let module = world.allowing(&[&place, "localhost:1"]);
        let pool = world.pool(&who, "default", &proxy.line()).await;
        let once = world.allowing(&[&place, "localhost"]);
        let aim = format!("http://localhost:{}/", inside.port());
        let judge = PoolChange {
            test_target: Change::Set(aim.clone()),
            judge: Change::Set(aim),
            ..PoolChange::default()
        };
        once.update_pool(&who, pool, judge).await.unwrap();
        let (_, results) = module.test_pool(&who, pool, None).await.unwrap();
        let told = results[0].outcome.as_ref().unwrap_err();
        assert!(told.contains("not allowed"), "{told}");
    }
    assert_eq!((inside.visitors(), proxy.counts().requests), (0, 0));
}
