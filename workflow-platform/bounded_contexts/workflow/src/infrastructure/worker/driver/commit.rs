//! What a driver writes: results in its middle, and how it leaves the execution.

use serde_json::{Value, json};
use shared_kernel::domain::{DomainEvent, Timestamp};
use tracing::{debug, info};

use super::{Desk, Driver, Meters};
use crate::{
    domain::execution::{ChildEnded, ExecutionError, Finished, JournalEvent, Status},
    infrastructure::{
        announce::{LETTER, tell},
        journal::{Append, AppendError, Awaits, Lease, Projection, Reply, pack},
        queue::{Claimed, Envelope, Told},
    },
};

/// Tries again later, on whatever worker.
pub(super) async fn put_off(desk: &Desk, claimed: &Claimed) -> Result<Timestamp, AppendError> {
    let now = desk.parts.ambient.now();
    let at = now.plus(desk.settings.load_again_after);
    let projection = Projection {
        status: Status::Running,
        lease: Lease::Park(Some(at)),
        awaits: Awaits::AsBefore,
        error: None,
        cancel_taken: false,
        letters_taken: claimed.letters_taken,
        bytes: 0,
        at: now,
    };
    desk.writer.append(Append::of_lease(claimed.id, claimed.epoch, projection)).await.map(|()| at)
}

/// Without its definition an execution can only fail.
pub(super) async fn give_up(desk: &Desk, claimed: &Claimed, seq: i64) -> Result<(), AppendError> {
    let now = desk.parts.ambient.now();
    let error = ExecutionError::of_run("DEFINITION_MISSING", "the workflow's version is gone");
    let status = Status::Failed;
    let finished = Finished { status, outputs: Value::Null, error: Some(error.clone()) };
    let reply = reply(desk, claimed, &finished, now)?;
    let event = pack(desk.parts.blobs.as_ref(), claimed.id, &finished.into(), now).await?;
    let projection = Projection {
        status,
        lease: Lease::End,
        awaits: Awaits::Now(None),
        error: Some(error),
        cancel_taken: true,
        letters_taken: claimed.letters_taken,
        bytes: event.size,
        at: now,
    };
    desk.writer
        .append(Append {
            execution: claimed.id,
            epoch: claimed.epoch,
            first_seq: seq,
            events: vec![event],
            projection: Some(projection),
            outbox: finished_event(desk, claimed, status, now).into_iter().collect(),
            letters: Vec::new(),
            reply,
        })
        .await
}

/// What the execution that waits for this one is told.
fn reply(
    desk: &Desk,
    claimed: &Claimed,
    finished: &Finished,
    at: Timestamp,
) -> Result<Option<Reply>, AppendError> {
    let Some(to) = claimed.parent else { return Ok(None) };
    let Finished { status, outputs, error } = finished.clone();
    let told = Told::ChildEnded(ChildEnded { execution: claimed.id, status, outputs, error });
    let (id, body) = (desk.parts.ambient.uuid(), serde_json::to_string(&told)?);
    Ok(Some(Reply { owner: claimed.owner, letter: Envelope { to, id, body, at } }))
}

/// Nobody is told of items.
fn finished_event(
    desk: &Desk,
    claimed: &Claimed,
    status: Status,
    at: Timestamp,
) -> Option<DomainEvent> {
    (!claimed.is_fragment).then(|| DomainEvent {
        id: desk.parts.ambient.id(),
        kind: "execution.finished".to_owned(),
        version: 1,
        aggregate: "execution".to_owned(),
        aggregate_id: claimed.id.to_string(),
        user: Some(claimed.owner.user()),
        payload: json!({
            "execution_id": claimed.id,
            "definition_id": claimed.definition_id,
            "version": claimed.version,
            "status": status,
        }),
        occurred_at: at,
        request_id: None,
    })
}

impl Driver {
    /// That a worker took the execution may wait for the first result: nothing depends on it.
    pub(super) fn must_flush(&self) -> bool {
        self.cancel_taken
            || !self.letters.is_empty()
            || !self.answers.is_empty()
            || self.pending.iter().any(|(event, _)| !matches!(event, JournalEvent::Started(_)))
    }

