//! Remembers the last progress heard of each running step, so that a page that is opened in the
//! middle of a run shows something at once.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use futures::StreamExt as _;
use moka::sync::Cache;
use parking_lot::Mutex;
use shared_kernel::{
    application::{Bus, Subscription},
    domain::{Execution, Id},
};
use tokio_util::task::AbortOnDropHandle;

use crate::application::executions::{Progress, ProgressBoard, progress_of};

/// Executions remembered.
const REMEMBERED: u64 = 2000;
/// Steps and items remembered of one.
const STEPS: usize = 200;
/// Progress that was not renewed for so long is forgotten.
const FRESH: Duration = Duration::from_mins(5);
/// Between attempts to listen while the bus is away.
const PAUSE: Duration = Duration::from_secs(2);

type Steps = Arc<Mutex<BTreeMap<(String, Option<u32>), Progress>>>;

/// What was heard of each execution.
type Heard = Cache<Id<Execution>, Steps>;

/// Listens on the bus for as long as it lives.
#[derive(Debug)]
pub struct BusProgressBoard {
    heard: Heard,
    _listener: AbortOnDropHandle<()>,
}

impl BusProgressBoard {
    /// Starts listening.
    pub fn start(bus: Arc<dyn Bus>) -> Self {
        let heard: Heard = Cache::builder().max_capacity(REMEMBERED).time_to_idle(FRESH).build();
        let listener = tokio::spawn(listen(bus, heard.clone()));
        Self { heard, _listener: AbortOnDropHandle::new(listener) }
    }
}

async fn listen(bus: Arc<dyn Bus>, heard: Heard) {
    loop {
        if let Ok(mut news) = bus.subscribe(Subscription::Prefix("execution.".into())).await {
            while let Some(message) = news.next().await {
                let id = message.topic.strip_prefix("execution.").map(str::parse);
                if let (Some(Ok(id)), Some(progress)) = (id, progress_of(&message)) {
                    remember(&heard, id, progress);
                }
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
}

fn remember(heard: &Heard, id: Id<Execution>, progress: Progress) {
    let steps = heard.get_with(id, Steps::default);
    let mut steps = steps.lock();
    let key = (progress.step.clone(), progress.item);
    if steps.len() < STEPS || steps.contains_key(&key) {
        steps.insert(key, progress);
    }
}

impl ProgressBoard for BusProgressBoard {
    fn of(&self, id: Id<Execution>) -> Vec<Progress> {
        self.heard
            .get(&id)
            .map(|steps| steps.lock().values().cloned().collect())
            .unwrap_or_default()
    }
}
