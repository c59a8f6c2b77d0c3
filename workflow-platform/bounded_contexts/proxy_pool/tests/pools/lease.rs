use std::{collections::BTreeMap, sync::Arc, time::Duration};

use proxy_pool::{
    ProxyPoolModule,
    application::ports::{ProxyFilter, StateCounts},
    domain::Health,
};
use secrecy::ExposeSecret as _;
use shared_kernel::{
    application::{
        FetchOutcome, PoolRef, Principal, ProxyError, ProxyLease, ProxyPools as _, ProxyScheme,
    },
    domain::PageRequest,
};

use crate::support::{feedback, somebody, worlds};

const THREE: &str = "203.0.113.1:80\n203.0.113.2:80\nhttp://me:hush@203.0.113.3:80\n";

async fn lease(
    module: &ProxyPoolModule,
    who: &Principal,
    avoid: &[uuid::Uuid],
) -> Result<ProxyLease, ProxyError> {
    module.lease(who.owner(), &PoolRef("default".to_owned()), "site.example:443", avoid).await
}

async fn use_once(module: &ProxyPoolModule, who: &Principal, outcome: FetchOutcome) -> ProxyLease {
    let lease = lease(module, who, &[]).await.unwrap();
    module.give_back(lease.clone(), "site.example:443", feedback(outcome)).await;
    lease
}

#[tokio::test]
async fn turns_are_taken_and_credentials_come_along() {
    for world in worlds().await {
        let who = somebody(&world.ambient);
        let pool = world.pool(&who, "default", THREE).await;
        let mut turns = BTreeMap::new();
        for _ in 0..30 {
            let lease = use_once(&world.module, &who, FetchOutcome::Ok).await;
            if let Some((user, password)) = &lease.address.credentials {
                assert_eq!((user.as_str(), password.expose_secret()), ("me", "hush"));
            }
            *turns.entry(lease.proxy).or_insert(0) += 1;
        }
        assert_eq!(turns.into_values().collect::<Vec<_>>(), [10, 10, 10]);
        let by_id = PoolRef(pool.to_string());
        assert!(world.module.lease(who.owner(), &by_id, "h:80", &[]).await.is_ok());
    }
}

#[tokio::test]
async fn those_to_avoid_are_taken_only_when_there_is_no_other() {
    for world in worlds().await {
        let who = somebody(&world.ambient);
        world.pool(&who, "default", "203.0.113.1:80\n203.0.113.2:80").await;
        let first = use_once(&world.module, &who, FetchOutcome::Ok).await;
        for _ in 0..4 {
            let other = lease(&world.module, &who, &[first.proxy]).await.unwrap();
            assert_ne!(other.proxy, first.proxy);
            world.module.give_back(other.clone(), "h:80", feedback(FetchOutcome::Ok)).await;
        }
        let second = lease(&world.module, &who, &[first.proxy]).await.unwrap();
        let all = [first.proxy, second.proxy];
        assert!(lease(&world.module, &who, &all).await.is_ok());
    }
}

#[tokio::test]
async fn an_unknown_pool_and_an_empty_one_are_told_apart() {
    for world in worlds().await {
        let (who, other) = (somebody(&world.ambient), somebody(&world.ambient));
        world.pool(&who, "default", "").await;
        assert!(matches!(lease(&world.module, &who, &[]).await, Err(ProxyError::Exhausted(_))));
        assert!(matches!(lease(&world.module, &other, &[]).await, Err(ProxyError::UnknownPool(_))));
    }
}

#[tokio::test]
async fn the_parallel_limit_holds_and_a_lease_that_is_never_given_back_ends() {
    for world in worlds().await {
        let who = somebody(&world.ambient);
        world.pool(&who, "default", "203.0.113.1:80").await;
        let first = lease(&world.module, &who, &[]).await.unwrap();
        let _lost = lease(&world.module, &who, &[]).await.unwrap();
        assert!(matches!(lease(&world.module, &who, &[]).await, Err(ProxyError::Exhausted(_))));

        let (module, waiting) = (Arc::clone(&world.module), who.clone());
        let waiter = tokio::spawn(async move { lease(&module, &waiting, &[]).await.is_ok() });
        tokio::time::sleep(Duration::from_millis(50)).await;
        world.module.give_back(first, "h:80", feedback(FetchOutcome::Ok)).await;
        assert!(waiter.await.unwrap(), "one that waits gets what comes free");

        assert!(lease(&world.module, &who, &[]).await.is_err());
        world.clock.advance(Duration::from_secs(121));
        assert!(lease(&world.module, &who, &[]).await.is_ok());
    }
}

