//! The choice per target host, and what is remembered of hosts.

use std::{sync::Arc, time::Duration};

use proxy_pool::{
    ProxyPoolModule,
    application::{Change, PoolChange, ProxyChangeByHand, Verdict, ports::ProxyFilter},
    domain::{Breaker, PoolId, Strategy},
};
use shared_kernel::{
    application::{
        FetchOutcome, PoolRef, Principal, ProxyError, ProxyLease, ProxyPools as _, ProxyWish,
    },
    domain::PageRequest,
};
use tokio_util::sync::CancellationToken;

use crate::support::{World, feedback, somebody, worlds};

const FOUR: &str = "203.0.113.1:80\n203.0.113.2:80\n203.0.113.3:80\n203.0.113.4:80\n";
const SITE: &str = "site.example:443";

async fn pool_of(world: &World, who: &Principal, strategy: Strategy) -> PoolId {
    let pool = world.pool(who, "default", FOUR).await;
    let change = PoolChange { strategy: Some(strategy), ..PoolChange::default() };
    world.module.update_pool(who, pool, change).await.unwrap();
    pool
}

async fn lease(
    module: &ProxyPoolModule,
    who: &Principal,
    host: &str,
    session: Option<&str>,
) -> Result<ProxyLease, ProxyError> {
    let wish = ProxyWish { host, session, avoid: &[] };
    module.lease_for(who.owner(), &PoolRef("default".to_owned()), wish).await
}

async fn use_for(
    module: &ProxyPoolModule,
    who: &Principal,
    host: &str,
    outcome: FetchOutcome,
) -> ProxyLease {
    let lease = lease(module, who, host, None).await.unwrap();
    module.give_back(lease.clone(), host, feedback(outcome)).await;
    lease
}

#[tokio::test]
async fn several_refusals_rest_the_host_and_leave_the_proxies_to_other_hosts() {
    for world in worlds().await {
        let who = somebody(&world.ambient);
        let pool = pool_of(&world, &who, Strategy::RoundRobin).await;
        for _ in 0..3 {
            use_for(&world.module, &who, SITE, FetchOutcome::Challenge).await;
        }
        let refused = lease(&world.module, &who, SITE, None).await;
        assert!(matches!(refused, Err(ProxyError::HostRests { .. })), "{refused:?}");
        assert!(lease(&world.module, &who, "other.example:443", None).await.is_ok());
        let told = world.module.explain(&who, pool, SITE, None).await.unwrap();
        assert!(matches!(told.verdict, Verdict::HostRests(_)));
        assert_eq!(told.resting_here, 0, "no proxy is marked");
        let proxies = world
            .module
            .list_proxies(&who, pool, &ProxyFilter::default(), PageRequest::default())
            .await
            .unwrap();
        assert!(proxies.items.iter().all(|proxy| proxy.health.name() == "unknown"));
    }
}

#[tokio::test]
async fn one_refusal_rests_the_pair_until_exactly_one_probe_found_out() {
    for world in worlds().await {
        let who = somebody(&world.ambient);
        let pool = world.pool(&who, "default", "203.0.113.1:80").await;
        use_for(&world.module, &who, SITE, FetchOutcome::Throttled).await;
        assert!(lease(&world.module, &who, SITE, None).await.is_err());
        assert!(lease(&world.module, &who, "other.example:443", None).await.is_ok());
        world.clock.advance(Duration::from_secs(61));
        let probe = lease(&world.module, &who, SITE, None).await.unwrap();
        assert!(lease(&world.module, &who, SITE, None).await.is_err(), "only one probe");
        world.module.give_back(probe, SITE, feedback(FetchOutcome::Ok)).await;
        assert!(lease(&world.module, &who, SITE, None).await.is_ok());
        let pairs = world
            .module
            .list_host_proxies(&who, pool, "site.example", PageRequest::default())
            .await
            .unwrap();
        let pair = &pairs.items[0].pair;
        assert_eq!((pair.tally.requests, pair.tally.successes, pair.tally.refused), (2, 1, 1));
    }
}

#[tokio::test]
async fn what_was_learnt_of_hosts_outlives_the_process() {
    for world in worlds().await {
        let who = somebody(&world.ambient);
        let pool = pool_of(&world, &who, Strategy::RoundRobin).await;
        for _ in 0..4 {
            use_for(&world.module, &who, SITE, FetchOutcome::Ok).await;
        }
        for _ in 0..3 {
            use_for(&world.module, &who, "closed.example:443", FetchOutcome::Challenge).await;
        }
        world.module.flush().await;
        world.module.flush().await;

        let module = world.restarted();
        let refused = lease(&module, &who, "closed.example:443", None).await;
        assert!(matches!(refused, Err(ProxyError::HostRests { .. })), "{refused:?}");
        let hosts = module.list_hosts(&who, pool, PageRequest::default()).await.unwrap().items;
        let open = hosts.iter().find(|host| host.stored.host == SITE).unwrap();
        assert_eq!((open.tally.requests, open.tally.successes, open.proxies), (4, 4, 4));
        assert_eq!(open.stored.breaker, Breaker::default());
        let told = module.explain(&who, pool, SITE, None).await.unwrap();
        assert!(told.prior > 0.7, "the prior is learnt as well: {}", told.prior);
    }
}

