//! Redirects by hand (RFC 9110, section 15.4).

use bytes::Bytes;
use shared_kernel::application::FetchMethod;
use url::Url;

use super::exchange::Answer;

/// Where the answer sends us. Names and passwords in it are nobody's business.
pub(super) fn redirect(answer: &Answer, url: &Url) -> Option<Url> {
    if !matches!(answer.status, 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let mut target = url.join(answer.header("location")?).ok()?;
    if !matches!(target.scheme(), "http" | "https") || target.host_str().is_none_or(str::is_empty) {
        return None;
    }
    target.set_username("").ok()?;
    target.set_password(None).ok()?;
    target.set_fragment(None);
    Some(target)
}

/// A POST that is moved becomes a GET, as browsers do; 307 and 308 keep the method and the body.
pub(super) fn after_redirect(
    status: u16,
    method: FetchMethod,
    body: Option<Bytes>,
) -> (FetchMethod, Option<Bytes>) {
    let becomes_get = match status {
        301 | 302 => method == FetchMethod::Post,
        303 => method != FetchMethod::Head,
        _ => false,
    };
    if becomes_get { (FetchMethod::Get, None) } else { (method, body) }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rstest::rstest;

    use super::*;

    fn answer(status: u16, location: &str) -> Answer {
        let headers = vec![("location".to_owned(), location.to_owned())];
        Answer { status, headers, body: Bytes::new(), elapsed: Duration::ZERO }
    }

    #[rstest]
    #[case(301, FetchMethod::Post, FetchMethod::Get)]
    #[case(302, FetchMethod::Post, FetchMethod::Get)]
    #[case(302, FetchMethod::Put, FetchMethod::Put)]
    #[case(303, FetchMethod::Put, FetchMethod::Get)]
    #[case(303, FetchMethod::Head, FetchMethod::Head)]
    #[case(307, FetchMethod::Post, FetchMethod::Post)]
    #[case(308, FetchMethod::Post, FetchMethod::Post)]
    fn methods_after_a_redirect(
        #[case] status: u16,
        #[case] before: FetchMethod,
        #[case] after: FetchMethod,
    ) {
        let (method, body) = after_redirect(status, before, Some(Bytes::from_static(b"x")));
        assert_eq!(method, after);
        assert_eq!(body.is_some(), before == after);
    }

    #[test]
    fn a_target_is_a_web_address_without_credentials() {
        let url = Url::parse("https://a.example/x/y").unwrap();
        let to = |location: &str| redirect(&answer(302, location), &url).map(String::from);
        assert_eq!(to("../z#end").as_deref(), Some("https://a.example/z"));
        assert_eq!(to("//u:p@b.example/").as_deref(), Some("https://b.example/"));
        for bad in ["file:///etc/passwd", "ftp://a/", "javascript:x", "gopher://a"] {
            assert_eq!(to(bad), None, "{bad}");
        }
        assert_eq!(redirect(&answer(304, "/z"), &url), None);
        assert_eq!(redirect(&answer(300, "/z"), &url), None);
    }
}
