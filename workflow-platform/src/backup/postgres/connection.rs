//! How PostgreSQL's programs are told where the server is: by their environment, where no list of
//! processes shows a password.

use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

/// Parameters of a URL that the programs take as variables.
const PARAMETERS: [(&str, &str); 14] = [
    ("host", "PGHOST"),
    ("hostaddr", "PGHOSTADDR"),
    ("port", "PGPORT"),
    ("dbname", "PGDATABASE"),
    ("user", "PGUSER"),
    ("password", "PGPASSWORD"),
    ("sslmode", "PGSSLMODE"),
    ("ssl-mode", "PGSSLMODE"),
    ("sslrootcert", "PGSSLROOTCERT"),
    ("ssl-root-cert", "PGSSLROOTCERT"),
    ("sslcert", "PGSSLCERT"),
    ("ssl-cert", "PGSSLCERT"),
    ("sslkey", "PGSSLKEY"),
    ("ssl-key", "PGSSLKEY"),
];

/// The variables for a `postgresql://` URL.
pub(super) fn environment(url: &SecretString) -> Vec<(&'static str, String)> {
    let mut variables = vec![
        ("PGAPPNAME", "workflow-platform-backup".to_owned()),
        ("PGCONNECT_TIMEOUT", "15".to_owned()),
        ("PGCLIENTENCODING", "UTF8".to_owned()),
    ];
    let Ok(url) = Url::parse(url.expose_secret()) else { return variables };
    let mut add = |name, value: &str| {
        if !value.is_empty() {
            variables.push((name, decoded(value)));
        }
    };
    add("PGHOST", url.host_str().unwrap_or_default().trim_matches(['[', ']']));
    add("PGUSER", url.username());
    add("PGPASSWORD", url.password().unwrap_or_default());
    add("PGDATABASE", url.path().trim_start_matches('/'));
    if let Some(port) = url.port() {
        variables.push(("PGPORT", port.to_string()));
    }
    for (name, value) in url.query_pairs() {
        if let Some((_, variable)) = PARAMETERS.iter().find(|(parameter, _)| *parameter == name) {
            variables.push((variable, value.into_owned()));
        }
    }
    variables
}

/// Percent signs and what follows them.
fn decoded(text: &str) -> String {
    let pair = format!("x={}", text.replace('+', "%2B"));
    let value = url::form_urlencoded::parse(pair.as_bytes()).next();
    value.map(|(_, value)| value.into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn every_part_of_a_url_becomes_a_variable() {
        let url =
            "postgresql://ad%40a:p%2Bq+r%26s@[::1]:5433/my%20base?sslmode=require&host=/run/pg";
        let found: HashMap<_, _> = environment(&url.into()).into_iter().collect();
        for (name, value) in [
            ("PGUSER", "ad@a"),
            ("PGPASSWORD", "p+q+r&s"),
            ("PGPORT", "5433"),
            ("PGDATABASE", "my base"),
            ("PGSSLMODE", "require"),
            ("PGHOST", "/run/pg"),
        ] {
            assert_eq!(found[name], value, "{name}");
        }
    }

    #[test]
    fn what_a_url_does_not_say_is_left_to_the_programs() {
        let found: HashMap<_, _> = environment(&"postgresql://db".into()).into_iter().collect();
        assert_eq!(found["PGHOST"], "db");
        assert!(
            ["PGUSER", "PGPASSWORD", "PGPORT", "PGDATABASE"].iter().all(|n| !found.contains_key(n))
        );
    }
}
