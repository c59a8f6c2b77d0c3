//! Proxies from text, one a line.
//!
//! Understood: `scheme://user:pass@host:port` (user and password may be percent-encoded),
//! `user:pass@host:port`, `host:port:user:pass`, `user:pass:host:port`, `host:port`, and columns
//! (`host,port,user,pass`, also with `;`, tabs or blanks, a scheme first or third, or a head that
//! names them). Without a scheme it is the given one, `http` as a rule. Blank lines and lines that
//! start with `#` or `//` are passed over, and so is what follows ` #`.

use std::{collections::HashSet, fmt, str::FromStr as _};

use secrecy::{ExposeSecret as _, SecretString};
use shared_kernel::application::ProxyScheme;
use url::Host;

use super::{
    ProxyEndpoint,
    import_columns::{Head, Pieces, fields, head, pieces, turned_round},
};

/// Most lines of one import.
const MAX_LINES: usize = 10_000;
/// Most bytes of one import.
pub const MAX_IMPORT_BYTES: usize = 2 * 1024 * 1024;
/// Most bytes of a user name or password, which is also what SOCKS5 can carry (RFC 1929).
const MAX_CREDENTIAL: usize = 255;
/// Most characters of a bad line that are shown.
const SHOWN: usize = 120;

/// A proxy as it stood in the text.
#[derive(Clone)]
pub struct ParsedProxy {
    pub endpoint: ProxyEndpoint,
    pub password: Option<SecretString>,
}

impl fmt::Debug for ParsedProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParsedProxy").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

/// A proxy and the line it came from.
#[derive(Debug, Clone)]
pub struct ImportLine {
    /// From 1.
    pub line: u32,
    pub proxy: ParsedProxy,
}

/// A line that is not a proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectedLine {
    /// From 1.
    pub line: u32,
    /// The line with everything masked that could be a credential.
    pub text: String,
    pub reason: String,
}

/// What a text holds.
#[derive(Debug, Default)]
pub struct ImportList {
    /// Without repetitions.
    pub proxies: Vec<ImportLine>,
    /// Lines that repeat an earlier one.
    pub duplicates: u32,
    pub rejected: Vec<RejectedLine>,
}

/// The text is larger than an import may be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportTooLarge {
    #[error("more than {MAX_LINES} lines")]
    Lines,
    #[error("more than {MAX_IMPORT_BYTES} bytes")]
    Bytes,
}

/// Why a line is not a proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum BadLine {
    #[error("unknown scheme, use http, https or socks5")]
    Scheme,
    #[error("expected host:port")]
    Shape,
    #[error("port must be a number from 1 to 65535")]
    Port,
    #[error("host is not a name or an address")]
    Host,
    #[error("user name or password is empty, too long or has control characters")]
    Credentials,
    #[error("address must end after the port")]
    Trailing,
}

/// Reads a list of proxies, `http` where a line does not say. A bad line never spoils the others.
pub fn parse_import(text: &str) -> Result<ImportList, ImportTooLarge> {
    parse_import_as(text, ProxyScheme::Http)
}

/// The same with another scheme for lines that name none.
pub fn parse_import_as(text: &str, scheme: ProxyScheme) -> Result<ImportList, ImportTooLarge> {
    if text.len() > MAX_IMPORT_BYTES {
        return Err(ImportTooLarge::Bytes);
    }
    let text = text.trim_start_matches('\u{feff}');
    if text.lines().nth(MAX_LINES).is_some() {
        return Err(ImportTooLarge::Lines);
    }
    let mut list = ImportList::default();
    let mut seen = HashSet::new();
    let mut columns: Option<Head> = None;
    for (number, raw) in (1..).zip(text.lines()) {
        let trimmed = raw.split(" #").next().unwrap_or_default().trim();
        if trimmed.is_empty() || trimmed.starts_with('#') || trimmed.starts_with("//") {
            continue;
        }
        if let Some(named) = fields(trimmed).as_deref().and_then(head) {
            columns = Some(named);
            continue;
        }
        match parse_line(trimmed, scheme, columns.as_ref()) {
            Ok(proxy) if seen.insert(proxy.endpoint.clone()) => {
                list.proxies.push(ImportLine { line: number, proxy });
            }
            Ok(_) => list.duplicates += 1,
            Err(reason) => list.rejected.push(RejectedLine {
                line: number,
                text: masked(trimmed),
                reason: reason.to_string(),
            }),
        }
    }
    Ok(list)
}

