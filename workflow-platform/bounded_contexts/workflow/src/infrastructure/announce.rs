//! Tells those who watch an execution that its journal grew.

use std::{collections::HashMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use parking_lot::Mutex;
use serde_json::json;
use shared_kernel::{
    application::Bus,
    domain::{Execution, Id},
};
use tokio::sync::Notify;
use tracing::debug;

use crate::{
    application::executions::{Doorbell, Progress, topic},
    domain::execution::Status,
};

/// Something is new in the queue; the payload is empty.
pub const READY: &str = "workflow.ready";
/// The execution in the payload is to be cancelled.
pub const CANCEL: &str = "workflow.cancel";

/// There is a letter for the execution in the payload.
pub const LETTER: &str = "workflow.letter";

/// Announcements of one execution within this time become one.
const GATHER: Duration = Duration::from_millis(20);
/// Ends are waited for: they gather for no longer than this.
const GATHER_ENDS: Duration = Duration::from_millis(1);

/// One running step or item.
type Place = (Id<Execution>, String, Option<u32>);

#[derive(Default)]
struct Pending {
    /// How far journals are.
    reached: Mutex<HashMap<Id<Execution>, i64>>,
    progress: Mutex<HashMap<Place, Progress>>,
    news: Notify,
    /// Executions that are over, with the number of the last event.
    ended: Mutex<HashMap<Id<Execution>, (i64, Status)>>,
    ends: Notify,
}

/// Publishes on `execution.<id>` how far the journal reaches; the events themselves are read from
/// the database. Never makes the writer wait.
#[derive(Clone)]
pub struct Announcer {
    pending: Arc<Pending>,
}

impl std::fmt::Debug for Announcer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Announcer")
    }
}

impl Announcer {
    /// Starts the publishing tasks; they end when the last clone is gone.
    pub fn start(bus: Arc<dyn Bus>) -> Self {
        let pending = Arc::new(Pending::default());
        let (ends, watched) = (Arc::clone(&bus), Arc::downgrade(&pending));
        tokio::spawn(async move {
            while let Some(pending) = watched.upgrade() {
                if comes(&pending.ends).await {
                    publish_ends(ends.as_ref(), &pending).await;
                    drop(pending);
                    tokio::time::sleep(GATHER_ENDS).await;
                }
            }
        });
        let watched = Arc::downgrade(&pending);
        tokio::spawn(async move {
            while let Some(pending) = watched.upgrade() {
                if comes(&pending.news).await {
                    publish(bus.as_ref(), &pending).await;
                    drop(pending);
                    tokio::time::sleep(GATHER).await;
                }
            }
        });
        Self { pending }
    }

    /// The journal of the execution reaches `seq` now.
    pub fn journalled(&self, execution: Id<Execution>, seq: i64) {
        self.pending.reached.lock().insert(execution, seq);
        self.pending.news.notify_one();
    }

    /// The execution is over, and `seq` is the number of its last event.
    pub fn ended(&self, execution: Id<Execution>, seq: i64, status: Status) {
        self.pending.reached.lock().remove(&execution);
        self.pending.ended.lock().insert(execution, (seq, status));
        self.pending.ends.notify_one();
    }

    /// How far a step is; of what comes faster than it can be told, the last is told.
    pub fn progress(&self, execution: Id<Execution>, progress: Progress) {
        let key = (execution, progress.step.clone(), progress.item);
        self.pending.progress.lock().insert(key, progress);
        self.pending.news.notify_one();
    }
}

/// Whether there was news before it was time to look whether anybody is left.
async fn comes(news: &Notify) -> bool {
    tokio::time::timeout(Duration::from_secs(1), news.notified()).await.is_ok()
}

async fn publish_ends(bus: &dyn Bus, pending: &Pending) {
    let ended = std::mem::take(&mut *pending.ended.lock());
    for (execution, (seq, status)) in ended {
        let news = json!({ "seq": seq, "ended": status });
        tell(bus, &topic(execution), &news.to_string()).await;
    }
}

async fn publish(bus: &dyn Bus, pending: &Pending) {
    let progress = std::mem::take(&mut *pending.progress.lock());
    for ((execution, ..), progress) in progress {
        tell(bus, &topic(execution), &json!({ "progress": progress }).to_string()).await;
    }
    let reached = std::mem::take(&mut *pending.reached.lock());
    for (execution, seq) in reached {
        let news = json!({ "seq": seq });
        tell(bus, &topic(execution), &news.to_string()).await;
    }
}

/// Who is not told looks at the database by and by.
pub(super) async fn tell(bus: &dyn Bus, topic: &str, payload: &str) {
    if let Err(error) = bus.publish(topic, payload).await {
        debug!(error = &error as &dyn std::error::Error, "nobody was told of {topic}");
    }
}

/// Rings for workers over the bus.
pub struct BusDoorbell {
    pub bus: Arc<dyn Bus>,
    pub announcer: Announcer,
}

#[async_trait]
impl Doorbell for BusDoorbell {
    async fn queued(&self, id: Id<Execution>, seq: i64) {
        tell(self.bus.as_ref(), READY, "").await;
        self.announcer.journalled(id, seq);
    }

    async fn begun(&self, id: Id<Execution>, seq: i64) {
        self.announcer.journalled(id, seq);
    }

    async fn cancel_wanted(&self, id: Id<Execution>) {
        tell(self.bus.as_ref(), CANCEL, &id.to_string()).await;
    }

    async fn letter_sent(&self, id: Id<Execution>) {
        tell(self.bus.as_ref(), LETTER, &id.to_string()).await;
    }
}
