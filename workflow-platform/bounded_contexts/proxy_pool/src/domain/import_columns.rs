//! Lines in columns: `host,port,user,pass` with commas, semicolons, tabs or blanks, and lists with
//! a head that names their columns.

use std::str::FromStr as _;

use shared_kernel::application::ProxyScheme;

/// What a line says, in pieces not yet looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Pieces<'a> {
    pub scheme: Option<&'a str>,
    pub host: &'a str,
    pub port: &'a str,
    pub user: &'a str,
    pub password: Option<&'a str>,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Scheme,
    Host,
    Port,
    User,
    Password,
    Other,
}

/// Names and order of the columns, as the first line gave them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head(Vec<Column>);

fn column(name: &str) -> Column {
    match name.to_ascii_lowercase().as_str() {
        "scheme" | "protocol" | "type" | "proto" => Column::Scheme,
        "host" | "ip" | "address" | "server" | "proxy" => Column::Host,
        "port" => Column::Port,
        "user" | "username" | "login" => Column::User,
        "pass" | "password" | "passwd" => Column::Password,
        _ => Column::Other,
    }
}

/// The fields of a line in columns; quotes around a field go.
pub(super) fn fields(line: &str) -> Option<Vec<&str>> {
    let sign = [',', ';', '\t'].into_iter().find(|sign| line.contains(*sign));
    let fields: Vec<_> = match sign {
        Some(sign) => line.split(sign).map(unquoted).collect(),
        None => line.split_whitespace().map(unquoted).collect(),
    };
    (fields.len() >= 2).then_some(fields)
}

fn unquoted(field: &str) -> &str {
    let field = field.trim();
    let inner = field.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    inner.unwrap_or(field)
}

/// A line that names at least host and port is a head.
pub(super) fn head(fields: &[&str]) -> Option<Head> {
    let columns: Vec<_> = fields.iter().map(|name| column(name)).collect();
    let names = |wanted| columns.contains(&wanted);
    (names(Column::Host) && names(Column::Port)).then_some(Head(columns))
}

/// By the head, or else by what the fields look like: an optional scheme first or third, then host
/// and port, then user and password.
pub(super) fn pieces<'a>(fields: &[&'a str], head: Option<&Head>) -> Option<Pieces<'a>> {
    match head {
        Some(head) => by_head(fields, head),
        None => by_look(fields),
    }
}

fn by_head<'a>(fields: &[&'a str], Head(columns): &Head) -> Option<Pieces<'a>> {
    let mut pieces = Pieces::default();
    for (column, field) in columns.iter().zip(fields) {
        match column {
            Column::Scheme => pieces.scheme = Some(*field).filter(|text| !text.is_empty()),
            Column::Host => pieces.host = field,
            Column::Port => pieces.port = field,
            Column::User => pieces.user = field,
            Column::Password => pieces.password = Some(field),
            Column::Other => {}
        }
    }
    (!pieces.host.is_empty() && !pieces.port.is_empty()).then_some(pieces)
}

fn is_scheme(text: &str) -> bool {
    ProxyScheme::from_str(&text.to_ascii_lowercase()).is_ok()
}

fn by_look<'a>(fields: &[&'a str]) -> Option<Pieces<'a>> {
    let (scheme, rest) = match fields {
        [scheme, rest @ ..] if is_scheme(scheme) => (Some(*scheme), rest),
        _ => (None, fields),
    };
    let [host, port, rest @ ..] = rest else { return None };
    let (scheme, rest) = match rest {
        [third, rest @ ..] if scheme.is_none() && is_scheme(third) => (Some(*third), rest),
        _ => (scheme, rest),
    };
    let (user, password) = match rest {
        [] | [""] | ["", ""] => ("", None),
        [user] => (*user, Some("")),
        [user, password, ..] => (*user, Some(*password)),
    };
    Some(Pieces { scheme, host, port, user, password })
}

/// The four words of `host:port:user:pass` or `user:pass:host:port`, told apart by which of them
/// is a port; where both could be, by which looks like a host.
pub(super) fn turned_round(line: &str) -> Option<Pieces<'_>> {
    let words: Vec<_> = line.split(':').collect();
    let [user, password, host, port] = words.as_slice() else { return None };
    let is_port = |text: &str| text.parse::<u16>().is_ok_and(|port| port != 0);
    let like_host = |text: &str| text.contains('.') || text == "localhost";
    let turned = is_port(port) && (!is_port(password) || (like_host(host) && !like_host(user)));
    turned.then_some(Pieces { scheme: None, host, port, user, password: Some(password) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_names_the_columns_in_any_order() {
        let head = head(&fields("Port;IP;Country;Protocol").unwrap()).unwrap();
        let line = fields("1080;203.0.113.7;NL;socks5").unwrap();
        let found = pieces(&line, Some(&head)).unwrap();
        assert_eq!((found.host, found.port, found.scheme), ("203.0.113.7", "1080", Some("socks5")));
    }

    #[test]
    fn what_is_turned_round_is_told_by_its_port() {
        assert!(turned_round("u:p:h.example:80").is_some());
        assert!(turned_round("h.example:80:u:p").is_none());
        assert!(turned_round("u:1234:h.example:80").is_some());
        assert!(turned_round("h.example:80:u:1234").is_none());
        assert!(turned_round("box:80:u:1234").is_none(), "the usual order when nothing tells");
    }
}
