//! Lists of providers.

use std::time::Duration;

use proxy_pool::{
    application::{NewSource, PoolError, SourceChange, ports::ProxyFilter},
    domain::{Health, PoolId, Proxy},
};
use sea_orm::ConnectionTrait as _;
use shared_kernel::{
    application::{FetchOutcome, PoolRef, Principal, ProxyPools as _, ProxyScheme},
    domain::PageRequest,
};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::method};

use crate::support::{World, feedback, somebody, worlds};

async fn lists(server: &MockServer, status: u16, text: &str) {
    server.reset().await;
    let answer = ResponseTemplate::new(status).set_body_string(text);
    Mock::given(method("GET")).respond_with(answer).mount(server).await;
}

async fn proxies(world: &World, who: &Principal, pool: PoolId) -> Vec<Proxy> {
    let all = ProxyFilter::default();
    world.module.list_proxies(who, pool, &all, PageRequest::default()).await.unwrap().items
}

fn source(url: String) -> NewSource {
    NewSource {
        url,
        scheme: ProxyScheme::Socks5,
        every: Duration::from_mins(10),
        grace: Duration::from_mins(30),
    }
}

#[tokio::test]
async fn a_list_is_compared_and_not_put_in_place() {
    let server = MockServer::start().await;
    for world in worlds().await {
        let who = somebody(&world.ambient);
        let pool = world.pool(&who, "default", "203.0.113.9:80").await;
        lists(&server, 200, "203.0.113.1:1080\n203.0.113.2:1080:u:one\n10.0.0.1:1\nnonsense\n")
            .await;
        let url = format!("{}/list?key=hush-hush", server.uri());
        let made = world.module.add_source(&who, pool, source(url)).await.unwrap();
        assert!(!made.shown_url.contains("hush"));
        assert!(world.module.fetch_due().await.unwrap());
        let told = world.module.show_source(&who, pool, made.id).await.unwrap().last;
        assert_eq!((told.found, told.added, told.rejected, told.error), (2, 2, 2, None));
        assert!(!world.module.fetch_due().await.unwrap(), "not due again");

        let reference = PoolRef("default".to_owned());
        for _ in 0..30 {
            let lease = world.module.lease(who.owner(), &reference, "h:80", &[]).await.unwrap();
            let works = lease.address.port != 1080 || !lease.address.host.ends_with(".1");
            let outcome = if works { FetchOutcome::Ok } else { FetchOutcome::Transport };
            world.module.give_back(lease, "h:80", feedback(outcome)).await;
        }
        world.module.flush().await;
        lists(&server, 200, "203.0.113.1:1080\n203.0.113.3:1080\n").await;
        world.clock.advance(Duration::from_mins(11));
        assert!(world.module.fetch_due().await.unwrap());
        let now = proxies(&world, &who, pool).await;
        assert_eq!(now.len(), 4);
        let of = |host: &str| now.iter().find(|one| one.endpoint.host == host).unwrap();
        assert!(matches!(of("203.0.113.1").health, Health::Quarantined { .. }), "health is kept");
        assert!(of("203.0.113.2").retires_at.is_some() && of("203.0.113.9").retires_at.is_none());

        world.clock.advance(Duration::from_mins(31));
        world.module.retire_due().await.unwrap();
        assert_eq!(proxies(&world, &who, pool).await.len(), 3, "gone after its grace");
    }
}

