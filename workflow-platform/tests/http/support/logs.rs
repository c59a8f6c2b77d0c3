//! No secret stands in a log, and no event that its catalogue does not describe. Everything this process and the processes it starts write is kept,
//! at the finest level, and looked through for whatever was handed out or given meanwhile.

use std::{
    collections::BTreeSet,
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::{Mutex, OnceLock},
};

use serde_json::Value;
use tracing_subscriber::fmt::MakeWriter;

/// Libraries below say every byte they move at these levels, which nobody turns on.
const FILTER: &str = "trace,h2=info,html5ever=info,hyper=info,hyper_util=info,mio=info,\
     reqwest=info,rustls=info,selectors=info,tower=info";

/// Fields of requests and answers that hold secrets.
const SECRET_FIELDS: [&str; 18] = [
    "access_token",
    "api_key",
    "code",
    "codes",
    "current_password",
    "key",
    "new_password",
    "old_password",
    "otpauth_uri",
    "otpauth_url",
    "password",
    "recovery_code",
    "recovery_codes",
    "refresh_token",
    "secret",
    "token",
    "totp",
    "uri",
];
/// Shorter texts under such names are names of things.
const LEAST: usize = 16;

/// What the relay says of an event that is not as its kind is described.
const UNDESCRIBED: &str = "is not as its kind is described";

static SECRETS: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// The log of this process.
fn file() -> &'static Mutex<File> {
    static FILE: OnceLock<Mutex<File>> = OnceLock::new();
    FILE.get_or_init(|| Mutex::new(tempfile::tempfile().unwrap()))
}

struct Writer;

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        file().lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Writer {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        Self
    }
}

/// Starts to keep what this process logs; once is enough.
pub fn keep() {
    let subscriber =
        tracing_subscriber::fmt().json().with_env_filter(FILTER).with_writer(Writer).finish();
    let _ = tracing::subscriber::set_global_default(subscriber);
}

/// Remembers the secrets of a request or an answer.
pub fn remember(body: &Value) {
    match body {
        Value::Array(items) => items.iter().for_each(remember),
        Value::Object(fields) => {
            for (name, value) in fields {
                if SECRET_FIELDS.contains(&name.as_str()) {
                    remember_texts(value);
                }
                remember(value);
            }
        }
        _ => {}
    }
}

fn remember_texts(value: &Value) {
    match value {
        Value::String(text) => remember_text(text),
        Value::Array(items) => items.iter().for_each(remember_texts),
        _ => {}
    }
}

/// Remembers a password, a token, or a code of six digits.
pub fn remember_text(text: &str) {
    if text.len() >= LEAST || is_code(text) {
        SECRETS.lock().unwrap().insert(text.to_owned());
    }
}

fn is_code(text: &str) -> bool {
    text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit())
}

/// The secrets that stand in a log, each with its line.
fn found(log: &str) -> Vec<String> {
    let secrets = SECRETS.lock().unwrap();
    let hits = secrets.iter().filter_map(|secret| {
        let at = log.match_indices(secret.as_str()).map(|(at, _)| at);
        let at = at.into_iter().find(|at| !is_code(secret) || stands_alone(log, *at))?;
        let begin = log[..at].rfind('\n').map_or(0, |line| line + 1);
        let line = log[begin..].lines().next().unwrap_or_default();
        Some(format!("{secret:?} in {line}"))
    });
    hits.collect()
}

/// Six digits are a code unless they are part of a longer number or name.
fn stands_alone(log: &str, at: usize) -> bool {
    let part = |byte: Option<&u8>| {
        byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(byte))
    };
    let bytes = log.as_bytes();
    !part(at.checked_sub(1).and_then(|before| bytes.get(before))) && !part(bytes.get(at + 6))
}

/// Looks through a log when it is dropped.
pub struct Scan(Option<PathBuf>);

impl Scan {
    pub const fn of_this_process() -> Self {
        Self(None)
    }

    pub const fn of_file(path: PathBuf) -> Self {
        Self(Some(path))
    }
}

impl Drop for Scan {
    fn drop(&mut self) {
        scan(self.0.as_deref());
    }
}

/// What this process said by now.
fn own() -> String {
    let mut log = String::new();
    let mut file = file().lock().unwrap();
    file.seek(SeekFrom::Start(0)).unwrap();
    file.read_to_string(&mut log).unwrap();
    file.seek(SeekFrom::End(0)).unwrap();
    log
}

/// Fails when a secret stands in this process's log, or in the given one of another process.
fn scan(other: Option<&Path>) {
    if std::thread::panicking() {
        return;
    }
    let log = other.map_or_else(own, |path| std::fs::read_to_string(path).unwrap());
    let found = found(&log);
    assert!(found.is_empty(), "secrets in the log:\n{}", found.join("\n"));
    let strange: Vec<_> = log.lines().filter(|line| line.contains(UNDESCRIBED)).take(5).collect();
    assert!(strange.is_empty(), "events not in the catalogue:\n{}", strange.join("\n"));
}

#[test]
fn a_secret_in_the_log_is_found_by_its_line_and_a_number_is_no_code() {
    remember(&serde_json::json!({
        "data": { "access_token": "eyJ-some-long-token", "codes": ["473829"], "code": "free" },
        "items": [{ "password": "battery staple horse" }],
    }));
    let log = "{\"a\":1}\n{\"message\":\"got eyJ-some-long-token\"}\n";
    assert_eq!(found(log).len(), 1);
    assert!(found(log)[0].ends_with("{\"message\":\"got eyJ-some-long-token\"}"));
    assert_eq!(found("code 473829 was sent, battery staple horse too").len(), 2);
    assert!(found("at 12.473829 a 5473829 b-473829 free").is_empty());
}

#[test]
fn what_is_logged_at_any_level_is_looked_through() {
    keep();
    let before = std::panic::catch_unwind(|| scan(None));
    assert!(before.is_ok(), "nothing was said yet");
    remember_text("a-secret-that-was-said");
    tracing::trace!(token = "a-secret-that-was-said", "said");
    let after = std::panic::catch_unwind(|| scan(None));
    assert!(after.is_err(), "and it is noticed");
}
