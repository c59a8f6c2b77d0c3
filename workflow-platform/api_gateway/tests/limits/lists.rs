//! Lists of addresses, methods that nobody needs, and headers that anybody can forge.

use api_gateway::{AddressRules, GatewaySettings};

use crate::support::Site;

const HOME: &str = "192.0.2.1";

fn site(allow: &str, deny: &str, admin_allow: &str) -> Site {
    let list = |text: &str| text.parse().unwrap();
    Site::new(GatewaySettings {
        addresses: AddressRules {
            allow: list(allow),
            deny: list(deny),
            admin_allow: list(admin_allow),
        },
        trusted_proxies: list("10.0.0.1"),
        cors_origins: vec!["https://app.example".to_owned()],
        ..GatewaySettings::default()
    })
}

#[tokio::test]
async fn denied_addresses_are_refused_everywhere_but_at_health() {
    let site = site("", "192.0.2.0/24,2001:db8::/32", "");
    for from in [HOME, "::ffff:192.0.2.77", "2001:db8:5::1"] {
        site.get(from, "/api/v1/open").await.refused(403, "ADDRESS_REFUSED");
        site.get(from, "/").await.refused(403, "ADDRESS_REFUSED");
        assert_eq!(site.get(from, "/health/ready").await.status, 200);
    }
    for from in ["198.51.100.1", "2001:db9::1", "::ffff:198.51.100.1"] {
        assert_eq!(site.get(from, "/api/v1/open").await.status, 200, "{from}");
    }
}

#[tokio::test]
async fn with_a_list_of_the_allowed_nobody_else_comes_in() {
    let site = site("192.0.2.0/24", "192.0.2.66", "");
    assert_eq!(site.get(HOME, "/api/v1/open").await.status, 200);
    for from in ["198.51.100.1", "192.0.2.66", "2001:db8::1"] {
        site.get(from, "/api/v1/open").await.refused(403, "ADDRESS_REFUSED");
    }
}

#[tokio::test]
async fn rooms_of_administrators_are_closed_to_other_addresses() {
    let site = site("", "", "10.9.0.0/16");
    let room = "/api/v1/users/admin/users";
    site.get(HOME, room).await.refused(403, "ADDRESS_REFUSED");
    assert_eq!(site.get("10.9.1.1", room).await.status, 200);
    assert_eq!(site.get(HOME, "/api/v1/open").await.status, 200);
    let forged = [("x-forwarded-for", "10.9.1.1")];
    site.send(HOME, ("GET", room), &forged).await.refused(403, "ADDRESS_REFUSED");
    assert_eq!(site.send("10.0.0.1", ("GET", room), &forged).await.status, 200);
}

#[tokio::test]
async fn trace_and_connect_are_refused_on_every_path() {
    let site = site("", "", "");
    for method in ["TRACE", "CONNECT"] {
        for path in ["/api/v1/open", "/api/v1/nothing", "/", "/health"] {
            let answer = site.send(HOME, (method, path), &[("x-secret", "echo me")]).await;
            let answer = answer.refused(405, "METHOD_NOT_ALLOWED");
            assert!(answer.header("allow").contains("GET"), "{method} {path}");
            assert!(!answer.body.to_string().contains("echo me"));
        }
    }
}

#[tokio::test]
async fn pages_of_other_origins_are_not_let_in() {
    let site = site("", "", "");
    for origin in
        ["https://evil.example", "null", "https://app.example.evil.example", "http://app.example"]
    {
        for method in ["GET", "OPTIONS"] {
            let headers = [("origin", origin), ("access-control-request-method", "GET")];
            let answer = site.send(HOME, (method, "/api/v1/open"), &headers).await;
            assert_eq!(answer.header("access-control-allow-origin"), "", "{method} {origin}");
            assert_eq!(answer.header("access-control-allow-credentials"), "");
        }
    }
}

#[tokio::test]
async fn only_trusted_proxies_are_believed_to_have_been_reached_over_tls() {
    let site = site("", "", "");
    let tls = [("x-forwarded-proto", "https")];
    for (from, expected) in [(HOME, false), ("10.0.0.1", true)] {
        let answer = site.send(from, ("GET", "/health/live"), &tls).await;
        assert_eq!(!answer.header("strict-transport-security").is_empty(), expected, "{from}");
    }
}
