//! The crawl's loop: pages out, pages in, rows and records in batches.

use std::{collections::HashSet, pin::Pin, sync::Arc, time::Duration};

use futures::{
    FutureExt as _,
    future::{Fuse, FusedFuture as _},
};
use serde_json::{Value, json};
use shared_kernel::application::{ActionContext, ActionError, LogLevel, Spent};
use tokio::{task::JoinSet, time::Instant};

use super::{
    frontier::{Counts, Frontier, failure, hash_of},
    input::{Plan, Save},
    page::{Looked, Page, Reader, Seen},
    sink::RowSink,
    visit::{Outcome, Visit, record, visits},
};

/// Visits that are recorded together, and bytes of them.
const BATCH: usize = 256;
const BYTES: usize = 1024 * 1024;
/// Longest time that a visit waits for its record.
const GATHER: Duration = Duration::from_millis(250);
/// Different notes that go to the log.
const NOTES: usize = 100;
/// Longest key of a record, bytes.
const KEY: usize = 500;

type Recording<'a> = Fuse<Pin<Box<dyn Future<Output = Result<(), ActionError>> + Send + 'a>>>;

/// Visits that are not recorded yet.
#[derive(Default)]
struct Pending {
    visits: Vec<String>,
    bytes: usize,
    rows: Vec<Value>,
}

/// The crawl's working state.
pub(super) struct Crawl<'a> {
    ctx: &'a ActionContext,
    plan: Arc<Plan>,
    sink: &'a dyn RowSink,
    frontier: Frontier,
    pending: Pending,
    /// Records that were written, those of earlier runs included.
    records: usize,
    last_flush: Instant,
    until: Option<Instant>,
    notes: HashSet<String>,
    /// Why no further page may be fetched.
    refused: Option<ActionError>,
}

impl<'a> Crawl<'a> {
    pub fn new(ctx: &'a ActionContext, plan: Arc<Plan>, sink: &'a dyn RowSink) -> Self {
        let frontier = Frontier::resume(&plan, || visits(&ctx.records));
        let until = plan.max_time.map(|time| Instant::now() + time);
        Self {
            ctx,
            plan,
            sink,
            frontier,
            pending: Pending::default(),
            records: ctx.records.len(),
            last_flush: Instant::now(),
            until,
            notes: HashSet::new(),
            refused: None,
        }
    }

    /// Goes on until nothing is left. One batch is written while the next pages are fetched.
    pub async fn run(mut self, reader: &Reader) -> Result<Value, ActionError> {
        if self.plan.robots_maps {
            for map in reader.robots_maps().await {
                self.frontier.discover(&self.plan, map.as_str(), 0, true);
            }
        }
        let mut pages = JoinSet::new();
        let mut recording: Recording<'a> = Fuse::terminated();
        loop {
            while pages.len() < self.plan.parallelism && self.may_begin() {
                let Some(page) = self.frontier.next(&self.plan) else { break };
                pages.spawn(Spent::inherited(Spent::current(), reader.clone().see(page)));
            }
            tokio::select! {
                Some(looked) = pages.join_next() => match looked {
                    Ok(looked) => self.take(looked)?,
                    Err(_) => return Err(ActionError::retryable("CRAWL_STOPPED", "a page stopped the crawl")),
                },
                written = &mut recording, if !recording.is_terminated() => written?,
                else => break,
            }
            if recording.is_terminated() && self.is_time_to_record(pages.is_empty()) {
                recording = self.record();
            }
        }
        self.finish()
    }

    /// Whether another page is begun: not while what is to be stored piles up.
    fn may_begin(&self) -> bool {
        !self.ctx.cancel.is_cancelled()
            && self.refused.is_none()
            && self.until.is_none_or(|until| Instant::now() < until)
            && self.pending.visits.len() < 4 * BATCH
    }

    fn is_time_to_record(&self, is_last: bool) -> bool {
        let full = self.pending.visits.len() >= BATCH || self.pending.bytes >= BYTES;
        let due = full || self.last_flush.elapsed() >= GATHER;
        !self.pending.visits.is_empty() && (due || is_last)
    }

