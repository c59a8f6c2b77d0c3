//! What an answer means, as far as it can be told without knowing the site.

use shared_kernel::application::FetchOutcome;
use url::Url;

/// Larger bodies are pages, whatever scripts they load.
const SMALL: usize = 64 * 1024;

/// Marks that stand in the pages of those who guard sites. Never enough alone: healthy pages
/// carry some of them.
const MARKS: [&str; 9] = [
    "/cdn-cgi/challenge-platform/",
    "captcha-delivery.com",
    "hcaptcha.com/1/api.js",
    "recaptcha/api.js",
    "geetest.com",
    "px-captcha",
    "probe.js",
    "请完成安全验证",
    "访问过于频繁",
];

/// An answer, after redirects.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    pub status: u16,
    pub retry_after: bool,
    /// What the guard of a site says of its own answer (`cf-mitigated`).
    pub mitigated: Option<&'a str>,
    pub body: &'a [u8],
    /// What was asked for, and where the answer came from.
    pub asked: &'a Url,
    pub url: &'a Url,
}

/// The class of the answer.
pub fn outcome_of(seen: Seen<'_>) -> FetchOutcome {
    if seen.mitigated == Some("challenge") || is_challenge(seen) {
        return FetchOutcome::Challenge;
    }
    match seen.status {
        429 => FetchOutcome::Throttled,
        503 if seen.retry_after => FetchOutcome::Throttled,
        401 => FetchOutcome::LoginWall,
        404 | 410 => FetchOutcome::Gone,
        _ if went_to_login(seen) => FetchOutcome::LoginWall,
        _ => FetchOutcome::Ok,
    }
}

/// A status that no healthy page has, and a small body with a mark.
fn is_challenge(seen: Seen<'_>) -> bool {
    let blocked = matches!(seen.status, 202 | 403 | 405 | 429 | 461 | 471 | 503);
    if !blocked || seen.body.len() > SMALL {
        return false;
    }
    matches!(seen.status, 461 | 471) || {
        let text = String::from_utf8_lossy(seen.body);
        MARKS.iter().any(|mark| text.contains(mark))
    }
}

/// Somebody who asked for a page was sent to a form.
fn went_to_login(seen: Seen<'_>) -> bool {
    let is_login = |url: &Url| {
        url.path_segments().is_some_and(|mut segments| {
            segments.any(|segment| {
                let segment = segment.to_ascii_lowercase();
                let name = segment.split('.').next().unwrap_or_default();
                matches!(name, "login" | "signin" | "sign-in" | "sign_in" | "passport")
            })
        })
    };
    seen.asked != seen.url && is_login(seen.url) && !is_login(seen.asked)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(200, "page", "/", FetchOutcome::Ok)]
    #[case(200, "a page that loads hcaptcha.com/1/api.js", "/", FetchOutcome::Ok)]
    #[case(403, "no", "/", FetchOutcome::Ok)]
    #[case(403, "<script src=/cdn-cgi/challenge-platform/h.js>", "/", FetchOutcome::Challenge)]
    #[case(503, "访问过于频繁", "/", FetchOutcome::Challenge)]
    #[case(202, "<script src=//x/probe.js>", "/", FetchOutcome::Challenge)]
    #[case(471, "", "/", FetchOutcome::Challenge)]
    #[case(429, "slow", "/", FetchOutcome::Throttled)]
    #[case(503, "busy", "/", FetchOutcome::Ok)]
    #[case(404, "", "/", FetchOutcome::Gone)]
    #[case(410, "", "/", FetchOutcome::Gone)]
    #[case(401, "", "/", FetchOutcome::LoginWall)]
    #[case(200, "form", "/user/login.php?back=1", FetchOutcome::LoginWall)]
    #[case(200, "form", "/catalogin", FetchOutcome::Ok)]
    #[case(500, "", "/", FetchOutcome::Ok)]
    fn an_answer_has_its_class(
        #[case] status: u16,
        #[case] body: &str,
        #[case] path: &str,
        #[case] outcome: FetchOutcome,
    ) {
        let asked = Url::parse("http://a.example/").unwrap();
        let url = asked.join(path).unwrap();
        let body = body.as_bytes();
        let seen =
            Seen { status, retry_after: false, mitigated: None, body, asked: &asked, url: &url };
        assert_eq!(outcome_of(seen), outcome);
        let healthy = Seen { body: &vec![b'x'; SMALL + 1], ..seen };
        assert_ne!(outcome_of(Seen { status: 403, ..healthy }), FetchOutcome::Challenge);
        let told = Seen { mitigated: Some("challenge"), ..seen };
        assert_eq!(outcome_of(told), FetchOutcome::Challenge);
        assert_eq!(
            outcome_of(Seen { status: 503, retry_after: true, body: b"busy", ..seen }),
            FetchOutcome::Throttled
        );
    }
}
