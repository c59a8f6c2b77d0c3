//! Tests of whole pools: live, resumed, cancelled, taken over, and the checks between them.

use std::{sync::Arc, time::Duration};

use futures::StreamExt as _;
use proxy_pool::{
    ProxyPoolSettings,
    application::{Change, PoolChange, PoolError, TestUpdate, ports::ProxyFilter},
    domain::{Anonymity, Health, TestState},
};
use sea_orm::ConnectionTrait as _;
use shared_kernel::domain::PageRequest;
use testkit::proxy::{Behaviour, ForwardProxy};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::support::{World, settings_of_tests, somebody, worlds};

/// A judge on loopback, which is target as well.
async fn judge() -> (String, CancellationToken) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    let stop = CancellationToken::new();
    tokio::spawn(proxy_pool::judge(listener, stop.clone()));
    (address, stop)
}

/// So many proxies behind one listener, told apart by their users.
fn crowd(proxy: &ForwardProxy, count: usize) -> String {
    (0..count).map(|number| format!("http://u{number}:p@{}\n", proxy.address())).collect()
}

async fn set_judge(
    world: &World,
    who: &shared_kernel::application::Principal,
    pool: proxy_pool::domain::PoolId,
    judge: &str,
) {
    let change = PoolChange {
        judge: Change::Set(judge.to_owned()),
        test_target: Change::Set(judge.to_owned()),
        ..PoolChange::default()
    };
    world.module.update_pool(who, pool, change).await.unwrap();
}

#[tokio::test]
async fn a_test_is_followed_live_and_resumed_where_the_reader_was() {
    let (target, _stop) = judge().await;
    for world in worlds().await {
        let who = somebody(&world.ambient);
        let proxy = ForwardProxy::start().await.unwrap();
        let pool = world.pool(&who, "default", &crowd(&proxy, 300)).await;
        let test = world.module.start_test(&who, pool, Some(&target)).await.unwrap();
        let again = world.module.start_test(&who, pool, Some(&target)).await;
        assert!(matches!(again, Err(PoolError::TestRunning)), "one at a time");
        let updates = world.module.follow_test(&who, pool, test.id, 0).await.unwrap();
        let updates: Vec<_> = updates.collect().await;
        let seqs: Vec<_> = updates
            .iter()
            .filter_map(|update| match update {
                TestUpdate::Result(row) => Some(row.seq),
                _ => None,
            })
            .collect();
        assert_eq!(seqs, (1..=300).collect::<Vec<_>>());
        let Some(TestUpdate::End(ended)) = updates.last() else { panic!("no end") };
        assert_eq!((ended.state, ended.done, ended.worked), (TestState::Finished, 300, 300));

        let rest = world.module.follow_test(&who, pool, test.id, 290).await.unwrap();
        let rest: Vec<_> = rest.collect().await;
        assert_eq!(rest.len(), 11, "ten results and the end");
        let stranger = somebody(&world.ambient);
        let hidden = world.module.show_test(&stranger, pool, test.id).await;
        assert!(matches!(hidden, Err(PoolError::TestNotFound)));
    }
}

#[tokio::test]
async fn a_test_that_is_cancelled_stops_and_keeps_what_it_found() {
    let (target, _stop) = judge().await;
    for world in worlds().await {
        let who = somebody(&world.ambient);
        let (quick, silent) =
            (ForwardProxy::start().await.unwrap(), ForwardProxy::start().await.unwrap());
        silent.behave(Behaviour::Silent);
        let lines = format!("{}\n{}", quick.line(), silent.line());
        let pool = world.pool(&who, "default", &lines).await;
        let test = world.module.start_test(&who, pool, Some(&target)).await.unwrap();
        while world.module.show_test(&who, pool, test.id).await.unwrap().done == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        world.module.cancel_test(&who, pool, test.id).await.unwrap();
        let updates = world.module.follow_test(&who, pool, test.id, 0).await.unwrap();
        let Some(TestUpdate::End(ended)) = updates.collect::<Vec<_>>().await.pop() else {
            panic!("no end")
        };
        assert!(ended.state == TestState::Cancelled || ended.done == 2, "{ended:?}");
        let again = world.module.cancel_test(&who, pool, test.id).await.unwrap();
        assert_eq!(again.state, ended.state, "one that has ended stays as it is");
    }
}

