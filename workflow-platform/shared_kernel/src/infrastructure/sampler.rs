//! The one job that looks at numbers for the metrics, so that a scrape never asks the database.

use std::{collections::HashSet, sync::Arc, time::Duration};

use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::{
    application::{Reading, Readings},
    domain::{Ambient, Timestamp},
};

/// Between two looks at what is due.
const TICK: Duration = Duration::from_secs(1);
/// Longest that one source may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// A series: the metric and its labels.
type Series = (&'static str, Vec<(&'static str, String)>);

struct Source {
    readings: Arc<dyn Readings>,
    due: Timestamp,
    /// What it said last: a number that is not said any more is nothing.
    said: HashSet<Series>,
}

/// Looks at one source after the other, each when it is due.
pub struct Sampler {
    sources: Vec<Source>,
    ambient: Ambient,
}

impl Sampler {
    pub fn new(sources: Vec<Arc<dyn Readings>>, ambient: Ambient) -> Self {
        let due = Timestamp::default();
        let source = |readings| Source { readings, due, said: HashSet::new() };
        Self { sources: sources.into_iter().map(source).collect(), ambient }
    }

    /// Looks until told to stop.
    pub async fn run(mut self, stop: CancellationToken) {
        loop {
            self.look().await;
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(TICK) => {}
            }
        }
    }

    /// Looks at everything that is due. A source that fails keeps its last numbers.
    pub async fn look(&mut self) {
        for source in &mut self.sources {
            let now = self.ambient.now();
            if source.due > now {
                continue;
            }
            source.due = now.plus(source.readings.every());
            let name = source.readings.name();
            match tokio::time::timeout(PATIENCE, source.readings.read()).await {
                Ok(Ok(read)) => source.tell(read),
                Ok(Err(error)) => {
                    warn!(error = &*error as &dyn std::error::Error, "no {name} for now");
                }
                Err(_) => warn!("looking at {name} takes too long"),
            }
        }
    }
}

impl Source {
    fn tell(&mut self, read: Vec<Reading>) {
        let mut said = HashSet::with_capacity(read.len());
        for Reading { metric, labels, value } in read {
            metrics::gauge!(metric, &labels).set(value);
            said.insert((metric, labels));
        }
        for (metric, labels) in self.said.difference(&said) {
            metrics::gauge!(*metric, labels).set(0.0);
        }
        self.said = said;
    }
}
