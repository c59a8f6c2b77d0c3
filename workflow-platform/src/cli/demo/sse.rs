//! Server-sent events out of the bytes that arrive.

use serde_json::Value;

/// One event of a stream.
#[derive(Debug, Clone, PartialEq)]
pub struct SseEvent {
    pub id: Option<String>,
    pub kind: String,
    pub data: Value,
}

/// Gathers bytes until an event is whole.
#[derive(Debug, Default)]
pub struct SseBuffer {
    bytes: Vec<u8>,
}

impl SseBuffer {
    pub fn push(&mut self, chunk: &[u8]) {
        self.bytes.extend_from_slice(chunk);
    }

    /// The next whole event; comments that only keep the connection alive are passed over.
    pub fn next(&mut self) -> Option<SseEvent> {
        loop {
            let end = self.bytes.windows(2).position(|pair| pair == b"\n\n")?;
            let frame: Vec<u8> = self.bytes.drain(..end + 2).collect();
            if let Some(event) = parse(&String::from_utf8_lossy(&frame)) {
                return Some(event);
            }
        }
    }
}

fn parse(frame: &str) -> Option<SseEvent> {
    let field = |name: &str| {
        let value = frame.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
        Some(value.strip_prefix(' ').unwrap_or(value))
    };
    let kind = field("event")?.to_owned();
    let data = field("data").and_then(|data| serde_json::from_str(data).ok()).unwrap_or_default();
    Some(SseEvent { id: field("id").map(str::to_owned), kind, data })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn events_come_whole_however_the_bytes_are_cut() {
        let text = ": alive\n\nid: 7\nevent: step.started\ndata: {\"step\":\"书\"}\n\nevent: end\ndata: {}\n\nid: 8\n";
        let first = SseEvent {
            id: Some("7".to_owned()),
            kind: "step.started".to_owned(),
            data: json!({"step": "书"}),
        };
        let end = SseEvent { id: None, kind: "end".to_owned(), data: json!({}) };
        for size in 1..text.len() {
            let mut buffer = SseBuffer::default();
            let mut found = Vec::new();
            for chunk in text.as_bytes().chunks(size) {
                buffer.push(chunk);
                found.extend(std::iter::from_fn(|| buffer.next()));
            }
            assert_eq!(found, [first.clone(), end.clone()], "cut at {size}");
        }
    }
}
