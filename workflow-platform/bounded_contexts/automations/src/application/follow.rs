//! Follows notifications as they come.

use std::{collections::HashSet, time::Duration};

use futures::{StreamExt as _, stream::BoxStream};
use shared_kernel::{
    application::{BusStream, Principal, Subscription},
    domain::{Cursor, Owner, Permission, Timestamp},
};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep_until},
};
use tokio_stream::wrappers::ReceiverStream;
use tracing::warn;
use uuid::Uuid;

use super::{AutomationError, AutomationService, StoreError, notifications::COUNTED};
use crate::domain::Notification;

/// Notes read at a time.
const CHUNK: u32 = 100;
/// Updates that wait for a slow reader.
const AHEAD: usize = 16;
/// How often the database is looked at when the bus is silent.
const LOOK_EVERY: Duration = Duration::from_secs(15);
/// Then whoever follows has to sign in anew.
const LONGEST: Duration = Duration::from_hours(1);
/// A note may become visible so much later than the time it bears, behind others.
const LATE: Duration = Duration::from_secs(10);

/// What a follower hears.
#[derive(Debug, Clone, PartialEq)]
pub enum Update {
    /// A new note, and where to go on after it.
    Note(Box<Notification>, Cursor),
    /// So many are unread now.
    Unread(u32),
}

/// Ends after an hour, and when the process does.
pub type Updates = BoxStream<'static, Update>;

/// The topic on which it is told that somebody's notes changed.
fn topic(owner: Owner) -> String {
    format!("notifications.{}", owner.uuid())
}

impl AutomationService {
    /// New notes after `after`, or from now on, and how many are unread.
    pub async fn follow(
        &self,
        who: &Principal,
        after: Option<Cursor>,
    ) -> Result<Updates, AutomationError> {
        who.require(Permission::AutomationRead)?;
        let owner = who.owner();
        let news = self.ports.bus.subscribe(Subscription::Topic(topic(owner))).await?;
        let now = self.ports.ambient.now();
        let begin = after.unwrap_or(Cursor { at: now, id: Uuid::nil() });
        let (sender, receiver) = mpsc::channel(AHEAD);
        let follower = Follower {
            service: self.clone(),
            owner,
            begin,
            newest: begin.at,
            told: HashSet::new(),
            unread: None,
            sender,
        };
        tokio::spawn(follower.run(news));
        Ok(ReceiverStream::new(receiver).boxed())
    }

    /// Tells whoever follows that notes changed. What is not told is seen at the next look.
    pub(super) async fn ring(&self, owner: Owner) {
        if let Err(error) = self.ports.bus.publish(&topic(owner), "").await {
            let error = &error as &dyn std::error::Error;
            warn!(error, "followers of notifications were not told");
        }
    }
}

struct Follower {
    service: AutomationService,
    owner: Owner,
    /// Nothing up to here is told.
    begin: Cursor,
    /// Of what was told.
    newest: Timestamp,
    /// What was told of the latest seconds.
    told: HashSet<(Timestamp, Uuid)>,
    unread: Option<u32>,
    sender: mpsc::Sender<Update>,
}

/// The reader is gone.
struct Gone;

impl Follower {
    async fn run(mut self, mut news: BusStream) {
        let end = Instant::now() + LONGEST;
        loop {
            match self.look().await {
                Ok(Ok(())) => {}
                Ok(Err(Gone)) => return,
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    warn!(error, "following notifications failed for now");
                }
            }
            if self.waits(&mut news, end).await.is_err() {
                return;
            }
        }
    }

    async fn waits(&self, news: &mut BusStream, end: Instant) -> Result<(), Gone> {
        let look = Instant::now() + LOOK_EVERY;
        tokio::select! {
            () = self.sender.closed() => Err(Gone),
            () = self.service.closing.cancelled() => Err(Gone),
            () = sleep_until(end) => Err(Gone),
            () = sleep_until(look) => Ok(()),
            message = news.next() => {
                // Without a bus the clock alone wakes us.
                if message.is_none() {
                    sleep_until(look.min(end)).await;
                }
                Ok(())
            }
        }
    }

    async fn send(&self, update: Update) -> Result<(), Gone> {
        self.sender.send(update).await.map_err(|_| Gone)
    }

    async fn look(&mut self) -> Result<Result<(), Gone>, StoreError> {
        let notes = self.service.ports.notifications.clone();
        let late = Cursor { at: self.newest.minus(LATE), id: Uuid::nil() };
        let mut after = if late.at > self.begin.at { late } else { self.begin };
        loop {
            let found = notes.after(self.owner, after, CHUNK).await?;
            let is_last = found.len() < usize::try_from(CHUNK).unwrap_or(usize::MAX);
            for note in found {
                after = Cursor { at: note.created_at, id: note.id.uuid() };
                if self.told.insert((after.at, after.id)) {
                    self.newest = self.newest.max(after.at);
                    if self.send(Update::Note(Box::new(note), after)).await.is_err() {
                        return Ok(Err(Gone));
                    }
                }
            }
            let oldest = self.newest.minus(LATE);
            self.told.retain(|(at, _)| *at >= oldest);
            if is_last {
                break;
            }
        }
        let unread = notes.unread(self.owner, COUNTED).await?;
        if self.unread.replace(unread) != Some(unread) {
            return Ok(self.send(Update::Unread(unread)).await);
        }
        Ok(Ok(()))
    }
}
