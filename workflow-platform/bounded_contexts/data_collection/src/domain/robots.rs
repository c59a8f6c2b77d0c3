//! robots.txt by RFC 9309, with `Crawl-delay` as a courtesy.

use std::time::Duration;

/// Bytes of a file that are read; the RFC asks for at least 500 KiB (section 2.5).
pub const READ: usize = 500 * 1024;
/// Longest pause that `Crawl-delay` may ask for.
const LONGEST_DELAY: Duration = Duration::from_secs(30);

/// One `Allow` or `Disallow` line.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    allow: bool,
    pattern: String,
}

/// What one crawler may do on one site.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Robots {
    rules: Vec<Rule>,
    delay: Option<Duration>,
}

/// What the file says of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Allowed,
    /// The rule that forbids it.
    Denied(String),
}

impl Robots {
    /// For a site whose file cannot be got now (section 2.3.1.4).
    pub fn nothing_allowed() -> Self {
        Self { rules: vec![Rule { allow: false, pattern: "/".to_owned() }], delay: None }
    }

    /// The rules for the product token `agent`: all groups that name it, else all for `*`
    /// (section 2.2.1).
    pub fn parse(text: &str, agent: &str) -> Self {
        let (named, anyone) = groups(text, agent);
        named.unwrap_or(anyone.unwrap_or_default())
    }

    /// The longest pattern decides, and among equals `Allow` (section 2.2.2). `path` is the path
    /// with its query.
    pub fn verdict(&self, path: &str) -> Verdict {
        let path = normalised(path);
        if path == "/robots.txt" {
            return Verdict::Allowed;
        }
        let matching = self.rules.iter().filter(|rule| matches(&rule.pattern, &path));
        match matching.max_by_key(|rule| (rule.pattern.len(), rule.allow)) {
            Some(rule) if !rule.allow => Verdict::Denied(format!("Disallow: {}", rule.pattern)),
            _ => Verdict::Allowed,
        }
    }

    /// The pause between requests that the site asks for.
    pub fn delay(&self) -> Option<Duration> {
        self.delay
    }
}

fn groups(text: &str, agent: &str) -> (Option<Robots>, Option<Robots>) {
    let (mut named, mut anyone) = (None::<Robots>, None::<Robots>);
    let (mut for_us, mut for_anyone) = (false, false);
    let mut in_head = false;
    for line in text.trim_start_matches('\u{feff}').lines() {
        let line = line.split('#').next().unwrap_or_default();
        let Some((key, value)) = line.split_once(':') else { continue };
        let (key, value) = (key.trim().to_ascii_lowercase(), value.trim());
        if key == "user-agent" {
            if !in_head {
                (for_us, for_anyone) = (false, false);
            }
            in_head = true;
            for_us |= is_ours(value, agent);
            for_anyone |= value == "*";
            if for_us {
                named.get_or_insert_default();
            }
            if for_anyone {
                anyone.get_or_insert_default();
            }
            continue;
        }
        in_head &= !matches!(key.as_str(), "allow" | "disallow" | "crawl-delay");
        if for_us {
            add(named.get_or_insert_default(), &key, value);
        }
        if for_anyone {
            add(anyone.get_or_insert_default(), &key, value);
        }
    }
    (named, anyone)
}

/// The token of a `User-agent` line: letters, `_` and `-`, compared without case.
fn is_ours(value: &str, agent: &str) -> bool {
    let end =
        value.find(|c: char| !(c.is_ascii_alphabetic() || "_-".contains(c))).unwrap_or(value.len());
    !value[..end].is_empty() && value[..end].eq_ignore_ascii_case(agent)
}

fn add(robots: &mut Robots, key: &str, value: &str) {
    match key {
        "allow" | "disallow" if !value.is_empty() => {
            robots.rules.push(Rule { allow: key == "allow", pattern: normalised(value) });
        }
        "crawl-delay" => {
            let delay = value
                .parse::<f64>()
                .ok()
                .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
            robots.delay = delay.map(|delay| delay.min(LONGEST_DELAY));
        }
        _ => {}
    }
}

/// One spelling for each path: what need not be percent-encoded is not, the rest is, in upper
/// case (section 2.2.2).
fn normalised(path: &str) -> String {
    let bytes = path.as_bytes();
    let mut out = String::with_capacity(path.len());
    let mut at = 0;
    while at < bytes.len() {
        let (byte, used) = match bytes[at] {
            b'%' => hex_pair(bytes, at).map_or((b'%', 1), |byte| (byte, 3)),
            byte => (byte, 1),
        };
        let was_encoded = used == 3;
        let unreserved = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        if unreserved || (!was_encoded && byte.is_ascii_graphic()) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        at += used;
    }
    out
}

