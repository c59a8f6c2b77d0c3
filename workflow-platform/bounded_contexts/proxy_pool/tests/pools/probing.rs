use proxy_pool::{
    application::{PoolError, ports::ProxyFilter},
    domain::Health,
};
use shared_kernel::domain::PageRequest;
use testkit::proxy::{Behaviour, ForwardProxy};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::method};

use crate::support::{somebody, worlds};

async fn site() -> MockServer {
    let site = MockServer::start().await;
    Mock::given(method("GET")).respond_with(ResponseTemplate::new(200)).mount(&site).await;
    site
}

#[tokio::test]
async fn each_proxy_is_tried_for_real_and_its_state_follows() {
    let site = site().await;
    for world in worlds().await {
        let who = somebody(&world.ambient);
        let good = ForwardProxy::start().await.unwrap();
        let closed = ForwardProxy::start_with_credentials("me", "hu:sh@1").await.unwrap();
        let broken = ForwardProxy::start().await.unwrap();
        broken.behave(Behaviour::BadGateway);
        let dead = ForwardProxy::start().await.unwrap();
        dead.kill().await;
        let silent = ForwardProxy::start().await.unwrap();
        silent.behave(Behaviour::Silent);
        let lines = [
            good.line(),
            format!("{}:me:hu:sh@1", closed.address()),
            format!("{}:you:wrong", closed.address()),
            broken.line(),
            dead.line(),
            silent.line(),
        ];
        let pool = world.pool(&who, "default", &lines.join("\n")).await;
        let (test, mut results) =
            world.module.test_pool(&who, pool, Some(&site.uri())).await.unwrap();
        assert_eq!((test.done, test.worked), (6, 2));
        assert_eq!(results.len(), 6);
        let works: Vec<_> = results.iter().filter(|result| result.outcome.is_ok()).collect();
        assert_eq!(works.len(), 2, "{results:?}");
        assert_eq!((good.counts().requests, closed.counts().requests), (1, 1));
        assert_eq!(closed.counts().refused, 1);
        results.retain(|result| result.outcome.is_err());
        let reasons =
            results.iter().filter_map(|r| r.outcome.clone().err()).collect::<Vec<_>>().join("\n");
        for part in ["407", "answer was 502", "connection failed", "no answer within 2 s"] {
            assert!(reasons.contains(part), "{part} is missing in {reasons}");
        }
        let page = PageRequest::default();
        let proxies = world
            .module
            .list_proxies(&who, pool, &ProxyFilter::default(), page)
            .await
            .unwrap()
            .items;
        let healthy = proxies.iter().filter(|proxy| proxy.health == Health::Healthy).count();
        let degraded = Health::Degraded { failures: 1 };
        assert_eq!(healthy, 2);
        assert_eq!(proxies.iter().filter(|proxy| proxy.health == degraded).count(), 4);
    }
}

#[tokio::test]
async fn a_target_is_judged_before_anything_is_sent() {
    for world in worlds().await {
        let who = somebody(&world.ambient);
        let proxy = ForwardProxy::start().await.unwrap();
        let pool = world.pool(&who, "default", &proxy.line()).await;
        for target in ["http://10.0.0.1/", "ftp://site.example/", "not an address", "data:x"] {
            let refused = world.module.test_pool(&who, pool, Some(target)).await;
            assert!(matches!(refused, Err(PoolError::Invalid { field: "target", .. })), "{target}");
        }
        assert_eq!(proxy.counts().connections, 0);
    }
}
