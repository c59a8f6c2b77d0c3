//! What callers meet.

use std::{sync::Arc, time::Duration};

use api_gateway::{GatewaySettings, LimitSettings};
use testkit::RedisServer;

use crate::support::{Answer, Site, redis_limiter};

const HOME: &str = "192.0.2.1";
const AWAY: &str = "198.51.100.7";

fn settings(per_address: u32, per_user: u32, sensitive: u32) -> GatewaySettings {
    let limits = LimitSettings { enabled: true, per_address, per_user, sensitive };
    GatewaySettings {
        limits,
        cors_origins: vec!["https://app.example".to_owned()],
        trusted_proxies: "10.0.0.0/8".parse().unwrap(),
        ..GatewaySettings::default()
    }
}

fn site(per_address: u32, per_user: u32, sensitive: u32) -> Site {
    Site::new(settings(per_address, per_user, sensitive))
}

fn statuses<const N: usize>(answers: [Answer; N]) -> [u16; N] {
    answers.map(|answer| answer.status.as_u16())
}

#[tokio::test]
async fn a_sensitive_route_has_its_own_quota_and_says_so() {
    let site = site(100, 100, 2);
    let first = site.login(HOME).await;
    assert_eq!(first.status, 200);
    assert_eq!(first.header("ratelimit-policy"), r#""login";q=2;w=60, "ip";q=100;w=60"#);
    assert_eq!(first.header("ratelimit"), r#""login";r=1;t=30, "ip";r=99;t=1"#);
    site.login(HOME).await;
    let refused = site.login(HOME).await.refused(429, "RATE_LIMITED");
    assert_eq!(refused.header("retry-after"), "30");
    assert_eq!(refused.header("ratelimit").split(',').next(), Some(r#""login";r=0;t=60"#));
    assert_eq!(refused.body["details"]["policy"], "login");
    assert_eq!(site.login(AWAY).await.status, 200);
    assert_eq!(site.get(HOME, "/api/v1/open").await.status, 200);
    site.clock.advance(Duration::from_secs(30));
    assert_eq!(site.login(HOME).await.status, 200);
}

#[tokio::test]
async fn an_address_has_one_quota_for_everything_and_unknown_routes_count() {
    let site = site(3, 100, 100);
    site.get(HOME, "/api/v1/open").await;
    site.get(HOME, "/api/v1/nothing").await;
    site.mine(HOME, "forged").await;
    site.get(HOME, "/api/openapi.json").await.refused(429, "RATE_LIMITED");
    for path in ["/health", "/health/live", "/metrics", "/", "/workflows"] {
        assert_eq!(site.get(HOME, path).await.status, 200, "{path}");
    }
    assert!(site.get(HOME, "/health").await.header("ratelimit").is_empty());
}

#[tokio::test]
async fn a_network_of_ipv6_is_one_caller_and_a_mapped_address_is_its_ipv4_one() {
    let site = site(100, 100, 1);
    let first = ["2001:db8:1:2::1", "192.0.2.9", "2001:db8:1:3::1"];
    for from in first {
        assert_eq!(site.login(from).await.status, 200, "{from}");
    }
    for from in ["2001:db8:1:2:ffff::9", "::ffff:192.0.2.9"] {
        assert_eq!(site.login(from).await.status, 429, "{from}");
    }
}

#[tokio::test]
async fn a_user_is_counted_wherever_they_come_from_and_strangers_by_address() {
    let site = site(100, 2, 100);
    let answer = site.mine(HOME, "1").await;
    assert_eq!(answer.header("ratelimit-policy"), r#""ip";q=100;w=60, "user";q=2;w=60"#);
    site.mine(AWAY, "1").await;
    let refused = site.mine(HOME, "1").await.refused(429, "RATE_LIMITED");
    assert_eq!(refused.body["details"]["policy"], "user");
    assert_eq!(site.mine(HOME, "2").await.status, 200);
    let forged = site.mine(HOME, "forged").await.refused(401, "UNAUTHENTICATED");
    assert_eq!(forged.header("ratelimit-policy"), r#""ip";q=100;w=60"#);
}

#[tokio::test]
async fn forged_tokens_are_refused_by_address_at_last() {
    let site = site(2, 100, 100);
    let answers =
        [site.mine(HOME, "x").await, site.mine(HOME, "y").await, site.mine(HOME, "z").await];
    assert_eq!(statuses(answers), [401, 401, 429]);
}

#[tokio::test]
async fn a_hook_is_counted_by_its_token_from_all_addresses_together() {
    let site = site(2, 100, 100);
    let call = async |from: &str, token: &str| {
        let path = format!("/api/v1/workflow/hooks/{token}");
        site.send(from, ("POST", &path), &[]).await
    };
    let answers = [call(HOME, "a").await, call(AWAY, "a").await, call("203.0.113.4", "a").await];
    assert_eq!(statuses(answers), [200, 200, 429]);
    assert_eq!(call("203.0.113.4", "b").await.status, 200);
}

#[tokio::test]
async fn only_trusted_proxies_choose_who_is_counted() {
    let site = site(100, 100, 1);
    let login = async |peer: &str, forwarded: &str| {
        let headers = [("x-forwarded-for", forwarded)];
        site.send(peer, ("POST", "/api/v1/users/auth/login"), &headers).await.status.as_u16()
    };
    assert_eq!(login(HOME, "203.0.113.1").await, 200);
    assert_eq!(login(HOME, "203.0.113.2").await, 429, "a stranger's header moves nothing");
    assert_eq!(login("10.0.0.1", "203.0.113.3, 10.1.1.1").await, 200);
    assert_eq!(login("10.0.0.2", "203.0.113.3").await, 429, "another way, the same caller");
    assert_eq!(login("10.0.0.1", "203.0.113.3, 203.0.113.4").await, 200);
    assert_eq!(login("10.0.0.1", "203.0.113.9, 203.0.113.4").await, 429);
}

#[tokio::test]
async fn limits_may_be_switched_off() {
    let mut settings = settings(1, 1, 1);
    settings.limits.enabled = false;
    let site = Site::new(settings);
    for _ in 0..5 {
        let answer = site.login(HOME).await;
        assert_eq!((answer.status.as_u16(), answer.header("ratelimit")), (200, ""));
    }
}

#[tokio::test]
async fn pages_of_named_origins_may_read_what_is_left_even_when_refused() {
    let site = site(100, 100, 1);
    for _ in 0..2 {
        let headers = [("origin", "https://app.example")];
        let answer = site.send(HOME, ("POST", "/api/v1/users/auth/login"), &headers).await;
        assert_eq!(answer.header("access-control-allow-origin"), "https://app.example");
        let exposed = answer.header("access-control-expose-headers");
        for name in ["ratelimit", "ratelimit-policy", "retry-after"] {
            assert!(exposed.split(',').any(|one| one.trim() == name), "{name} in {exposed}");
        }
    }
}

#[tokio::test]
async fn processes_that_share_a_redis_share_what_they_count() {
    let redis = RedisServer::start();
    let mut sites = Vec::new();
    for _ in 0..2 {
        sites.push(Site::on(settings(100, 3, 2), Arc::new(redis_limiter(&redis.url()).await)));
    }
    let [one, other] = &sites[..] else { panic!("two sites") };
    let answers = [one.login(HOME).await, other.login(HOME).await, one.login(HOME).await];
    assert_eq!(statuses(answers), [200, 200, 429]);
    other.login(HOME).await.refused(429, "RATE_LIMITED");
    let answers = [one.mine(HOME, "1").await, other.mine(AWAY, "1").await];
    assert_eq!(statuses(answers), [200, 200]);
    one.mine(AWAY, "1").await;
    other.mine(HOME, "1").await.refused(429, "RATE_LIMITED");
}

#[tokio::test]
async fn without_redis_sensitive_routes_are_closed_and_others_go_on_until_it_is_back() {
    let mut redis = RedisServer::start();
    let site = Site::on(settings(100, 100, 50), Arc::new(redis_limiter(&redis.url()).await));
    assert_eq!(site.login(HOME).await.status, 200);
    redis.stop();
    let closed = site.login(HOME).await.refused(503, "UNAVAILABLE");
    assert_eq!(closed.header("retry-after"), "2");
    let open = site.get(HOME, "/api/v1/open").await;
    assert_eq!((open.status.as_u16(), open.header("ratelimit")), (200, ""));
    assert_eq!(site.mine(HOME, "1").await.status, 200);
    redis.start_again();
    for _ in 0..200 {
        site.clock.advance(Duration::from_secs(1));
        if site.login(HOME).await.status == 200 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("sensitive routes stay closed although Redis is back");
}