fn hex_pair(bytes: &[u8], at: usize) -> Option<u8> {
    let text = std::str::from_utf8(bytes.get(at + 1..at + 3)?).ok()?;
    u8::from_str_radix(text, 16).ok()
}

/// `*` stands for any characters, a final `$` for the end (section 2.2.3). Linear in the path for
/// each `*`.
fn matches(pattern: &str, path: &str) -> bool {
    let (pattern, anchored) = match pattern.strip_suffix('$') {
        Some(rest) => (rest, true),
        None => (pattern, false),
    };
    let mut pieces = pattern.split('*');
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = path.strip_prefix(first) else { return false };
    let pieces: Vec<&str> = pieces.collect();
    let Some((last, middle)) = pieces.split_last() else { return !anchored || rest.is_empty() };
    for piece in middle {
        match rest.find(piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    if anchored { rest.ends_with(last) } else { rest.contains(last) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn allowed(text: &str, path: &str) -> bool {
        Robots::parse(text, "workflow-platform").verdict(path) == Verdict::Allowed
    }

    #[test]
    fn the_longest_match_decides() {
        let text = "User-agent: *\nDisallow: /\nAllow: /shop/\nDisallow: /shop/cart\n";
        for (path, expected) in [
            ("/", false),
            ("/shop/", true),
            ("/shop/a", true),
            ("/shop/cart/1", false),
            ("/robots.txt", true),
        ] {
            assert_eq!(allowed(text, path), expected, "{path}");
        }
        assert!(allowed("User-agent: *\nDisallow: /a\nAllow: /a\n", "/a"));
    }

    #[test]
    fn our_own_group_hides_the_one_for_anyone() {
        let text = "User-agent: other\nUser-agent: Workflow-Platform\nDisallow: /ours\n\nUser-agent: *\nDisallow: /anyone\n";
        assert!(!allowed(text, "/ours") && allowed(text, "/anyone"));
        let split = "User-agent: workflow-platform\nDisallow: /a\nUser-agent: x\nDisallow: /b\nUser-agent: workflow-platform\nDisallow: /c\n";
        assert!(!allowed(split, "/a") && allowed(split, "/b") && !allowed(split, "/c"));
        let none = "User-agent: workflow-platform\nDisallow:\n\nUser-agent: *\nDisallow: /\n";
        assert!(allowed(none, "/x"));
    }

    #[test]
    fn stars_and_ends() {
        for (pattern, path, expected) in [
            ("/*.gif$", "/a/b.gif", true),
            ("/*.gif$", "/a/b.gif?x", false),
            ("/fish*", "/fishheads/yummy.html", true),
            ("/fish/", "/fish", false),
            ("*/private", "/x/private/y", true),
            ("/a*b*c", "/axxbyyczz", true),
            ("/a$", "/a", true),
            ("/a$", "/ab", false),
        ] {
            assert_eq!(matches(pattern, path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn encoded_and_plain_spellings_are_the_same() {
        assert!(!allowed("User-agent: *\nDisallow: /foo/bar/ツ\n", "/foo/bar/%E3%83%84"));
        assert!(!allowed("User-agent: *\nDisallow: /foo/bar/%62%61%7A\n", "/foo/bar/baz"));
        assert!(!allowed("User-agent: *\nDisallow: /a%3cd.html\n", "/a%3Cd.html"));
    }

    #[test]
    fn comments_noise_and_delays() {
        let text = "\u{feff}# hello\nSitemap: http://x/s.xml\nuser-agent : *  # all\ncrawl-delay: 2.5\ndisallow : /x # no\nnonsense\n";
        let robots = Robots::parse(text, "workflow-platform");
        assert_eq!(robots.delay(), Some(Duration::from_millis(2500)));
        assert_eq!(robots.verdict("/x/1"), Verdict::Denied("Disallow: /x".to_owned()));
        assert_eq!(Robots::parse("", "a").verdict("/x"), Verdict::Allowed);
        assert_ne!(Robots::nothing_allowed().verdict("/x"), Verdict::Allowed);
    }

    proptest! {
        #[test]
        fn any_file_is_read(text in "(?s).{0,300}", path in "/.{0,60}") {
            let _ = Robots::parse(&text, "workflow-platform").verdict(&path);
        }
    }
}
