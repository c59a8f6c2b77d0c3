//! Load from `wrk`, a process of its own.

use std::io::Write as _;

use tempfile::NamedTempFile;
use tokio::process::Command;

const SECONDS: u32 = 5;
/// Of what takes long to answer: what is under way at the end counts as nothing, and with eight
/// callers that was a fortieth of the logins of five seconds.
const MORE_SECONDS: u32 = 15;
/// An answer that is no success is told, so that the run says why it stopped.
const POST: &str = "function request()
  turn = turn % #bodies + 1
  return wrk.format('POST', nil, nil, bodies[turn])
end
function response(status, headers, body)
  if status >= 300 then io.stderr:write(status, ' ', body, '\\n') end
end
";

/// What is asked, again and again.
pub struct Load {
    url: String,
    connections: u32,
    seconds: u32,
    headers: Vec<String>,
    /// Sent in turns.
    bodies: Vec<String>,
}

impl Load {
    pub fn get(url: &str) -> Self {
        let (connections, seconds) = (64, SECONDS);
        let (headers, bodies) = (Vec::new(), Vec::new());
        Self { url: url.to_owned(), connections, seconds, headers, bodies }
    }

    /// Posts JSON over fewer connections.
    pub fn post(url: &str, bodies: Vec<String>, connections: u32) -> Self {
        let headers = vec!["Content-Type: application/json".to_owned()];
        Self { url: url.to_owned(), connections, seconds: MORE_SECONDS, headers, bodies }
    }

    pub fn bearer(mut self, token: &str) -> Self {
        self.headers.push(format!("Authorization: Bearer {token}"));
        self
    }
}

/// Answers a second, and how long the slowest hundredth took.
pub struct Answered {
    pub rate: f64,
    pub p99_ms: f64,
}

/// Runs to its end; an answer that is no success ends the benchmark.
pub async fn run(load: &Load) -> Answered {
    let mut script = NamedTempFile::with_suffix(".lua").unwrap();
    if !load.bodies.is_empty() {
        let bodies: String = load.bodies.iter().map(|body| format!("[[{body}]],")).collect();
        write!(script, "local bodies, turn = {{{bodies}}}, 0\n{POST}").unwrap();
    }
    let mut command = Command::new("wrk");
    command.args(["--latency", "-t", "2", "-c", &load.connections.to_string()]);
    command
        .args(["-d", &format!("{}s", load.seconds), "--timeout", "30s", "-s"])
        .arg(script.path());
    for header in &load.headers {
        command.args(["-H", header]);
    }
    let output = command.arg(&load.url).output().await.unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.contains("Non-2xx"), "{text}{}", String::from_utf8_lossy(&output.stderr));
    Answered { rate: after(&text, "Requests/sec:").parse().unwrap(), p99_ms: p99_ms(&text) }
}

fn after<'a>(text: &'a str, label: &str) -> &'a str {
    let (_, rest) = text.split_once(label).unwrap();
    rest.split_whitespace().next().unwrap()
}

/// Written as `1.25ms`, `310.00us` or `1.02s`. A deviation of `86.99%` stands before it.
fn p99_ms(text: &str) -> f64 {
    let written = after(text, " 99%");
    let (factor, unit) = match written {
        text if text.ends_with("us") => (0.001, "us"),
        text if text.ends_with("ms") => (1.0, "ms"),
        _ => (1000.0, "s"),
    };
    written.trim_end_matches(unit).parse::<f64>().unwrap() * factor
}
