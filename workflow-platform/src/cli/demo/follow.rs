//! Follows a run live: by its event stream, and by asking where the stream is cut.

use std::time::Duration;

use anyhow::Context as _;
use futures::StreamExt as _;
use indicatif::{ProgressBar, ProgressStyle};
use reqwest::Method;
use serde_json::Value;

use super::{
    api::Api,
    sse::SseBuffer,
    tally::{Heard, Tally},
};

/// A run that takes longer has failed.
const PATIENCE: Duration = Duration::from_mins(5);
/// Between two looks at a run whose stream was cut.
const PAUSE: Duration = Duration::from_millis(500);
const ENDED: [&str; 4] = ["succeeded", "failed", "cancelled", "timed_out"];

/// Shows a bar until the run is over; gives the execution as it ended.
pub async fn follow(api: &Api, id: &str) -> anyhow::Result<Value> {
    let bar = ProgressBar::new(1);
    bar.set_style(ProgressStyle::with_template("  {bar:40} {pos}/{len} {msg}")?);
    let run = Run { api, path: format!("/workflow/executions/{id}"), bar, tally: Tally::default() };
    let late = || format!("the run did not end within {} s", PATIENCE.as_secs());
    tokio::time::timeout(PATIENCE, run.watch()).await.with_context(late)?
}

struct Run<'a> {
    api: &'a Api,
    path: String,
    bar: ProgressBar,
    tally: Tally,
}

impl Run<'_> {
    async fn watch(mut self) -> anyhow::Result<Value> {
        loop {
            if let Err(error) = self.stream().await {
                tracing::debug!(%error, "the stream of events was cut");
            }
            let execution = self.api.get(&self.path).await?;
            if execution["status"].as_str().is_some_and(|status| ENDED.contains(&status)) {
                self.bar.finish_and_clear();
                return Ok(execution);
            }
            self.tally.look(&execution);
            self.draw();
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Until the stream says that the run is over, or breaks.
    async fn stream(&mut self) -> anyhow::Result<()> {
        let mut request = self.api.request(Method::GET, &format!("{}/events", self.path));
        if let Some(id) = self.tally.last_id() {
            request = request.header("last-event-id", id);
        }
        let mut chunks = request.send().await?.error_for_status()?.bytes_stream();
        let mut buffer = SseBuffer::default();
        while let Some(chunk) = chunks.next().await {
            buffer.push(&chunk?);
            while let Some(event) = buffer.next() {
                match self.tally.take(&event) {
                    Heard::End => return Ok(()),
                    Heard::Said(line) => self.bar.suspend(|| println!("  {line}")),
                    Heard::Unknown => self.tally.look(&self.api.get(&self.path).await?),
                    Heard::Counted => {}
                }
                self.draw();
            }
        }
        Ok(())
    }

    fn draw(&self) {
        self.bar.set_length(self.tally.total().max(1));
        self.bar.set_position(self.tally.done());
        self.bar.set_message(self.tally.now().to_owned());
    }
}
