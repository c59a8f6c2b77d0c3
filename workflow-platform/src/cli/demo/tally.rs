//! How far a run is: units of work done of those known so far, over all steps.

use std::collections::BTreeMap;

use serde_json::Value;

use super::sse::SseEvent;

/// What one event means to somebody who waits.
#[derive(Debug, PartialEq, Eq)]
pub enum Heard {
    /// The numbers may have changed.
    Counted,
    /// A step has items, too many to be told here: the execution itself knows how many.
    Unknown,
    /// Something worth a line.
    Said(String),
    /// The run is over.
    End,
}

#[derive(Debug, Default, Clone, Copy)]
struct Part {
    done: u64,
    total: u64,
    /// One unit of work for each item of a `for_each`.
    by_item: bool,
}

/// The sums.
#[derive(Debug, Default)]
pub struct Tally {
    parts: BTreeMap<String, Part>,
    last_id: Option<String>,
    now: String,
}

impl Tally {
    pub fn done(&self) -> u64 {
        self.parts.values().map(|part| part.done).sum()
    }

    pub fn total(&self) -> u64 {
        self.parts.values().map(|part| part.total.max(part.done)).sum()
    }

    /// What is under way.
    pub fn now(&self) -> &str {
        &self.now
    }

    /// Where a stream that was cut goes on.
    pub fn last_id(&self) -> Option<&str> {
        self.last_id.as_deref()
    }

    pub fn take(&mut self, event: &SseEvent) -> Heard {
        if let Some(id) = &event.id {
            self.last_id = Some(id.clone());
        }
        let data = &event.data;
        let step = data["step"].as_str().unwrap_or_default();
        match event.kind.as_str() {
            "end" => return Heard::End,
            "progress" => self.progress(step, data),
            "step.expanded" => return self.expanded(step, &data["items"]),
            "step.succeeded" => return self.succeeded(step, data),
            "step.failed" => return Heard::Said(failed(step, data)),
            _ => {}
        }
        Heard::Counted
    }

    /// Takes the numbers from the execution itself.
    pub fn look(&mut self, execution: &Value) {
        for step in execution["steps"].as_array().into_iter().flatten() {
            let Some(id) = step["id"].as_str() else { continue };
            let number = |name: &str| step["progress"][name].as_u64();
            let by_item = step["items"].is_object();
            if let (Some(done), Some(total)) = (number("done"), number("total")) {
                self.parts.insert(id.to_owned(), Part { done, total, by_item });
            }
        }
    }

    fn part(&mut self, step: &str) -> &mut Part {
        step.clone_into(&mut self.now);
        self.parts.entry(step.to_owned()).or_default()
    }

    fn progress(&mut self, step: &str, data: &Value) {
        let part = self.part(step);
        if !part.by_item {
            part.done = data["done"].as_u64().unwrap_or(part.done);
            part.total = data["total"].as_u64().unwrap_or(part.total);
        }
    }

    fn expanded(&mut self, step: &str, items: &Value) -> Heard {
        let part = self.part(step);
        part.by_item = true;
        match items.as_array() {
            Some(items) => {
                part.total = items.len() as u64;
                Heard::Counted
            }
            None => Heard::Unknown,
        }
    }

    fn succeeded(&mut self, step: &str, data: &Value) -> Heard {
        let part = self.part(step);
        if !data["item"].is_null() {
            part.done += 1;
            if part.done < part.total {
                return Heard::Counted;
            }
        }
        let part = *part;
        let units = if part.by_item { "items" } else { "pages" };
        let done = if part.done > 1 { format!(" ({} {units})", part.done) } else { String::new() };
        Heard::Said(format!("✓ {step}{done}"))
    }
}

fn failed(step: &str, data: &Value) -> String {
    let item = data["item"].as_u64().map_or_else(String::new, |item| format!("[{item}]"));
    let why = data["error"]["message"].as_str().unwrap_or("failed");
    let again = if data["retry_at"].is_null() { "" } else { "; it is tried again" };
    format!("✗ {step}{item}: {why}{again}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn hear(tally: &mut Tally, kind: &str, data: Value) -> Heard {
        tally.take(&SseEvent { id: Some("1".to_owned()), kind: kind.to_owned(), data })
    }

    #[test]
    fn items_and_pages_add_up() {
        let mut tally = Tally::default();
        hear(&mut tally, "step.expanded", json!({"step": "books", "items": [1, 2]}));
        hear(&mut tally, "progress", json!({"step": "shop", "done": 5, "total": 70}));
        let first = hear(&mut tally, "step.succeeded", json!({"step": "books", "item": 0}));
        assert_eq!((tally.done(), tally.total(), first), (6, 72, Heard::Counted));
        let second = hear(&mut tally, "step.succeeded", json!({"step": "books", "item": 1}));
        assert_eq!(second, Heard::Said("✓ books (2 items)".to_owned()));
        let shop = hear(&mut tally, "step.succeeded", json!({"step": "shop"}));
        assert_eq!(shop, Heard::Said("✓ shop (5 pages)".to_owned()));
        assert_eq!(hear(&mut tally, "end", json!({})), Heard::End);
    }

    #[test]
    fn items_too_large_for_the_stream_are_looked_up() {
        let mut tally = Tally::default();
        let heard = hear(&mut tally, "step.expanded", json!({"step": "books", "shortened": true}));
        assert_eq!(heard, Heard::Unknown);
        tally.look(&json!({"steps": [
            {"id": "rank", "items": null, "progress": null},
            {"id": "books", "items": {"total": 20}, "progress": {"done": 3, "total": 20}},
        ]}));
        assert_eq!((tally.done(), tally.total()), (3, 20));
    }

    #[test]
    fn a_failure_says_where_why_and_whether_it_is_final() {
        let mut tally = Tally::default();
        let data = json!({"step": "books", "item": 3, "retry_at": "x", "error": {"message": "answered 503"}});
        let said = "✗ books[3]: answered 503; it is tried again";
        assert_eq!(hear(&mut tally, "step.failed", data), Heard::Said(said.to_owned()));
    }
}