fn parse_line(
    line: &str,
    scheme: ProxyScheme,
    columns: Option<&Head>,
) -> Result<ParsedProxy, BadLine> {
    if let Some(fields) = fields(line) {
        let pieces = pieces(&fields, columns).ok_or(BadLine::Shape)?;
        return of_pieces(&pieces, scheme);
    }
    let (named, rest) = match line.split_once("://") {
        Some((named, rest)) => (Some(named), rest.trim_end_matches('/')),
        None => (None, line),
    };
    if let Some(found) = turned_round(rest) {
        return of_pieces(&Pieces { scheme: named, ..found }, scheme);
    }
    let scheme = scheme_of(named, scheme)?;
    let (host, port, credentials) = match rest.rsplit_once('@') {
        Some((user_info, place)) if split_place(place).is_ok_and(|(.., tail)| tail.is_none()) => {
            let (host, port, _) = split_place(place)?;
            (host, port, Some(user_info_of(user_info)))
        }
        _ => {
            let (host, port, tail) = split_place(rest)?;
            (host, port, tail.map(plain_credentials).transpose()?)
        }
    };
    proxy_of(scheme, host, port, credentials)
}

fn scheme_of(named: Option<&str>, usual: ProxyScheme) -> Result<ProxyScheme, BadLine> {
    match named {
        Some(named) => {
            ProxyScheme::from_str(&named.to_ascii_lowercase()).map_err(|()| BadLine::Scheme)
        }
        None => Ok(usual),
    }
}

fn of_pieces(pieces: &Pieces<'_>, usual: ProxyScheme) -> Result<ParsedProxy, BadLine> {
    let place = format!("{}:{}", pieces.host, pieces.port);
    let (host, port, _) = split_place(&place)?;
    let secret = pieces.password.filter(|password| !pieces.user.is_empty() || !password.is_empty());
    let credentials = secret.map(|password| (pieces.user.to_owned(), password.to_owned().into()));
    proxy_of(scheme_of(pieces.scheme, usual)?, host, port, credentials)
}

fn proxy_of(
    scheme: ProxyScheme,
    host: &str,
    port: &str,
    credentials: Option<(String, SecretString)>,
) -> Result<ParsedProxy, BadLine> {
    let port = port.parse().ok().filter(|port| *port != 0).ok_or(BadLine::Port)?;
    let host = Host::parse(host).map_err(|_| BadLine::Host)?;
    let host = match host {
        Host::Domain(name) if name.len() > 253 => return Err(BadLine::Host),
        Host::Domain(name) => name,
        Host::Ipv4(address) => address.to_string(),
        Host::Ipv6(address) => address.to_string(),
    };
    let (username, password) = match credentials {
        None => (String::new(), None),
        Some((username, password)) => {
            let fits =
                |text: &str| text.len() <= MAX_CREDENTIAL && !text.chars().any(char::is_control);
            if username.is_empty() || !fits(&username) || !fits(password.expose_secret()) {
                return Err(BadLine::Credentials);
            }
            (username, Some(password))
        }
    };
    Ok(ParsedProxy { endpoint: ProxyEndpoint { scheme, host, port, username }, password })
}

/// `host:port` and what follows a further colon; an IPv6 host stands in brackets.
fn split_place(text: &str) -> Result<(&str, &str, Option<&str>), BadLine> {
    let (host, rest) = if text.starts_with('[') {
        let end = text.find(']').ok_or(BadLine::Host)?;
        let (host, rest) = text.split_at(end + 1);
        (host, rest.strip_prefix(':').ok_or(BadLine::Shape)?)
    } else {
        text.split_once(':').ok_or(BadLine::Shape)?
    };
    let (port, tail) = match rest.split_once(':') {
        Some((port, tail)) => (port, Some(tail)),
        None => (rest, None),
    };
    if host.is_empty() || host.contains(['@', '/', ' ', '\t']) {
        return Err(BadLine::Host);
    }
    let digits = port.bytes().take_while(u8::is_ascii_digit).count();
    match (digits, port.len() - digits) {
        (1..=5, 0) => Ok((host, port, tail)),
        (1..=5, _) => Err(BadLine::Trailing),
        _ => Err(BadLine::Port),
    }
}

