//! The crawl's loop: pages out, pages in, records in batches.

use std::{pin::Pin, time::Duration};

use futures::{
    FutureExt as _, StreamExt as _,
    future::{Fuse, FusedFuture as _},
    stream::FuturesUnordered,
};
use serde_json::{Value, json};
use shared_kernel::application::{ActionContext, ActionError, StepRecord};
use tokio::time::Instant;

use super::{
    frontier::{Frontier, Outcome, Visit, Waiting},
    input::Plan,
    page::{Reader, Seen},
};

/// Visits that are recorded together.
const BATCH: usize = 64;
/// Longest time that a visit waits for its record.
const GATHER: Duration = Duration::from_millis(250);

type Recording<'a> = Fuse<Pin<Box<dyn Future<Output = Result<(), ActionError>> + Send + 'a>>>;

/// The crawl's working state.
pub(super) struct Crawl<'a> {
    ctx: &'a ActionContext,
    plan: &'a Plan,
    frontier: Frontier,
    /// Visits that are not recorded yet.
    pending: Vec<StepRecord>,
    last_flush: Instant,
}

impl<'a> Crawl<'a> {
    pub fn new(ctx: &'a ActionContext, plan: &'a Plan) -> Self {
        let frontier = Frontier::resume(plan, &ctx.records);
        Self { ctx, plan, frontier, pending: Vec::new(), last_flush: Instant::now() }
    }

    /// Goes on until nothing is left. One batch is written while the next pages are fetched.
    pub async fn run(mut self, reader: &Reader) -> Result<Value, ActionError> {
        let mut pages = FuturesUnordered::new();
        let mut recording: Recording<'a> = Fuse::terminated();
        loop {
            while pages.len() < self.plan.parallelism && !self.ctx.cancel.is_cancelled() {
                let Some(page) = self.frontier.next(self.plan) else { break };
                pages.push(reader.clone().see(page));
            }
            tokio::select! {
                Some((page, seen)) = pages.next() => self.take(page, seen)?,
                written = &mut recording, if !recording.is_terminated() => written?,
                else => break,
            }
            if recording.is_terminated() && self.is_time_to_record(pages.is_empty()) {
                recording = self.record();
            }
        }
        self.finish()
    }

    fn is_time_to_record(&self, is_last: bool) -> bool {
        let full = self.pending.len() >= BATCH || self.last_flush.elapsed() >= GATHER;
        !self.pending.is_empty() && (full || is_last)
    }

    fn record(&mut self) -> Recording<'a> {
        self.last_flush = Instant::now();
        let (ctx, batch) = (self.ctx, std::mem::take(&mut self.pending));
        let work: Pin<Box<dyn Future<Output = _> + Send + 'a>> =
            Box::pin(async move { ctx.channel.record(batch).await });
        work.fuse()
    }

    fn take(&mut self, page: Waiting, seen: Seen) -> Result<(), ActionError> {
        self.frontier.under_way -= 1;
        let Waiting { url, depth } = page;
        let visit = match seen {
            Seen::Stopped => return Err(ActionError::cancelled()),
            Seen::Page { url, .. } if self.frontier.keeps(&url) => Visit {
                depth,
                outcome: Outcome::Skipped(format!("same page as {url}")),
                links: Vec::new(),
            },
            Seen::Page { row, links, .. } => {
                let links = self.frontier.fresh(links, self.plan, depth);
                Visit { depth, outcome: Outcome::Page(row), links }
            }
            Seen::Other(kind) => {
                Visit { depth, outcome: Outcome::Skipped(kind), links: Vec::new() }
            }
            Seen::Failed(row) => Visit { depth, outcome: Outcome::Failed(row), links: Vec::new() },
        };
        if let Ok(value) = serde_json::to_value(&visit) {
            self.pending.push(StepRecord { key: url.to_string(), value });
        }
        self.frontier.take(visit);
        let total = self.frontier.expected(self.plan);
        self.ctx.progress(self.frontier.done() as u64, Some(total as u64), url.as_str());
        Ok(())
    }

    /// A crawl of which not one page could be got has failed; its first error says why.
    fn finish(self) -> Result<Value, ActionError> {
        if self.ctx.cancel.is_cancelled() {
            return Err(ActionError::cancelled());
        }
        let left = self.frontier.left();
        let Frontier { pages, failed, skipped, .. } = self.frontier;
        if pages.is_empty()
            && let Some(first) = failed.first()
        {
            return Err(nothing_got(first));
        }
        let counts = json!({ "pages": pages.len(), "failed": failed.len(), "skipped": skipped, "left": left });
        Ok(json!({ "pages": pages, "failed": failed, "counts": counts }))
    }
}

fn nothing_got(first: &Value) -> ActionError {
    let code = first["error"]["code"].as_str().unwrap_or("CRAWL_FAILED");
    let message = format!(
        "{}: {}",
        first["url"].as_str().unwrap_or_default(),
        first["error"]["message"].as_str().unwrap_or_default()
    );
    let retryable = matches!(
        code,
        "TRANSPORT_FAILED" | "FETCH_TIMEOUT" | "HOST_THROTTLED" | "NO_PROXY" | "DNS_FAILED"
    );
    let error = if retryable {
        ActionError::retryable(code, message)
    } else {
        ActionError::permanent(code, message)
    };
    error.with_details(first.clone())
}