    /// Makes everything pending durable, and tells those who wait for it.
    pub(super) async fn flush(
        &mut self,
        mut projection: Option<Projection>,
    ) -> Result<(), AppendError> {
        let mut outbox = Vec::new();
        // Lists tell at once who waits for a signal, however long others run beside it.
        let tells = self.cancel_taken
            || !self.letters.is_empty()
            || self.machine.awaited() != self.shown_awaited;
        if tells && projection.is_none() {
            projection = Some(self.projection(Status::Running, Lease::Keep));
        }
        if let Some(ended) = projection.as_ref().filter(|p| p.lease == Lease::End) {
            outbox.extend(finished_event(&self.desk, &self.claimed, ended.status, ended.at));
        }
        let reply = match self.pending.last() {
            Some((JournalEvent::Finished(finished), at)) => {
                reply(&self.desk, &self.claimed, finished, *at)?
            }
            _ => None,
        };
        let mut events = Vec::with_capacity(self.pending.len());
        let mut bytes: i64 = 0;
        for (event, at) in self.pending.drain(..) {
            let row = pack(self.desk.parts.blobs.as_ref(), self.claimed.id, &event, at).await?;
            bytes = bytes.saturating_add(row.size);
            events.push(row);
        }
        self.bytes = self.bytes.saturating_add(bytes);
        if let Some(projection) = &mut projection {
            projection.bytes = std::mem::take(&mut self.bytes);
        }
        let first_seq = self.next_seq;
        self.next_seq += i64::try_from(events.len()).unwrap_or(i64::MAX);
        let (execution, epoch) = (self.claimed.id, self.claimed.epoch);
        let letters = std::mem::take(&mut self.letters);
        if let Some(Awaits::Now(awaited)) = projection.as_ref().map(|new| &new.awaits) {
            self.shown_awaited.clone_from(awaited);
        }
        let append =
            Append { execution, epoch, first_seq, events, projection, outbox, letters, reply };
        let is_kept = append.projection.as_ref().is_none_or(|new| new.lease == Lease::Keep);
        self.desk.writer.append(append).await?;
        if is_kept {
            self.snapshots.journalled(&self.desk, &self.claimed, self.next_seq - 1, bytes).await;
        }
        self.cancel_taken = false;
        for answer in self.answers.drain(..) {
            // A step that was cut off does not wait any more.
            let _ = answer.send(());
        }
        Ok(())
    }

    fn projection(&self, status: Status, lease: Lease) -> Projection {
        let (cancel_taken, letters_taken) = (self.cancel_taken, self.letters_taken);
        let at = self.now();
        // The bytes are known when the events are packed.
        let awaits = Awaits::Now(self.machine.awaited());
        Projection { status, lease, awaits, error: None, cancel_taken, letters_taken, bytes: 0, at }
    }

    pub(super) async fn finish(mut self: Box<Self>, status: Status) -> Result<(), AppendError> {
        let finished = match self.pending.last() {
            Some((JournalEvent::Finished(finished), _)) => Some(finished),
            _ => None,
        };
        let error = finished.and_then(|finished| finished.error.clone());
        let ends = self.desk.parts.executions.ends().clone();
        let awaited = finished.filter(|_| ends.is_awaited(self.claimed.id)).cloned();
        let projection = Projection { error, ..self.projection(status, Lease::End) };
        self.flush(Some(projection)).await?;
        if let Some(finished) = awaited {
            ends.tell(self.claimed.id, &finished);
        }
        if !self.claimed.is_fragment {
            Meters::finished(status);
        }
        if let Some(parent) = self.claimed.parent {
            tell(self.desk.parts.bus.as_ref(), LETTER, &parent.to_string()).await;
        }
        info!(
            execution.id = %self.claimed.id,
            execution.status = status.as_str(),
            "execution {} {}", self.claimed.id, status.as_str()
        );
        Ok(())
    }

    /// Nothing runs: the lease is given up until the timer is due, or a letter comes.
    pub(super) async fn park(
        mut self: Box<Self>,
        wake_at: Option<Timestamp>,
    ) -> Result<Option<Timestamp>, AppendError> {
        let projection = self.projection(Status::Waiting, Lease::Park(wake_at));
        self.flush(Some(projection)).await?;
        debug!(execution.id = %self.claimed.id, "execution waits");
        Ok(wake_at)
    }

    /// What ended in time is kept, what did not is run again by whoever takes the execution.
    pub(super) async fn hand_back(mut self: Box<Self>) -> Result<(), AppendError> {
        for running in self.running.values() {
            running.cancel.cancel();
        }
        let limit = tokio::time::sleep(self.desk.settings.stop_grace);
        tokio::pin!(limit);
        while !self.tasks.is_empty() {
            tokio::select! {
                () = &mut limit => break,
                Some(ended) = self.tasks.join_next() => {
                    if let Ok((key, Ok(output))) = ended {
                        self.end(key, Ok(output));
                    }
                }
                Some(request) = self.records.1.recv() => {
                    self.record(request);
                    self.flush(None).await?;
                }
            }
        }
        let projection = self.projection(Status::Running, Lease::Yield);
        self.flush(Some(projection)).await
    }
}
