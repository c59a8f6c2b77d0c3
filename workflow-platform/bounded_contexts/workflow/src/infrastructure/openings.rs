//! Places that the worker of this process has free: what is started here may go straight to it.
//!
//! Such a start is written as leased already. It costs no claim, no second change of its row, and
//! its beginning need not be read again. It is fair, since a worker offers only places that nothing in
//! the queue is known to wait for: whoever came later would have had a place just the same.
//!
//! Should the worker die between the start's commit and its work, the execution is a lease like any
//! other of a dead worker.

use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::queue::Claimed;
use crate::application::executions::StoredEvent;

/// An execution that was started for this worker, with the beginning of its journal.
#[derive(Debug)]
pub struct Handed {
    pub claimed: Claimed,
    pub history: Vec<StoredEvent>,
}

#[derive(Debug)]
struct Offer {
    worker: Uuid,
    /// Places that it would fill from the queue, were anything in it.
    free: usize,
    /// Of them, those that starts are being written for or on their way.
    reserved: usize,
    hand: mpsc::UnboundedSender<Handed>,
}

/// Between those who start executions and the one worker of the process, if it has one.
#[derive(Debug, Clone, Default)]
pub struct Openings(Arc<Mutex<Option<Offer>>>);

/// A number of places, held until they are filled or given back.
#[derive(Debug)]
pub(crate) struct Reserved {
    pub worker: Uuid,
    pub places: usize,
    hand: mpsc::UnboundedSender<Handed>,
}

impl Reserved {
    /// The worker finds out by itself when it cannot take it: the lease is in its name.
    pub fn fill(&self, handed: Handed) {
        let _ = self.hand.send(handed);
    }
}

impl Openings {
    /// A worker lives; it offers nothing yet.
    pub(crate) fn open(&self, worker: Uuid) -> mpsc::UnboundedReceiver<Handed> {
        let (hand, handed) = mpsc::unbounded_channel();
        *self.0.lock() = Some(Offer { worker, free: 0, reserved: 0, hand });
        handed
    }

    /// The worker takes nothing more.
    pub(crate) fn close(&self) {
        *self.0.lock() = None;
    }

    /// How many places are free that nothing in the queue waits for.
    pub(crate) fn offer(&self, free: usize) {
        if let Some(offer) = self.0.lock().as_mut() {
            offer.free = free;
        }
    }

    /// Places that are promised to starts.
    pub(crate) fn reserved(&self) -> usize {
        self.0.lock().as_ref().map_or(0, |offer| offer.reserved)
    }

    /// So many places, or as many as there are.
    pub(crate) fn reserve(&self, wanted: usize) -> Option<Reserved> {
        let mut offer = self.0.lock();
        let offer = offer.as_mut()?;
        let places = offer.free.saturating_sub(offer.reserved).min(wanted);
        offer.reserved += places;
        let (worker, hand) = (offer.worker, offer.hand.clone());
        (places > 0).then_some(Reserved { worker, places, hand })
    }

    /// So many places of the worker are filled, or are not needed after all.
    pub(crate) fn settle(&self, worker: Uuid, places: usize) {
        let mut offer = self.0.lock();
        if let Some(offer) = offer.as_mut().filter(|offer| offer.worker == worker) {
            offer.reserved = offer.reserved.saturating_sub(places);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_places_are_promised_than_there_are() {
        let (openings, worker) = (Openings::default(), Uuid::from_u128(1));
        assert!(openings.reserve(1).is_none(), "nobody offers any");
        let _handed = openings.open(worker);
        assert!(openings.reserve(1).is_none(), "it offers none yet");
        openings.offer(3);
        assert_eq!(openings.reserve(2).unwrap().places, 2);
        assert_eq!(openings.reserve(2).unwrap().places, 1);
        assert!(openings.reserve(1).is_none() && openings.reserved() == 3);
        openings.settle(worker, 1);
        assert_eq!(openings.reserve(5).unwrap().places, 1);
        openings.settle(Uuid::from_u128(2), 3);
        assert_eq!(openings.reserved(), 3, "what an earlier worker promised is its own matter");
        openings.close();
        assert!(openings.reserve(1).is_none());
    }
}