#[tokio::test]
async fn a_proxy_that_comes_back_stays_and_gets_its_new_password() {
    let server = MockServer::start().await;
    for world in worlds().await {
        let who = somebody(&world.ambient);
        let pool = world.pool(&who, "default", "").await;
        lists(&server, 200, "u:one@203.0.113.1:80\nu:x@203.0.113.2:80").await;
        let made = world.module.add_source(&who, pool, source(server.uri())).await.unwrap();
        world.module.fetch_due().await.unwrap();
        lists(&server, 200, "u:x@203.0.113.2:80").await;
        world.clock.advance(Duration::from_mins(11));
        world.module.fetch_due().await.unwrap();
        lists(&server, 200, "u:two@203.0.113.1:80\nu:x@203.0.113.2:80").await;
        world.clock.advance(Duration::from_mins(11));
        world.module.fetch_due().await.unwrap();
        assert!(proxies(&world, &who, pool).await.iter().all(|one| one.retires_at.is_none()));
        let reference = PoolRef("default".to_owned());
        let mut passwords = Vec::new();
        for _ in 0..2 {
            let lease = world.module.lease(who.owner(), &reference, "h:80", &[]).await.unwrap();
            let (_, password) = lease.address.credentials.unwrap();
            passwords.push(secrecy::ExposeSecret::expose_secret(&password).to_owned());
        }
        passwords.sort();
        assert_eq!(passwords, ["two", "x"]);
        world.module.remove_source(&who, pool, made.id).await.unwrap();
        assert_eq!(proxies(&world, &who, pool).await.len(), 2, "they stay");
    }
}

#[tokio::test]
async fn a_list_in_trouble_changes_nothing_and_says_so() {
    let server = MockServer::start().await;
    for world in worlds().await {
        let who = somebody(&world.ambient);
        let pool = world.pool(&who, "default", "").await;
        lists(&server, 200, "203.0.113.1:80").await;
        let made = world.module.add_source(&who, pool, source(server.uri())).await.unwrap();
        world.module.fetch_due().await.unwrap();
        for (status, text, part) in [
            (500, "203.0.113.2:80", "answer was 500"),
            (200, "<html>", "no proxy"),
            (200, "", "no proxy"),
        ] {
            lists(&server, status, text).await;
            world.clock.advance(Duration::from_mins(11));
            world.module.fetch_due().await.unwrap();
            let last = world.module.show_source(&who, pool, made.id).await.unwrap().last;
            assert!(last.error.as_ref().unwrap().contains(part), "{last:?}");
            assert_eq!(last.found, 1, "of the last that worked");
            assert_eq!(proxies(&world, &who, pool).await.len(), 1);
            assert!(proxies(&world, &who, pool).await[0].retires_at.is_none());
        }
    }
}

#[tokio::test]
async fn addresses_are_guarded_sealed_and_fetched_by_one_process() {
    let server = MockServer::start().await;
    for world in worlds().await {
        let (who, stranger) = (somebody(&world.ambient), somebody(&world.ambient));
        let pool = world.pool(&who, "default", "").await;
        for bad in ["http://10.0.0.1/list", "ftp://lists.example/", "no address"] {
            let refused = world.module.add_source(&who, pool, source(bad.to_owned())).await;
            assert!(matches!(refused, Err(PoolError::Invalid { field: "url", .. })), "{bad}");
        }
        lists(&server, 200, "203.0.113.1:80").await;
        let url = format!("{}/?key=hush-hush", server.uri());
        let made = world.module.add_source(&who, pool, source(url)).await.unwrap();
        let sql = "SELECT sealed_url FROM proxy_sources";
        let row = world.database.read().query_one_raw(world.database.statement(sql, [])).await;
        let sealed: String = row.unwrap().unwrap().try_get("", "sealed_url").unwrap();
        assert!(sealed.starts_with("v2.") && !sealed.contains("hush"));
        let other = world.restarted();
        let (one, two) = tokio::join!(world.module.fetch_due(), other.fetch_due());
        assert!(one.unwrap() != two.unwrap(), "one of them");
        let change = SourceChange { enabled: Some(false), ..SourceChange::default() };
        let hidden = world.module.change_source(&stranger, pool, made.id, change.clone()).await;
        assert!(matches!(hidden, Err(PoolError::SourceNotFound)));
        world.module.change_source(&who, pool, made.id, change).await.unwrap();
        assert!(!world.module.fetch_due().await.unwrap(), "switched off");
    }
}
