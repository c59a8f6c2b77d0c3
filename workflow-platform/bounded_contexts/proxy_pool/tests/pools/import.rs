use std::sync::atomic::Ordering;

use proxy_pool::application::{PoolError, ports::ProxyFilter};
use sea_orm::ConnectionTrait as _;
use shared_kernel::{application::ProxyScheme, domain::PageRequest};

use crate::support::{somebody, worlds};

#[tokio::test]
async fn good_lines_are_added_and_every_other_line_is_accounted_for() {
    for world in worlds().await {
        let who = somebody(&world.ambient);
        let pool = world.pool(&who, "default", "203.0.113.1:80\n").await;
        let text = "203.0.113.1:80\nhttp://me:hush@203.0.113.2:80\n203.0.113.2:80:me:other\n\
                    10.0.0.1:80\nnonsense\n\n# note\nsocks5://203.0.113.3:1080\n";
        let report =
            world.module.import_proxies(&who, pool, text, ProxyScheme::Http).await.unwrap();
        assert_eq!((report.added, report.duplicates), (2, 2));
        let lines: Vec<_> = report.rejected.iter().map(|line| line.line).collect();
        assert_eq!(lines, [4, 5]);
        let page = world
            .module
            .list_proxies(&who, pool, &ProxyFilter::default(), PageRequest::first(2))
            .await
            .unwrap();
        assert_eq!(page.items.len(), 2);
        let after = shared_kernel::domain::Cursor::decode(&page.next_cursor.unwrap()).unwrap();
        let rest = PageRequest { limit: 2, after: Some(after) };
        let rest =
            world.module.list_proxies(&who, pool, &ProxyFilter::default(), rest).await.unwrap();
        assert_eq!((rest.items.len(), rest.next_cursor), (1, None));
    }
}

#[tokio::test]
async fn passwords_rest_sealed() {
    for world in worlds().await {
        let who = somebody(&world.ambient);
        world.pool(&who, "default", "http://me:hush-hush@203.0.113.2:80\n").await;
        let sql = "SELECT sealed_password FROM proxies";
        let statement = world.database.statement(sql, []);
        let row = world.database.read().query_one_raw(statement).await.unwrap().unwrap();
        let sealed: String = row.try_get("", "sealed_password").unwrap();
        assert!(sealed.starts_with("v2.") && !sealed.contains("hush"));
    }
}

#[tokio::test]
async fn more_proxies_than_the_plan_allows_adds_none() {
    for world in worlds().await {
        let who = somebody(&world.ambient);
        world.plan.0.store(2, Ordering::SeqCst);
        let pool = world.pool(&who, "default", "203.0.113.1:80\n").await;
        let text = "203.0.113.1:80\n203.0.113.2:80\n203.0.113.3:80\n";
        let refused = world.module.import_proxies(&who, pool, text, ProxyScheme::Http).await;
        assert!(matches!(refused, Err(PoolError::Quota(_))));
        assert_eq!(world.module.show_pool(&who, pool).await.unwrap().states.total(), 1);
        let fits = world
            .module
            .import_proxies(&who, pool, "203.0.113.2:80", ProxyScheme::Http)
            .await
            .unwrap();
        assert_eq!(fits.added, 1);
    }
}

#[tokio::test]
async fn ten_thousand_lines_go_in_at_once() {
    for world in worlds().await {
        let who = somebody(&world.ambient);
        world.plan.0.store(100_000, Ordering::SeqCst);
        let line = |n| format!("http://u{n}:p{n}@198.51.{}.{}:8080\n", n / 250, n % 250);
        let text: String = (0..10_000).map(line).collect();
        let pool = world.pool(&who, "default", "").await;
        let report =
            world.module.import_proxies(&who, pool, &text, ProxyScheme::Http).await.unwrap();
        assert_eq!((report.added, report.rejected.len()), (10_000, 0));
        let again =
            world.module.import_proxies(&who, pool, &text, ProxyScheme::Http).await.unwrap();
        assert_eq!((again.added, again.duplicates), (0, 10_000));
    }
}

#[tokio::test]
async fn names_are_unique_per_owner_and_others_pools_do_not_exist() {
    for world in worlds().await {
        let (mine, theirs) = (somebody(&world.ambient), somebody(&world.ambient));
        let pool = world.pool(&mine, "default", "203.0.113.1:80").await;
        world.pool(&theirs, "default", "").await;
        let module = &world.module;
        let missing = |error: PoolError| matches!(error, PoolError::NotFound);
        assert!(missing(module.show_pool(&theirs, pool).await.unwrap_err()));
        assert!(missing(module.pool_status(&theirs, pool).await.unwrap_err()));
        assert!(missing(
            module.import_proxies(&theirs, pool, "a:1", ProxyScheme::Http).await.unwrap_err()
        ));
        assert!(missing(module.test_pool(&theirs, pool, None).await.unwrap_err()));
        assert!(missing(module.delete_pool(&theirs, pool).await.unwrap_err()));
        let first = PageRequest::default();
        assert!(missing(
            module.list_proxies(&theirs, pool, &ProxyFilter::default(), first).await.unwrap_err()
        ));
        assert_eq!(module.list_pools(&mine, first).await.unwrap().items.len(), 1);
        module.delete_pool(&mine, pool).await.unwrap();
        assert!(missing(module.delete_pool(&mine, pool).await.unwrap_err()));
    }
}