#[tokio::test]
async fn processes_add_up_what_they_learn_and_tell_each_other_over_the_bus() {
    for world in worlds().await {
        let who = somebody(&world.ambient);
        let pool = pool_of(&world, &who, Strategy::RoundRobin).await;
        let other = world.restarted();
        let stop = CancellationToken::new();
        let running = tokio::spawn(Arc::clone(&other).run(stop.clone()));
        tokio::time::sleep(Duration::from_millis(100)).await;
        for _ in 0..2 {
            use_for(&world.module, &who, SITE, FetchOutcome::Ok).await;
            use_for(&other, &who, SITE, FetchOutcome::Ok).await;
        }
        world.module.flush().await;
        other.flush().await;
        let hosts = world.module.list_hosts(&who, pool, PageRequest::default()).await.unwrap();
        assert_eq!(hosts.items[0].tally.successes, 4);

        for _ in 0..3 {
            use_for(&world.module, &who, SITE, FetchOutcome::Challenge).await;
        }
        world.module.flush().await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        // less than the interval at which a process looks by itself
        world.clock.advance(Duration::from_secs(1));
        let refused = lease(&other, &who, SITE, None).await;
        assert!(matches!(refused, Err(ProxyError::HostRests { .. })), "{refused:?}");
        stop.cancel();
        running.await.unwrap();
    }
}

#[tokio::test]
async fn a_session_keeps_its_proxy_under_any_strategy() {
    for world in worlds().await {
        let who = somebody(&world.ambient);
        let pool = pool_of(&world, &who, Strategy::Random).await;
        let terms = PoolChange { sticky_uses: Change::Set(5), ..PoolChange::default() };
        world.module.update_pool(&who, pool, terms).await.unwrap();
        let mut taken = Vec::new();
        for host in ["a.example:443", "b.example:443", "a.example:443", "c.example:80", "d:1"] {
            let lease = lease(&world.module, &who, host, Some("s1")).await.unwrap();
            world.module.give_back(lease.clone(), host, feedback(FetchOutcome::Ok)).await;
            taken.push(lease.proxy);
        }
        taken.dedup();
        assert_eq!(taken.len(), 1);
        let told = world.module.explain(&who, pool, SITE, Some("s1")).await.unwrap();
        let again = matches!(&told.verdict, Verdict::Chosen { reason, .. } if reason.as_str() == "drawn at random");
        assert!(again, "its uses are over: {:?}", told.verdict);
    }
}

#[tokio::test]
async fn sticky_keeps_one_proxy_per_host() {
    for world in worlds().await {
        let who = somebody(&world.ambient);
        pool_of(&world, &who, Strategy::Sticky).await;
        let mut taken = Vec::new();
        for _ in 0..4 {
            taken.push(use_for(&world.module, &who, SITE, FetchOutcome::Ok).await.proxy);
        }
        taken.dedup();
        assert_eq!(taken.len(), 1);
        let other = use_for(&world.module, &who, "other.example:443", FetchOutcome::Ok).await;
        assert_ne!(other.proxy, taken[0], "another host goes to the least used");
    }
}

#[tokio::test]
async fn an_explanation_names_the_candidates_and_takes_nothing() {
    for world in worlds().await {
        let who = somebody(&world.ambient);
        let pool = pool_of(&world, &who, Strategy::Smart).await;
        let proxies = world
            .module
            .list_proxies(&who, pool, &ProxyFilter::default(), PageRequest::default())
            .await
            .unwrap()
            .items;
        let off = ProxyChangeByHand { enabled: Some(false), ..ProxyChangeByHand::default() };
        world.module.change_proxy(&who, pool, proxies[0].id, off).await.unwrap();
        let told = world.module.explain(&who, pool, SITE, None).await.unwrap();
        assert_eq!((told.candidates.len(), told.standing.off), (3, 1));
        assert!(told.candidates.is_sorted_by(|(a, _), (b, _)| a.score >= b.score));
        let Verdict::Chosen { proxy, .. } = told.verdict else { panic!("{:?}", told.verdict) };
        let lease = lease(&world.module, &who, SITE, None).await.unwrap();
        assert_eq!(lease.proxy, proxy.uuid(), "the next real choice is the one explained");
        let told = world.module.explain(&who, pool, SITE, None).await.unwrap();
        assert_eq!(told.recent[0].proxy, proxy);
        assert_eq!(told.recent[0].compared, 3);
    }
}

#[tokio::test]
async fn what_only_a_reader_saw_is_taken_in_afterwards() {
    for world in worlds().await {
        let who = somebody(&world.ambient);
        world.pool(&who, "default", "203.0.113.1:80").await;
        let lease_ = use_for(&world.module, &who, SITE, FetchOutcome::Ok).await;
        world.module.report(lease_.pool, lease_.proxy, SITE, FetchOutcome::Challenge).await;
        assert!(lease(&world.module, &who, SITE, None).await.is_err());
    }
}
