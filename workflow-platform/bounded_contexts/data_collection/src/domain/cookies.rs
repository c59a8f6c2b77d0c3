//! Cookies of one session, by RFC 6265 with the public suffix list.

use std::{net::IpAddr, time::Duration};

use shared_kernel::domain::Timestamp;
use url::Url;

/// Cookies of one jar and of one domain, and bytes of one cookie.
const MOST: usize = 300;
const MOST_OF_DOMAIN: usize = 50;
const LARGEST: usize = 4096;
/// No cookie is kept longer (RFC 6265bis, section 5.5).
const LONGEST: Duration = Duration::from_hours(400 * 24);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Cookie {
    name: String,
    value: String,
    domain: String,
    /// Only for this very host.
    host_only: bool,
    path: String,
    secure: bool,
    /// `None`: as long as the session.
    until: Option<Timestamp>,
}

/// What the sites of one session set.
#[derive(Debug, Clone, Default)]
pub struct Jar {
    /// Oldest first.
    cookies: Vec<Cookie>,
}

impl Jar {
    /// Takes in a `Set-Cookie` line of an answer from `url`; one that the site may not set is
    /// passed over.
    pub fn take(&mut self, url: &Url, line: &str, now: Timestamp) {
        let Some(cookie) = read(url, line, now) else { return };
        let same = |known: &Cookie| {
            known.name == cookie.name && known.domain == cookie.domain && known.path == cookie.path
        };
        self.cookies.retain(|known| !same(known) && known.until.is_none_or(|until| until > now));
        if cookie.until.is_some_and(|until| until <= now) {
            return;
        }
        let of_domain = |known: &&Cookie| known.domain == cookie.domain;
        if self.cookies.iter().filter(of_domain).count() >= MOST_OF_DOMAIN
            && let Some(oldest) = self.cookies.iter().position(|known| of_domain(&known))
        {
            self.cookies.remove(oldest);
        }
        if self.cookies.len() >= MOST {
            self.cookies.remove(0);
        }
        self.cookies.push(cookie);
    }

    /// The `Cookie` header of a request to `url`.
    pub fn header(&self, url: &Url, now: Timestamp) -> Option<String> {
        let host = url.host_str()?.to_ascii_lowercase();
        let mut fit: Vec<&Cookie> = self
            .cookies
            .iter()
            .filter(|cookie| cookie.until.is_none_or(|until| until > now))
            .filter(|cookie| !cookie.secure || url.scheme() == "https")
            .filter(|cookie| {
                host == cookie.domain || (!cookie.host_only && is_below(&host, &cookie.domain))
            })
            .filter(|cookie| path_fits(url.path(), &cookie.path))
            .collect();
        fit.sort_by_key(|cookie| std::cmp::Reverse(cookie.path.len()));
        let pairs: Vec<String> =
            fit.iter().map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    pub fn len(&self) -> usize {
        self.cookies.len()
    }

    pub fn is_empty(&self) -> bool {
        self.cookies.is_empty()
    }
}

fn read(url: &Url, line: &str, now: Timestamp) -> Option<Cookie> {
    if line.len() > LARGEST || line.chars().any(char::is_control) {
        return None;
    }
    let host = url.host_str()?.to_ascii_lowercase();
    let mut parts = line.split(';');
    let (name, value) = parts.next()?.split_once('=')?;
    let (name, value) = (name.trim(), value.trim());
    let mut cookie = Cookie {
        name: name.to_owned(),
        value: value.to_owned(),
        domain: host.clone(),
        host_only: true,
        path: default_path(url.path()).to_owned(),
        secure: false,
        until: None,
    };
    let mut has_path = false;
    let mut max_age = None;
    for part in parts {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        let value = value.trim();
        match key.trim().to_ascii_lowercase().as_str() {
            "domain" if !value.is_empty() => {
                cookie.domain = value.trim_start_matches('.').to_ascii_lowercase();
                cookie.host_only = false;
            }
            "path" if value.starts_with('/') => {
                (cookie.path, has_path) = (value.to_owned(), value == "/");
            }
            "secure" => cookie.secure = true,
            "max-age" => max_age = value.parse::<i64>().ok().or(max_age),
            "expires" => cookie.until = date(value).or(cookie.until),
            _ => {}
        }
    }
    if let Some(seconds) = max_age {
        let age = Duration::from_secs(u64::try_from(seconds).unwrap_or(0));
        cookie.until = Some(now.plus(age.min(LONGEST)));
    }
    cookie.until = cookie.until.map(|until| until.min(now.plus(LONGEST)));
    may_set(&mut cookie, url, &host, has_path).then_some(cookie)
}

fn may_set(cookie: &mut Cookie, url: &Url, host: &str, has_path: bool) -> bool {
    let secure = url.scheme() == "https";
    if cookie.name.is_empty() || (cookie.secure && !secure) {
        return false;
    }
    if !cookie.host_only {
        let is_host = cookie.domain == host;
        let address = host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
        if is_public_suffix(&cookie.domain) || address {
            if !is_host {
                return false;
            }
            cookie.host_only = true;
        } else if !is_host && !is_below(host, &cookie.domain) {
            return false;
        }
    }
    let prefix = |prefix: &str| {
        cookie.name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    };
    (!prefix("__Secure-") || cookie.secure)
        && (!prefix("__Host-") || (cookie.secure && cookie.host_only && has_path))
}

fn is_public_suffix(domain: &str) -> bool {
    psl::suffix_str(domain).is_none_or(|suffix| suffix.len() == domain.len())
}

/// Whether `host` lies below `domain`.
fn is_below(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|before| before.ends_with('.'))
        && host.parse::<IpAddr>().is_err()
}