/// `user:pass` in front of `@`, percent-decoded.
fn user_info_of(text: &str) -> (String, SecretString) {
    let (user, password) = text.split_once(':').unwrap_or((text, ""));
    (percent_decoded(user), percent_decoded(password).into())
}

/// `user:pass` behind `host:port:`, taken as it stands.
fn plain_credentials(text: &str) -> Result<(String, SecretString), BadLine> {
    let (user, password) = text.split_once(':').ok_or(BadLine::Credentials)?;
    Ok((user.to_owned(), password.to_owned().into()))
}

/// Decodes `%XX`; text that does not decode to UTF-8 stays as it is.
fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let hex = |b: Option<&u8>| b.and_then(|b| char::from(*b).to_digit(16));
        if let (b'%', Some(high), Some(low)) = (first, hex(tail.first()), hex(tail.get(1))) {
            bytes.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
            rest = tail.get(2..).unwrap_or_default();
        } else {
            bytes.push(first);
            rest = tail;
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// The line without anything that could be a credential: only the scheme and what reads as
/// `host:port` stay.
fn masked(line: &str) -> String {
    if let Some(fields) = fields(line) {
        let shown = fields.first().copied().unwrap_or_default();
        let shown = if shown.contains(['@', ':']) { "***" } else { shown };
        return format!("{shown} ***").chars().take(SHOWN).collect();
    }
    let (scheme, rest) = match line.split_once("://") {
        Some((scheme, rest)) if !scheme.contains([':', '@']) => (format!("{scheme}://"), rest),
        Some(_) | None => (String::new(), line),
    };
    let text = match rest.rsplit_once('@') {
        Some((_, place)) if split_place(place).is_ok_and(|(.., tail)| tail.is_none()) => {
            format!("{scheme}***@{place}")
        }
        Some(_) => format!("{scheme}***"),
        None => match split_place(rest) {
            Ok((host, port, None)) => format!("{scheme}{host}:{port}"),
            Ok((host, port, Some(_))) => format!("{scheme}{host}:{port}:***"),
            Err(_) if rest.contains(':') => {
                format!("{scheme}{}:***", rest.split(':').next().unwrap_or_default())
            }
            Err(_) => format!("{scheme}{rest}"),
        },
    };
    text.chars().take(SHOWN).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn one(line: &str) -> Result<ParsedProxy, BadLine> {
        parse_line(line, ProxyScheme::Http, None)
    }

    #[rstest]
    #[case("http://u:p@proxy.example:8080", "http://proxy.example:8080", "u", Some("p"))]
    #[case("HTTPS://proxy.example:443/", "https://proxy.example:443", "", None)]
    #[case("socks5h://u:p@203.0.113.7:1080", "socks5://203.0.113.7:1080", "u", Some("p"))]
    #[case("203.0.113.7:3128", "http://203.0.113.7:3128", "", None)]
    #[case("203.0.113.7:3128:u:p:q", "http://203.0.113.7:3128", "u", Some("p:q"))]
    #[case("203.0.113.7:3128:u:p@q", "http://203.0.113.7:3128", "u", Some("p@q"))]
    #[case("u:p%40q@[2001:db8::1]:80", "http://[2001:db8::1]:80", "u", Some("p@q"))]
    #[case("[2001:db8::1]:80:u:p", "http://[2001:db8::1]:80", "u", Some("p"))]
    #[case("http://u:a@b@h.example:1", "http://h.example:1", "u", Some("a@b"))]
    #[case("token@h.example:1", "http://h.example:1", "token", Some(""))]
    #[case("u:p:h.example:1080", "http://h.example:1080", "u", Some("p"))]
    #[case("socks5://u:p:h.example:1080", "socks5://h.example:1080", "u", Some("p"))]
    #[case("203.0.113.7,3128,u,p", "http://203.0.113.7:3128", "u", Some("p"))]
    #[case("203.0.113.7;3128", "http://203.0.113.7:3128", "", None)]
    #[case("203.0.113.7\t3128\tsocks5", "socks5://203.0.113.7:3128", "", None)]
    #[case("https 203.0.113.7 443 u p", "https://203.0.113.7:443", "u", Some("p"))]
    #[case("\"h.example\",\"80\",\"u\",\"p\"", "http://h.example:80", "u", Some("p"))]
    fn usual_forms_are_understood(
        #[case] line: &str,
        #[case] address: &str,
        #[case] user: &str,
        #[case] password: Option<&str>,
    ) {
        let proxy = one(line).unwrap();
        assert_eq!(proxy.endpoint.to_string(), address);
        assert_eq!(proxy.endpoint.username, user);
        assert_eq!(proxy.password.as_ref().map(secrecy::ExposeSecret::expose_secret), password);
    }

    #[rstest]
    #[case("ftp://h.example:21", BadLine::Scheme)]
    #[case("h.example", BadLine::Shape)]
    #[case("h.example:", BadLine::Port)]
    #[case("h.example:0", BadLine::Port)]
    #[case("h.example:70000", BadLine::Port)]
    #[case("h.example:80/path", BadLine::Trailing)]
    #[case(":80", BadLine::Host)]
    #[case("ho st:80", BadLine::Port)]
    #[case("203.0.113.7,x,u,p", BadLine::Port)]
    #[case("203.0.113.7,80,,p", BadLine::Credentials)]
    #[case("[2001:db8::1:80", BadLine::Host)]
    #[case("h.example:80:user", BadLine::Credentials)]
    #[case("http://:p@h.example:80", BadLine::Credentials)]
    fn bad_lines_say_why(#[case] line: &str, #[case] reason: BadLine) {
        assert_eq!(one(line).unwrap_err(), reason);
    }

    #[test]
    fn odd_spellings_of_an_address_are_the_same_proxy() {
        let list = parse_import("127.0.0.1:80\n0x7f.1:80\n2130706433:80\n").unwrap();
        assert_eq!((list.proxies.len(), list.duplicates), (1, 2));
    }

    #[test]
    fn a_list_is_reported_line_by_line_with_credentials_masked() {
        let text = "\u{feff}# my proxies\r\n\r\nh.example:80\r\n// more\nhttp://H.example:80\n\
                    http://me:hush@h.example:99999\nh.example:x:me:hush\nftp://me:hush@h:1\n\
                    me:hush@broken\n";
        let list = parse_import(text).unwrap();
        assert_eq!((list.proxies.len(), list.duplicates), (1, 1));
        let lines: Vec<_> = list.rejected.iter().map(|bad| (bad.line, bad.text.as_str())).collect();
        let expected = [
            (6, "http://***@h.example:99999"),
            (7, "h.example:***"),
            (8, "ftp://***@h:1"),
            (9, "***"),
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn a_head_names_columns_and_remarks_are_passed_over() {
        let text =
            "ip,port,country,protocol\n203.0.113.7,1080,NL,socks5 # fast\n203.0.113.8,80,DE,\n";
        let list = parse_import(text).unwrap();
        let found: Vec<_> = list.proxies.iter().map(|l| l.proxy.endpoint.to_string()).collect();
        assert_eq!(found, ["socks5://203.0.113.7:1080", "http://203.0.113.8:80"]);
        let list = parse_import_as("203.0.113.7:1080", ProxyScheme::Socks5).unwrap();
        assert_eq!(list.proxies[0].proxy.endpoint.scheme, ProxyScheme::Socks5);
    }

    #[test]
    fn size_is_bounded() {
        assert!(matches!(parse_import(&"\n".repeat(10_001)), Err(ImportTooLarge::Lines)));
        assert!(matches!(
            parse_import(&"x".repeat(MAX_IMPORT_BYTES + 1)),
            Err(ImportTooLarge::Bytes)
        ));
        assert!(parse_import(&"\n".repeat(10_000)).is_ok());
    }

    proptest! {
        #[test]
        fn any_text_gives_a_list(text in any::<String>()) {
            let _ = parse_import(&text);
        }

        #[test]
        fn text_near_a_proxy_gives_a_list(text in "[a-z0-9:@/%\\[\\].# \n-]{0,200}") {
            let _ = parse_import(&text);
        }

        #[test]
        fn a_password_never_shows(
            password in "[A-Z]{6,12}",
            form in 0usize..6,
            port in prop_oneof![Just("99999"), Just("x"), Just("80/"), Just("")],
        ) {
            let line = match form {
                0 => format!("http://user:{password}@h.example:{port}"),
                1 => format!("user:{password}@h.example:{port}"),
                2 => format!("h.example:{port}:user:{password}"),
                3 => format!("h.example,{port},user,{password}"),
                4 => format!("user:{password}:h.example:{port}"),
                _ => format!("gopher://user:{password}@h.example:{port}"),
            };
            prop_assert!(!masked(&line).contains(&password));
        }
    }
}
