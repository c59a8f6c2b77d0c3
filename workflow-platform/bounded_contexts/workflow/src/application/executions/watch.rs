//! Follows an execution while it runs.

use std::time::Duration;

use futures::{StreamExt as _, stream::BoxStream};
use shared_kernel::{
    application::{BusMessage, BusStream, Principal, Subscription},
    domain::{Execution, Id, Owner, Permission},
};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::{
    ExecutionService, ExecutionsError, Progress, StoreError, StoredEvent, ends::AwaitedEnd,
};
use crate::domain::execution::{Finished, JournalEvent, Status};

/// Events read at a time.
const CHUNK: u32 = 200;
/// Updates that wait for a slow reader.
const AHEAD: usize = 64;
/// How often the database is looked at when the bus is silent.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// What a watcher hears.
#[derive(Debug, Clone, PartialEq)]
pub enum Update {
    /// The journal grew.
    Event(Box<StoredEvent>),
    /// A step tells how far it is; not durable.
    Progress(Progress),
    /// Nothing more will come.
    End(Status),
}

/// Updates in the order of the journal; ends after [`Update::End`].
pub type Updates = BoxStream<'static, Update>;

/// What the bus carries on the topic of an execution.
#[derive(serde::Deserialize)]
struct News {
    progress: Option<Progress>,
    /// The execution is over.
    #[serde(default)]
    ended: Option<Status>,
}

impl ExecutionService {
    /// Updates of one execution after event number `after`.
    pub async fn watch(
        &self,
        who: &Principal,
        id: Id<Execution>,
        after: i64,
    ) -> Result<Updates, ExecutionsError> {
        who.require(Permission::WorkflowRead)?;
        self.watch_for(who.owner(), id, after).await
    }

    /// As `watch`, for an owner whom the caller has made sure of.
    pub async fn watch_for(
        &self,
        owner: Owner,
        id: Id<Execution>,
        after: i64,
    ) -> Result<Updates, ExecutionsError> {
        let found = self.ports.store.find(owner, id).await?;
        found.ok_or(ExecutionsError::NotFound)?;
        let news = self.ports.bus.subscribe(Subscription::Topic(topic(id))).await?;
        let (sender, receiver) = mpsc::channel(AHEAD);
        let follower = Follower { service: self.clone(), owner, id, seq: after, sender };
        tokio::spawn(follower.run(news));
        Ok(ReceiverStream::new(receiver).boxed())
    }
}

/// Hears of the end of one execution, from the moment it was made.
pub struct EndWatch {
    service: ExecutionService,
    id: Id<Execution>,
    here: AwaitedEnd,
    news: BusStream,
}

/// That an execution is over.
#[derive(Debug, Clone, PartialEq)]
pub enum End {
    /// In this process, which knows what it came to.
    Here(Finished),
    /// Somewhere, with this status.
    Elsewhere(Status),
}

impl End {
    /// How it ended.
    pub const fn status(&self) -> Status {
        match self {
            Self::Here(finished) => finished.status,
            Self::Elsewhere(status) => *status,
        }
    }
}

impl ExecutionService {
    /// To be called before the start of an execution whose end is wanted.
    pub async fn end_watch(&self, id: Id<Execution>) -> Result<EndWatch, ExecutionsError> {
        let here = self.ends.await_end(id);
        let news = self.ports.bus.subscribe(Subscription::Topic(topic(id))).await?;
        Ok(EndWatch { service: self.clone(), id, here, news })
    }

    /// Waits until an execution is over, without following it, for an owner whom the caller has
    /// made sure of.
    pub async fn end_of(&self, owner: Owner, id: Id<Execution>) -> Result<End, ExecutionsError> {
        let watch = self.end_watch(id).await?;
        match self.final_status(owner, id).await? {
            Some(status) => Ok(End::Elsewhere(status)),
            None => watch.wait(owner).await,
        }
    }

    /// What an execution that is over came to; `None` when it was taken up again since.
    pub async fn outcome(
        &self,
        id: Id<Execution>,
        end: End,
    ) -> Result<Option<Finished>, ExecutionsError> {
        if let End::Here(finished) = end {
            return Ok(Some(finished));
        }
        Ok(match self.ports.store.last_event(id).await?.map(|stored| stored.event) {
            Some(JournalEvent::Finished(finished)) => Some(finished),
            _ => None,
        })
    }