#[tokio::test]
async fn a_failing_proxy_rests_then_exactly_one_probe_goes_out() {
    for world in worlds().await {
        let who = somebody(&world.ambient);
        world.pool(&who, "default", "203.0.113.1:80").await;
        for _ in 0..3 {
            use_once(&world.module, &who, FetchOutcome::Transport).await;
        }
        assert!(lease(&world.module, &who, &[]).await.is_err());
        world.clock.advance(Duration::from_secs(30));
        let probe = lease(&world.module, &who, &[]).await.unwrap();
        assert!(lease(&world.module, &who, &[]).await.is_err(), "only one probe");
        world.module.give_back(probe, "h:80", feedback(FetchOutcome::Transport)).await;

        world.clock.advance(Duration::from_secs(59));
        assert!(lease(&world.module, &who, &[]).await.is_err(), "the second rest is longer");
        world.clock.advance(Duration::from_secs(1));
        use_once(&world.module, &who, FetchOutcome::Ok).await;
        assert!(lease(&world.module, &who, &[]).await.is_ok());
        assert!(lease(&world.module, &who, &[]).await.is_ok());
    }
}

#[tokio::test]
async fn counts_and_states_survive_a_restart_and_a_quarantine_is_told_once() {
    for world in worlds().await {
        let who = somebody(&world.ambient);
        let pool = world.pool(&who, "default", "203.0.113.1:80").await;
        use_once(&world.module, &who, FetchOutcome::Ok).await;
        use_once(&world.module, &who, FetchOutcome::Gone).await;
        for _ in 0..3 {
            use_once(&world.module, &who, FetchOutcome::Transport).await;
        }
        world.module.flush().await;
        world.module.flush().await;
        assert_eq!(world.events("proxy.quarantined").await, 1);

        let module = world.restarted();
        assert!(lease(&module, &who, &[]).await.is_err(), "quarantine outlives the process");
        let listed = module.list_pools(&who, PageRequest::default()).await.unwrap().items;
        let states = StateCounts { quarantined: 1, ..StateCounts::default() };
        assert_eq!((listed[0].states, states.total()), (states, 1));
        let status = module.pool_status(&who, pool).await.unwrap();
        let sums = status.sums;
        assert_eq!((sums.requests, sums.successes, sums.failures, sums.bytes), (5, 2, 3, 5000));
        let proxy = &status.proxies[0];
        assert!(matches!(proxy.health, Health::Quarantined { strikes: 1, .. }));
        assert_eq!(proxy.latency_ms, Some(40.0));
        assert_eq!(proxy.last_error.as_deref(), Some("connection failed"));
        world.clock.advance(Duration::from_secs(31));
        assert!(lease(&module, &who, &[]).await.is_ok(), "and ends there as well");
    }
}

#[tokio::test]
async fn another_process_sees_findings_imports_and_deletion_when_it_refreshes() {
    for world in worlds().await {
        let who = somebody(&world.ambient);
        let pool = world.pool(&who, "default", "203.0.113.1:80").await;
        let other = world.restarted();
        use_once(&other, &who, FetchOutcome::Ok).await;
        other.flush().await;
        for _ in 0..3 {
            use_once(&world.module, &who, FetchOutcome::Transport).await;
        }
        world.module.flush().await;
        world.clock.advance(Duration::from_secs(11));
        assert!(lease(&other, &who, &[]).await.is_err(), "quarantined elsewhere");

        world.module.import_proxies(&who, pool, "203.0.113.2:80", ProxyScheme::Http).await.unwrap();
        world.clock.advance(Duration::from_secs(11));
        assert!(lease(&other, &who, &[]).await.is_ok(), "imported elsewhere");

        world.module.delete_pool(&who, pool).await.unwrap();
        world.clock.advance(Duration::from_secs(11));
        assert!(matches!(lease(&other, &who, &[]).await, Err(ProxyError::UnknownPool(_))));
    }
}

#[tokio::test]
async fn given_back_twice_counts_once() {
    for world in worlds().await {
        let who = somebody(&world.ambient);
        let pool = world.pool(&who, "default", "203.0.113.1:80").await;
        let lease = use_once(&world.module, &who, FetchOutcome::Transport).await;
        world.module.give_back(lease, "h:80", feedback(FetchOutcome::Transport)).await;
        let status = world.module.pool_status(&who, pool).await.unwrap();
        assert_eq!(status.sums.failures, 1);
        let page = world
            .module
            .list_proxies(&who, pool, &ProxyFilter::default(), PageRequest::default())
            .await
            .unwrap();
        assert_eq!(page.items[0].health, Health::Degraded { failures: 1 });
    }
}
