//! robots.txt by RFC 9309, with `Crawl-delay` as a courtesy and `Sitemap` as a hint.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::percent::{is_unreserved, octets, push_encoded};

/// Bytes of a file that are read; what follows is not there (section 2.5).
pub const READ: usize = 500 * 1024;
/// Redirects that are followed on the way to a file (section 2.3.1.2).
pub const REDIRECTS: u32 = 5;
/// Longest pause that `Crawl-delay` may ask for.
const LONGEST_DELAY: Duration = Duration::from_secs(30);
/// Sitemaps of one file that are remembered.
const SITEMAPS: usize = 100;

/// One `Allow` or `Disallow` line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Rule {
    allow: bool,
    pattern: String,
}

/// What one crawler may do on one site.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Robots {
    rules: Vec<Rule>,
    delay: Option<Duration>,
    #[serde(default)]
    sitemaps: Vec<String>,
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
        Self { rules: vec![Rule { allow: false, pattern: "/".to_owned() }], ..Self::default() }
    }

    /// The rules for the product token `agent`: all groups that name it, else all for `*`
    /// (section 2.2.1).
    pub fn parse(text: &str, agent: &str) -> Self {
        let mut groups = Groups { agent, ..Groups::default() };
        let text = text.trim_start_matches('\u{feff}');
        for line in text.split(['\n', '\r']) {
            groups.line(line);
        }
        let mut robots = groups.named.unwrap_or(groups.anyone.unwrap_or_default());
        robots.sitemaps = groups.sitemaps;
        robots
    }

    /// The same from the bytes of a file, of which the first 500 KiB count.
    pub fn read(body: &[u8], agent: &str) -> Self {
        Self::parse(&String::from_utf8_lossy(&body[..body.len().min(READ)]), agent)
    }

    /// The longest pattern decides, and among equals `Allow` (section 2.2.2). `path` is the path
    /// with its query.
    pub fn verdict(&self, path: &str) -> Verdict {
        let path = comparable(path, false);
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

    /// Addresses of sitemaps, as they stand in the file.
    pub fn sitemaps(&self) -> &[String] {
        &self.sitemaps
    }
}

/// What was read so far.
#[derive(Debug, Default)]
struct Groups<'a> {
    agent: &'a str,
    named: Option<Robots>,
    anyone: Option<Robots>,
    sitemaps: Vec<String>,
    for_us: bool,
    for_anyone: bool,
    /// Among the `User-agent` lines that open a group.
    in_head: bool,
}

impl Groups<'_> {
    fn line(&mut self, line: &str) {
        let line = line.split('#').next().unwrap_or_default();
        let Some((key, value)) = line.split_once(':') else { return };
        let (key, value) = (key.trim().to_ascii_lowercase(), value.trim());
        match key.as_str() {
            "user-agent" => self.head(value),
            "allow" | "disallow" => {
                self.in_head = false;
                if !value.is_empty() {
                    let rule = Rule { allow: key == "allow", pattern: comparable(value, true) };
                    self.each(|robots| robots.rules.push(rule.clone()));
                }
            }
            // Other records must not interfere (section 2.2.4): they end no group.
            "crawl-delay" => {
                let delay = delay(value);
                self.each(|robots| robots.delay = delay.or(robots.delay));
            }
            "sitemap" if self.sitemaps.len() < SITEMAPS => self.sitemaps.push(value.to_owned()),
            _ => {}
        }
    }

    fn head(&mut self, value: &str) {
        if !self.in_head {
            (self.for_us, self.for_anyone) = (false, false);
        }
        self.in_head = true;
        self.for_us |= is_ours(value, self.agent);
        self.for_anyone |= value.split_whitespace().next() == Some("*");
        self.each(|_| ());
    }

    /// The groups that are open now.
    fn each(&mut self, change: impl Fn(&mut Robots)) {
        if self.for_us {
            change(self.named.get_or_insert_default());
        }
        if self.for_anyone {
            change(self.anyone.get_or_insert_default());
        }
    }
}

fn delay(value: &str) -> Option<Duration> {
    let seconds = value.parse::<f64>().ok()?;
    let delay = Duration::try_from_secs_f64(seconds).ok()?;
    Some(delay.min(LONGEST_DELAY))
}

/// The token of a `User-agent` line: letters, `_` and `-`, compared without case.
fn is_ours(value: &str, agent: &str) -> bool {
    let end =
        value.find(|c: char| !(c.is_ascii_alphabetic() || "_-".contains(c))).unwrap_or(value.len());
    !value[..end].is_empty() && value[..end].eq_ignore_ascii_case(agent)
}

/// One spelling for each path (section 2.2.2): what need not be percent-encoded is not, the rest
/// is, in upper case. Reserved characters stay as they are, except that in a query `:` and `/`
/// are the same encoded or not. `*` and `$` are encoded where they stand for themselves: in
/// paths always, in patterns where they were.
fn comparable(text: &str, is_pattern: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut in_query = false;
    let mut left = text.len();
    for (byte, encoded) in octets(text) {
        left -= if encoded { 3 } else { 1 };
        let special = match byte {
            b'*' => is_pattern && !encoded,
            b'$' => is_pattern && !encoded && left == 0,
            _ => false,
        };
        let sign = matches!(byte, b'*' | b'$');
        let plain_in_query = in_query && matches!(byte, b':' | b'/');
        let plain = byte.is_ascii_graphic() && !encoded && !sign;
        if special || is_unreserved(byte) || plain_in_query || plain {
            out.push(char::from(byte));
        } else {
            push_encoded(&mut out, byte);
        }
        in_query |= byte == b'?' && !encoded;
    }
    out
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
mod tests;
