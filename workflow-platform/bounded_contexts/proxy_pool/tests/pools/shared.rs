//! What processes share in Redis while requests are under way.

use std::time::Duration;

use proxy_pool::{ProxyPoolSettings, application::PoolChange, domain::Strategy};
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use shared_kernel::application::{FetchOutcome, PoolRef, ProxyPools as _, ProxyWish};
use testkit::RedisServer;

use crate::support::{feedback, settings_of_tests, somebody, worlds};

async fn connect(server: &RedisServer) -> ConnectionManager {
    let client = redis::Client::open(server.url()).unwrap();
    let manners = ConnectionManagerConfig::new().set_number_of_retries(1);
    client.get_connection_manager_with_config(manners).await.unwrap()
}

fn wish(session: Option<&str>) -> ProxyWish<'_> {
    ProxyWish { host: "h.example:443", session, avoid: &[] }
}

#[tokio::test]
async fn the_parallel_limit_holds_over_all_processes_and_a_dead_one_leaks_no_lease() {
    let server = RedisServer::start();
    for world in worlds().await {
        let who = somebody(&world.ambient);
        world.pool(&who, "default", "203.0.113.1:80").await;
        let settings =
            || ProxyPoolSettings { lease_ttl: Duration::from_millis(1500), ..settings_of_tests() };
        let one = world.process(Some(connect(&server).await), settings());
        let two = world.process(Some(connect(&server).await), settings());
        let pool = PoolRef("default".to_owned());
        let first = one.lease_for(who.owner(), &pool, wish(None)).await.unwrap();
        let second = two.lease_for(who.owner(), &pool, wish(None)).await.unwrap();
        assert!(one.lease_for(who.owner(), &pool, wish(None)).await.is_err(), "two at once");
        two.give_back(second, "h.example:443", feedback(FetchOutcome::Ok)).await;
        world.clock.advance(Duration::from_millis(300));
        let third = one.lease_for(who.owner(), &pool, wish(None)).await.unwrap();
        drop((one, first, third));
        assert!(two.lease_for(who.owner(), &pool, wish(None)).await.is_err());
        tokio::time::sleep(Duration::from_millis(1600)).await;
        world.clock.advance(Duration::from_millis(1600));
        assert!(two.lease_for(who.owner(), &pool, wish(None)).await.is_ok(), "they ended");
    }
}

#[tokio::test]
async fn one_process_probes_for_all() {
    let server = RedisServer::start();
    for world in worlds().await {
        let who = somebody(&world.ambient);
        world.pool(&who, "default", "203.0.113.1:80").await;
        let one = world.process(Some(connect(&server).await), settings_of_tests());
        let two = world.process(Some(connect(&server).await), settings_of_tests());
        let pool = PoolRef("default".to_owned());
        for _ in 0..3 {
            let lease = one.lease_for(who.owner(), &pool, wish(None)).await.unwrap();
            one.give_back(lease, "h.example:443", feedback(FetchOutcome::Transport)).await;
        }
        one.flush().await;
        world.clock.advance(Duration::from_secs(90));
        let probe = one.lease_for(who.owner(), &pool, wish(None)).await.unwrap();
        assert!(two.lease_for(who.owner(), &pool, wish(None)).await.is_err());
        one.give_back(probe, "h.example:443", feedback(FetchOutcome::Ok)).await;
        one.flush().await;
        world.clock.advance(Duration::from_secs(11));
        assert!(two.lease_for(who.owner(), &pool, wish(None)).await.is_ok());
    }
}

#[tokio::test]
async fn a_session_has_the_same_proxy_in_every_process() {
    let server = RedisServer::start();
    for world in worlds().await {
        let who = somebody(&world.ambient);
        let lines: String = (1..=20).map(|n| format!("203.0.113.{n}:80\n")).collect();
        let id = world.pool(&who, "default", &lines).await;
        let random = PoolChange { strategy: Some(Strategy::Random), ..PoolChange::default() };
        world.module.update_pool(&who, id, random).await.unwrap();
        let one = world.process(Some(connect(&server).await), settings_of_tests());
        let two = world.process(Some(connect(&server).await), settings_of_tests());
        let pool = PoolRef("default".to_owned());
        for number in 0..10 {
            let session = format!("s{number}");
            let first = one.lease_for(who.owner(), &pool, wish(Some(&session))).await.unwrap();
            let second = two.lease_for(who.owner(), &pool, wish(Some(&session))).await.unwrap();
            assert_eq!(first.proxy, second.proxy, "session {number}");
            one.give_back(first, "h.example:443", feedback(FetchOutcome::Ok)).await;
            two.give_back(second, "h.example:443", feedback(FetchOutcome::Ok)).await;
        }
    }
}

#[tokio::test]
async fn without_its_redis_a_process_goes_on_by_itself() {
    for world in worlds().await {
        let who = somebody(&world.ambient);
        world.pool(&who, "default", "203.0.113.1:80").await;
        let gone = RedisServer::start();
        let module = world.process(Some(connect(&gone).await), settings_of_tests());
        drop(gone);
        let pool = PoolRef("default".to_owned());
        let lease = module.lease_for(who.owner(), &pool, wish(Some("s"))).await.unwrap();
        module.give_back(lease, "h.example:443", feedback(FetchOutcome::Ok)).await;
    }
}