    async fn final_status(
        &self,
        owner: Owner,
        id: Id<Execution>,
    ) -> Result<Option<Status>, ExecutionsError> {
        let found = self.ports.store.find(owner, id).await?;
        let status = found.ok_or(ExecutionsError::NotFound)?.status;
        Ok(status.is_final().then_some(status))
    }
}

impl EndWatch {
    /// Until the execution, which belongs to the owner, is over.
    pub async fn wait(mut self, owner: Owner) -> Result<End, ExecutionsError> {
        loop {
            tokio::select! {
                biased;
                finished = self.here.finished() => return Ok(End::Here(finished)),
                status = told(&mut self.news) => return Ok(End::Elsewhere(status)),
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
            // What nobody told is found out by looking.
            if let Some(status) = self.service.final_status(owner, self.id).await? {
                return Ok(End::Elsewhere(status));
            }
        }
    }
}

/// How the bus says that the execution ended.
async fn told(news: &mut BusStream) -> Status {
    while let Some(message) = news.next().await {
        let news: Result<News, _> = serde_json::from_str(&message.payload);
        if let Some(status) = news.ok().and_then(|news| news.ended) {
            return status;
        }
    }
    futures::future::pending().await
}

/// The topic on which an execution's news are published.
pub(crate) fn topic(id: Id<Execution>) -> String {
    format!("execution.{id}")
}

struct Follower {
    service: ExecutionService,
    owner: Owner,
    id: Id<Execution>,
    seq: i64,
    sender: mpsc::Sender<Update>,
}

/// The reader is gone, or there is nothing left to tell.
struct Over;

impl Follower {
    async fn run(mut self, mut news: BusStream) {
        loop {
            match self.catch_up().await {
                Ok(Ok(())) => {}
                Ok(Err(Over)) => return,
                Err(error) => tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    execution.id = %self.id,
                    "watching an execution failed for now"
                ),
            }
            if self.listen(&mut news).await.is_err() {
                return;
            }
        }
    }

    async fn send(&self, update: Update) -> Result<(), Over> {
        self.sender.send(update).await.map_err(|_| Over)
    }

    /// Reads what is new, up to the end of the journal.
    async fn catch_up(&mut self) -> Result<Result<(), Over>, StoreError> {
        let store = self.service.ports.store.clone();
        loop {
            // The status first: what is final before the events are read has all of them.
            let row = store.find(self.owner, self.id).await?;
            let events = store.events(self.id, self.seq, CHUNK).await?;
            let last = events.len() < usize::try_from(CHUNK).unwrap_or(usize::MAX);
            let mut finished = false;
            for stored in events {
                self.seq = stored.seq;
                finished = matches!(stored.event, JournalEvent::Finished(_));
                if self.send(Update::Event(Box::new(stored))).await.is_err() {
                    return Ok(Err(Over));
                }
            }
            let over = row.as_ref().is_some_and(|row| row.status.is_final());
            // An execution that ended after its row was read, unless it was taken up again.
            if !last || (finished && !over) {
                continue;
            }
            match row.map(|row| row.status) {
                Some(status) if status.is_final() => {
                    let _ = self.send(Update::End(status)).await;
                    return Ok(Err(Over));
                }
                Some(_) => return Ok(Ok(())),
                None => return Ok(Err(Over)),
            }
        }
    }

    /// Passes progress on until the journal grew, or some time went by.
    async fn listen(&self, news: &mut BusStream) -> Result<(), Over> {
        let look = tokio::time::sleep(LOOK_EVERY);
        tokio::pin!(look);
        loop {
            tokio::select! {
                () = self.sender.closed() => return Err(Over),
                () = &mut look => return Ok(()),
                message = news.next() => match message.map(|message| progress_of(&message)) {
                    Some(Some(progress)) => self.send(Update::Progress(progress)).await?,
                    Some(None) => return Ok(()),
                    // Without a bus the clock alone wakes us.
                    None => {
                        (&mut look).await;
                        return Ok(());
                    }
                },
            }
        }
    }
}

/// The progress a message tells of; `None` when it tells of the journal.
pub(crate) fn progress_of(message: &BusMessage) -> Option<Progress> {
    if !message.payload.starts_with("{\"progress\"") {
        return None;
    }
    serde_json::from_str::<News>(&message.payload).ok().and_then(|news| news.progress)
}