fn default_path(path: &str) -> &str {
    match path.rfind('/') {
        None | Some(0) => "/",
        Some(end) => &path[..end],
    }
}

fn path_fits(path: &str, of_cookie: &str) -> bool {
    path.strip_prefix(of_cookie)
        .is_some_and(|rest| rest.is_empty() || of_cookie.ends_with('/') || rest.starts_with('/'))
}

fn date(text: &str) -> Option<Timestamp> {
    let spaced = text.replace('-', " ");
    let read = |text: &str| chrono::DateTime::parse_from_rfc2822(text).ok();
    Some(read(&spaced).or_else(|| read(text))?.to_utc().into())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn now() -> Timestamp {
        "2026-01-01T00:00:00Z".parse().unwrap()
    }

    fn after(from: &str, line: &str, to: &str) -> Option<String> {
        let mut jar = Jar::default();
        jar.take(&Url::parse(from).unwrap(), line, now());
        jar.header(&Url::parse(to).unwrap(), now())
    }

    #[rstest]
    #[case("http://a.example.com/x/y", "k=v", "http://a.example.com/x/z", true)]
    #[case("http://a.example.com/x/y", "k=v", "http://a.example.com/other", false)]
    #[case("http://a.example.com/", "k=v", "http://b.example.com/", false)]
    #[case("http://a.example.com/", "k=v", "http://c.a.example.com/", false)]
    #[case("http://a.example.com/", "k=v; Domain=example.com", "http://b.example.com/", true)]
    #[case("http://a.example.com/", "k=v; Domain=.Example.com", "http://example.com/", true)]
    #[case("http://a.example.com/", "k=v; Domain=example.com", "http://badexample.com/", false)]
    #[case("http://a.example.com/", "k=v; Domain=b.example.com", "http://b.example.com/", false)]
    #[case("http://a.example.com/", "k=v; Domain=other.com", "http://other.com/", false)]
    #[case("http://a.com/", "k=v; Domain=com", "http://b.com/", false)]
    #[case("http://a.co.uk/", "k=v; Domain=co.uk", "http://b.co.uk/", false)]
    #[case("http://a.com.cn/", "k=v; Domain=com.cn", "http://b.com.cn/", false)]
    #[case("http://a.github.io/", "k=v; Domain=github.io", "http://b.github.io/", false)]
    #[case("http://1.2.3.4/", "k=v; Domain=3.4", "http://1.2.3.4/", false)]
    #[case("http://1.2.3.4/", "k=v; Domain=1.2.3.4", "http://1.2.3.4/", true)]
    #[case("http://a.example.com/", "k=v; Secure", "https://a.example.com/", false)]
    #[case("https://a.example.com/", "k=v; Secure", "http://a.example.com/", false)]
    #[case("https://a.example.com/", "k=v; Secure", "https://a.example.com/", true)]
    #[case("http://a.example.com/", "k=v; Max-Age=0", "http://a.example.com/", false)]
    #[case(
        "http://a.example.com/",
        "k=v; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
        "http://a.example.com/",
        true
    )]
    #[case(
        "http://a.example.com/",
        "k=v; Expires=Wed, 31-Dec-2025 00:00:00 GMT",
        "http://a.example.com/",
        false
    )]
    #[case(
        "http://a.example.com/",
        "k=v; Expires=Fri, 31 Dec 2027 00:00:00 GMT",
        "http://a.example.com/",
        true
    )]
    #[case(
        "https://a.example.com/",
        "__Host-k=v; Secure; Path=/; Domain=example.com",
        "https://a.example.com/",
        false
    )]
    #[case("https://a.example.com/", "__Host-k=v; Secure; Path=/", "https://a.example.com/", true)]
    #[case("http://a.example.com/", "__Secure-k=v", "http://a.example.com/", false)]
    #[case("http://a.example.com/", "k=v; Path=/p", "http://a.example.com/pp", false)]
    #[case("http://a.example.com/", "k=v; Path=/p", "http://a.example.com/p/q", true)]
    #[case("http://a.example.com/", "=v", "http://a.example.com/", false)]
    #[case("http://a.example.com/", "k\u{1}=v", "http://a.example.com/", false)]
    fn a_cookie_goes_where_it_may(
        #[case] from: &str,
        #[case] line: &str,
        #[case] to: &str,
        #[case] sent: bool,
    ) {
        assert_eq!(after(from, line, to).is_some(), sent);
    }

    #[test]
    fn a_later_cookie_replaces_and_an_old_one_goes() {
        let url = Url::parse("http://a.example.com/").unwrap();
        let mut jar = Jar::default();
        for line in ["k=1", "l=2; Path=/", "k=3", "l=; Max-Age=-1; Path=/"] {
            jar.take(&url, line, now());
        }
        assert_eq!(jar.header(&url, now()).as_deref(), Some("k=3"));
        jar.take(&url, "m=1; Max-Age=10", now());
        assert_eq!(jar.header(&url, now()).as_deref(), Some("k=3; m=1"));
        assert_eq!(jar.header(&url, now().plus(Duration::from_secs(11))).as_deref(), Some("k=3"));
    }

    #[test]
    fn a_jar_is_bounded() {
        let mut jar = Jar::default();
        for host in 0..20 {
            let url = Url::parse(&format!("http://h{host}.example{host}.com/")).unwrap();
            for number in 0..100 {
                jar.take(&url, &format!("k{number}=v"), now());
            }
            assert!(jar.header(&url, now()).unwrap().split("; ").count() <= MOST_OF_DOMAIN);
        }
        assert_eq!(jar.len(), MOST);
        let url = Url::parse("http://a.example.com/").unwrap();
        jar.take(&url, &format!("big={}", "x".repeat(LARGEST)), now());
        assert_eq!(jar.header(&url, now()), None);
    }

    proptest! {
        #[test]
        fn no_line_makes_it_panic(line in "\\PC{0,60}", host in "[a-z.]{1,10}") {
            if let Ok(url) = Url::parse(&format!("http://{host}/")) {
                let mut jar = Jar::default();
                jar.take(&url, &line, now());
                let _ = jar.header(&url, now());
            }
        }
    }
}