#[tokio::test]
async fn a_test_whose_process_died_goes_on_in_another() {
    let (target, _stop) = judge().await;
    for world in worlds().await {
        let who = somebody(&world.ambient);
        let proxy = ForwardProxy::start().await.unwrap();
        proxy.behave(Behaviour::Slow(Duration::from_millis(40)));
        let pool = world.pool(&who, "default", &crowd(&proxy, 40)).await;
        let settings = ProxyPoolSettings { test_parallel: 1, ..settings_of_tests() };
        let dying = world.apart(settings);
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let (owner, address) = (who.clone(), target.clone());
        let test = runtime
            .spawn(async move { dying.await.start_test(&owner, pool, Some(&address)).await })
            .await
            .unwrap()
            .unwrap();
        while world.module.show_test(&who, pool, test.id).await.unwrap().done == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        runtime.shutdown_background();
        proxy.behave(Behaviour::Works);
        let left = world.module.show_test(&who, pool, test.id).await.unwrap();
        assert!(left.done < 40 && left.state == TestState::Running, "{left:?}");

        world.clock.advance(Duration::from_secs(21));
        let stop = CancellationToken::new();
        let running = tokio::spawn(Arc::clone(&world.module).run(stop.clone()));
        let updates = world.module.follow_test(&who, pool, test.id, 0).await.unwrap();
        let Some(TestUpdate::End(ended)) = updates.collect::<Vec<_>>().await.pop() else {
            panic!("no end")
        };
        assert_eq!((ended.state, ended.done), (TestState::Finished, 40), "each once");
        stop.cancel();
        running.await.unwrap();
    }
}

#[tokio::test]
async fn a_judge_tells_exit_address_and_anonymity() {
    let (address, _stop) = judge().await;
    for world in worlds().await {
        let who = somebody(&world.ambient);
        let proxy = ForwardProxy::start().await.unwrap();
        let pool = world.pool(&who, "default", &proxy.line()).await;
        set_judge(&world, &who, pool, &address).await;
        let (_, results) = world.module.test_pool(&who, pool, None).await.unwrap();
        assert_eq!(results[0].sight.anonymity, Some(Anonymity::Elite));
        assert_eq!(results[0].sight.exit_address.as_deref(), Some("127.0.0.1"));
        let page = PageRequest::default();
        let all = ProxyFilter::default();
        let proxies = world.module.list_proxies(&who, pool, &all, page).await.unwrap();
        assert_eq!(proxies.items[0].sight, results[0].sight);
    }
}

#[tokio::test]
async fn due_proxies_are_checked_by_one_process_and_a_dead_target_blames_nobody() {
    let (address, stop) = judge().await;
    for world in worlds().await {
        let who = somebody(&world.ambient);
        let (good, dead) =
            (ForwardProxy::start().await.unwrap(), ForwardProxy::start().await.unwrap());
        dead.kill().await;
        let lines = format!("{}\n{}", good.line(), dead.line());
        let pool = world.pool(&who, "default", &lines).await;
        set_judge(&world, &who, pool, &address).await;
        assert_eq!(world.module.check_due().await.unwrap(), 0, "not at once");
        world.clock.advance(Duration::from_secs(121));
        let other = world.restarted();
        let (one, two) = tokio::join!(world.module.check_due(), other.check_due());
        assert_eq!(one.unwrap() + two.unwrap(), 2, "each by one process");
        world.module.flush().await;
        other.flush().await;
        let states = world.module.pool_status(&who, pool).await.unwrap().sums.by_state;
        assert_eq!(states, [("degraded".to_owned(), 1), ("healthy".to_owned(), 1)]);
    }
    stop.cancel();
    for world in worlds().await {
        let who = somebody(&world.ambient);
        let good = ForwardProxy::start().await.unwrap();
        let pool = world.pool(&who, "default", &good.line()).await;
        set_judge(&world, &who, pool, "http://127.0.0.1:1/").await;
        world.clock.advance(Duration::from_secs(121));
        assert_eq!(world.module.check_due().await.unwrap(), 1);
        let proxies = world.module.pool_status(&who, pool).await.unwrap().proxies;
        assert_eq!(proxies[0].health, Health::Unknown, "the target is at fault");
        let sql = "SELECT next_check_at FROM proxies";
        let row = world.database.read().query_one_raw(world.database.statement(sql, [])).await;
        let next: i64 = row.unwrap().unwrap().try_get("", "next_check_at").unwrap();
        let wait = next - world.ambient.now().micros();
        assert!((480_000_000..=720_000_000).contains(&wait), "a fifth more or less: {wait}");
    }
}
