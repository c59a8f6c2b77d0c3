//! All variables in one table, for people.

use std::fmt::Write as _;

use super::{VARIABLES, Variable};

const HEAD: &str = "\
# All variables

Written by `workflow-platform config reference` from what the binary reads; `make openapi` writes it anew. \
[Configuration](configuration.md) explains them by subject. Those marked as secret belong into a secret store, and \
`workflow-platform --print-config` hides them.

| variable | default | secret | meaning |
|---|---|---|---|
";

/// The table in Markdown.
pub fn markdown() -> String {
    let mut text = HEAD.to_owned();
    for variable in VARIABLES {
        let Variable { name, default, meaning } = variable;
        let default = if default.is_empty() { String::new() } else { format!("`{default}`") };
        let secret = if is_secret(name) { "yes" } else { "" };
        let meaning = meaning.replace('|', "\\|");
        let _ = writeln!(text, "| `{name}` | {default} | {secret} | {meaning} |");
    }
    text
}

/// Whether a value gives a right to whoever reads it. Addresses of databases have passwords in
/// them, and headers tokens.
pub fn is_secret(name: &str) -> bool {
    let named =
        ["_SECRET_KEY", "_SECRET", "_PASSWORD", "_TOKEN", "_SECRET_KEYS", "SECRET_ACCESS_KEY"];
    let holds = ["DATABASE_URL", "REDIS_URL", "OTEL_EXPORTER_OTLP_HEADERS"];
    named.iter().any(|end| name.ends_with(end)) || holds.contains(&name)
}
