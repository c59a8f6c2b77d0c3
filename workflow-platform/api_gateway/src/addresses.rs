//! Which addresses may come in at all.

use std::net::IpAddr;

use axum::{
    extract::Request,
    response::{IntoResponse as _, Response},
};
use shared_kernel::{
    api::Failure,
    domain::{ErrorKind, Fault, Networks, Text},
};

use crate::{client::ClientOrigin, openapi::PREFIX};

/// Lists of an operator. Empty ones forbid nothing.
#[derive(Debug, Clone, Default)]
pub struct AddressRules {
    /// Nobody else comes in.
    pub allow: Networks,
    /// These do not come in, whatever else is said of them.
    pub deny: Networks,
    /// Nobody else comes to the routes of administrators.
    pub admin_allow: Networks,
}

impl AddressRules {
    pub fn is_empty(&self) -> bool {
        self.allow.is_empty() && self.deny.is_empty() && self.admin_allow.is_empty()
    }

    /// For whom the lists do not admit.
    pub(crate) fn refusal(&self, request: &Request) -> Option<Response> {
        if self.is_empty() {
            return None;
        }
        let client = request.extensions().get::<ClientOrigin>().and_then(|origin| origin.client);
        let path = request.uri().path();
        let is_admitted = is_health(path) || self.admits(client, path);
        (!is_admitted).then(|| Failure::from(Refused).into_response())
    }

    /// A caller without an address is on no list.
    fn admits(&self, client: Option<IpAddr>, path: &str) -> bool {
        let on = |list: &Networks| client.is_some_and(|address| list.contains(address));
        let may = |list: &Networks| list.is_empty() || on(list);
        !on(&self.deny) && may(&self.allow) && (!is_for_admins(path) || may(&self.admin_allow))
    }
}

/// `/api/v1/admin/…` and `/api/v1/<context>/admin/…`.
fn is_for_admins(path: &str) -> bool {
    let Some(below) = path.strip_prefix(PREFIX) else { return false };
    below.split('/').skip(1).take(2).any(|segment| segment == "admin")
}

/// Those who watch whether the process is well are never refused.
fn is_health(path: &str) -> bool {
    path == "/health" || path.starts_with("/health/")
}

/// The address is on a list, or not on one.
#[derive(Debug, thiserror::Error)]
#[error("address is not admitted")]
struct Refused;

impl Fault for Refused {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Denied
    }

    fn code(&self) -> &'static str {
        "ADDRESS_REFUSED"
    }

    fn text(&self) -> Text {
        Text::new("该网络地址不允许访问", "Your network address is not admitted")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(allow: &str, deny: &str, admin_allow: &str) -> AddressRules {
        let list = |text: &str| text.parse().unwrap();
        AddressRules { allow: list(allow), deny: list(deny), admin_allow: list(admin_allow) }
    }

    fn admits(rules: &AddressRules, client: &str, path: &str) -> bool {
        rules.admits(client.parse().ok(), path)
    }

    #[test]
    fn denying_goes_before_allowing() {
        let both = rules("10.0.0.0/8,2001:db8::/32", "10.6.6.0/24,2001:db8:6::/48", "");
        for (client, expected) in [
            ("10.0.0.1", true),
            ("10.6.6.6", false),
            ("::ffff:10.6.6.6", false),
            ("2001:db8::1", true),
            ("2001:db8:6::1", false),
            ("192.0.2.1", false),
            ("nowhere", false),
        ] {
            assert_eq!(admits(&both, client, "/"), expected, "{client}");
        }
        assert!(admits(&rules("", "10.0.0.0/8", ""), "nowhere", "/"));
    }

    #[test]
    fn rooms_of_administrators_have_a_list_of_their_own() {
        let inside = rules("", "", "10.0.0.0/8");
        for path in ["/api/v1/users/admin/users", "/api/v1/admin/plans", "/api/v1/x/admin"] {
            assert!(admits(&inside, "10.0.0.1", path), "{path}");
            assert!(!admits(&inside, "192.0.2.1", path), "{path}");
        }
        for path in ["/api/v1/users/me", "/admin/users", "/api/v1/datasets/a/admin", "/"] {
            assert!(admits(&inside, "192.0.2.1", path), "{path}");
        }
    }
}
