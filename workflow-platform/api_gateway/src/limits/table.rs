//! The routes that have a quota of their own.

use std::net::IpAddr;

use shared_kernel::{application::RateCheck, domain::Quota};

use super::{Counted, LimitSettings, place};

/// How much of a quota a route gets, and by what it is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Share {
    /// By address: passwords and codes are tried there, mails sent.
    Sensitive,
    /// By address: tells strangers whether somebody has an account.
    Oracle,
    /// By what the path names, from all addresses together, as much as an address may call.
    Named,
    /// By address, as much as it may call: notices of other machines, which a signature proves. A
    /// count of all of them together would let strangers shut the real ones out.
    Notice,
}

use Share::{Named, Notice, Oracle, Sensitive};

/// Paths below the prefix of the API, as routers write them, with the name of the policy.
const TABLE: &[(&str, &str, Share)] = &[
    ("/users/public/send-verification-code", "send-code", Sensitive),
    ("/users/public/logout", "logout", Sensitive),
    ("/users/auth/register", "register", Sensitive),
    ("/users/auth/login", "login", Sensitive),
    ("/users/auth/refresh", "refresh", Sensitive),
    ("/users/auth/reset-password", "reset-password", Sensitive),
    ("/users/auth/send-verification-code", "send-code", Sensitive),
    ("/users/auth/check-username", "check-username", Oracle),
    ("/users/auth/check-email", "check-email", Oracle),
    ("/users/me/change-password", "change-password", Sensitive),
    ("/users/me/change-email", "change-email", Sensitive),
    ("/users/me/step-up", "step-up", Sensitive),
    ("/users/me/totp/confirm", "totp", Sensitive),
    ("/workflow/hooks/{token}", "hook", Named),
    ("/subscription/payments/stripe", "payment-notice", Notice),
    ("/shared/datasets/{token}", "share", Named),
    ("/shared/datasets/{token}/records", "share", Named),
    ("/shared/datasets/{token}/export", "share", Named),
    ("/shared/datasets/{token}/changes", "share", Named),
    ("/shared/datasets/{token}/changes.atom", "share", Named),
];

/// The count of a route, by the pattern that matched (below the prefix) and the path asked for.
pub(super) fn of(
    settings: LimitSettings,
    pattern: &str,
    path: &str,
    client: Option<IpAddr>,
) -> Option<Counted> {
    let (_, policy, share) = TABLE.iter().find(|(known, ..)| *known == pattern)?;
    let by_place = || format!("{policy}:{}", place(client));
    let (key, most) = match share {
        Sensitive => (by_place(), settings.sensitive),
        Oracle => (by_place(), settings.sensitive.div_ceil(2)),
        Notice => (by_place(), settings.per_address),
        Named => (format!("{policy}:{}", fingerprint(path)), settings.per_address),
    };
    Some(Counted { policy, check: RateCheck { key, quota: Quota::per_minute(most) } })
}

/// The path may have a secret in it, which is nothing to store.
fn fingerprint(path: &str) -> String {
    blake3::hash(path.as_bytes()).to_hex()[..32].to_owned()
}