    /// Rows first: a visit that is recorded is never made again.
    fn record(&mut self) -> Recording<'a> {
        self.last_flush = Instant::now();
        self.records += 1;
        let (ctx, sink, number) = (self.ctx, self.sink, self.records);
        let Pending { visits, rows, .. } = std::mem::take(&mut self.pending);
        let save = self.plan.save.clone();
        let work: Pin<Box<dyn Future<Output = _> + Send + 'a>> = Box::pin(async move {
            if let (Some(Save { dataset, key }), false) = (&save, rows.is_empty()) {
                sink.store(ctx, dataset, key, rows).await?;
            }
            ctx.channel.record(vec![record(number, &visits)]).await
        });
        work.fuse()
    }

    fn take(&mut self, looked: Looked) -> Result<(), ActionError> {
        self.frontier.under_way -= 1;
        for note in looked.notes {
            if self.notes.len() < NOTES && self.notes.insert(note.clone()) {
                self.ctx.log(LogLevel::Info, &note);
            }
        }
        let (url, depth) = (looked.page.url, looked.page.depth);
        let visit = |outcome| Visit::new(url.clone(), depth, outcome);
        let mut visit = match looked.seen {
            Seen::Stopped => return Err(ActionError::cancelled()),
            // What came before is kept; the page is fetched when the step is tried again.
            Seen::Refused(error) => {
                self.refused = Some(error);
                return Ok(());
            }
            Seen::Page(page) => self.page(&url, depth, *page),
            Seen::Map { pages, maps } => Visit {
                links: self.frontier.fresh(pages, false),
                maps: self.frontier.fresh(maps, true),
                ..visit(Outcome::Map)
            },
            Seen::Other => visit(Outcome::Skipped),
            Seen::Failed(row) => visit(Outcome::Failed(row)),
        };
        visit.is_map = looked.page.is_map;
        if let Ok(text) = serde_json::to_string(&visit) {
            self.pending.bytes += text.len();
            self.pending.visits.push(text);
        }
        self.frontier.take(&self.plan, visit);
        let total = self.frontier.expected(&self.plan);
        self.ctx.progress(self.frontier.done() as u64, Some(total as u64), &url);
        Ok(())
    }

    /// What a page is to the crawl: a row, or one that was there already.
    fn page(&mut self, url: &str, depth: u32, page: Page) -> Visit {
        let visit = |outcome| Visit::new(url.into(), depth, outcome);
        let again = page.addresses.iter().any(|address| self.frontier.keeps(*address))
            || (self.plan.skip_same_content && self.frontier.has_content(page.content));
        if again {
            return visit(Outcome::Skipped);
        }
        let links = self.frontier.fresh(page.links, false);
        let outcome = match &self.plan.save {
            None => Outcome::Page(Some(page.row)),
            Some(save) => match key_fault(&page.row, &save.key) {
                None => {
                    self.pending.rows.push(Value::Object(page.row));
                    Outcome::Page(None)
                }
                Some(text) => Outcome::Failed(failure(url, "BAD_KEY", None, &text, None)),
            },
        };
        let is_plain = page.addresses == [hash_of(url.as_bytes())];
        Visit {
            kept_as: if is_plain { Vec::new() } else { page.addresses },
            content: self.plan.skip_same_content.then_some(page.content),
            not_modified: page.not_modified,
            problems: page.problems,
            links,
            ..visit(outcome)
        }
    }

    /// A crawl of which not one page could be got has failed; its first error says why.
    fn finish(self) -> Result<Value, ActionError> {
        if self.ctx.cancel.is_cancelled() {
            return Err(ActionError::cancelled());
        }
        if let Some(refused) = self.refused {
            return Err(refused);
        }
        let left = self.frontier.left();
        let Frontier { rows, failed, problems, counts, .. } = self.frontier;
        let Counts { pages, failed: failures, skipped, not_modified, .. } = counts;
        if pages == 0
            && let Some(first) = failed.first()
        {
            return Err(nothing_got(first));
        }
        let counts = json!({
            "pages": pages, "failed": failures, "skipped": skipped,
            "not_modified": not_modified, "left": left,
        });
        Ok(json!({ "pages": rows, "failed": failed, "problems": problems, "counts": counts }))
    }
}

/// Why the row cannot stand under its key.
fn key_fault(row: &serde_json::Map<String, Value>, key: &[String]) -> Option<String> {
    let mut length = 0;
    for name in key {
        match row.get(name) {
            Some(Value::String(text)) if !text.is_empty() => length += text.len(),
            Some(Value::Number(_) | Value::Bool(_)) => length += 1,
            _ => return Some(format!("{name}, which is to be the key, is not there")),
        }
    }
    (length > KEY).then(|| format!("the key is longer than {KEY} bytes"))
}

fn nothing_got(first: &Value) -> ActionError {
    let code = first["error"]["code"].as_str().unwrap_or("CRAWL_FAILED");
    let message = format!(
        "{}: {}",
        first["url"].as_str().unwrap_or_default(),
        first["error"]["message"].as_str().unwrap_or_default()
    );
    let retryable = matches!(first["error"]["class"].as_str(), Some("transport" | "throttled"));
    let error = if retryable {
        ActionError::retryable(code, message)
    } else {
        ActionError::permanent(code, message)
    };
    error.with_details(first.clone())
}
