//! Units that this process took from the counts and has not handed out.
//!
//! A start that took each unit from the database would pay for one more transaction. So a process
//! takes some at once, fewer the nearer the limit is, and gives back what lies idle.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use shared_kernel::{
    application::{Limit, Reservation},
    domain::{Owner, Timestamp},
};

use crate::application::ports::Counter;

/// After that, units that nobody asked for go back.
pub(super) const IDLE: Duration = Duration::from_secs(10);

/// Units of one counter, taken while the plan included so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Held {
    month: Timestamp,
    allowed: Option<u64>,
    units: u64,
    asked_at: Timestamp,
}

/// What this process has of a limit of somebody's.
#[derive(Debug, Default)]
pub(super) struct Slot {
    /// Whoever takes more holds it, so that many who come at once take one block.
    pub turn: tokio::sync::Mutex<()>,
    held: Mutex<Option<Held>>,
}

/// Held by nobody across anything that panics, so that what a poisoned lock holds is good.
fn open<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Slot {
    /// Hands out `wanted` units when there are as many, taken for this month under this plan.
    pub fn spend(self: &Arc<Self>, ask: Ask, now: Timestamp) -> Option<Reservation> {
        let mut place = open(&self.held);
        let held = place.as_mut().filter(|held| held.fits(ask) && held.units >= ask.wanted)?;
        held.units -= ask.wanted;
        held.asked_at = now;
        drop(place);
        Some(self.reserved(ask))
    }

    /// Adds a block, less what is handed out of it at once.
    pub fn fill(self: &Arc<Self>, ask: Ask, block: u64, now: Timestamp) -> Reservation {
        let rest = block.saturating_sub(ask.wanted);
        let Ask { counter, allowed, .. } = ask;
        let mut place = open(&self.held);
        // Somebody may have dropped some meanwhile.
        let dropped = place.filter(|held| held.month == counter.month).map_or(0, |held| held.units);
        let units = rest + dropped;
        *place = Some(Held { month: counter.month, allowed, units, asked_at: now });
        drop(place);
        self.reserved(ask)
    }

    /// All units, which are the caller's to give back or to use.
    pub fn empty(&self) -> Option<(Timestamp, u64)> {
        open(&self.held).take().map(|held| (held.month, held.units))
    }

    /// The same unless somebody asked for some lately.
    fn empty_if_idle(&self, now: Timestamp) -> Option<(Timestamp, u64)> {
        let mut place = open(&self.held);
        if place.is_some_and(|held| now.since(held.asked_at) >= IDLE) {
            return place.take().map(|held| (held.month, held.units));
        }
        None
    }

    fn reserved(self: &Arc<Self>, ask: Ask) -> Reservation {
        let slot = Arc::clone(self);
        Reservation::new(ask.wanted, move |units| slot.take_back(ask, units))
    }

    /// Units of a month that is over are nobody's.
    fn take_back(&self, ask: Ask, units: u64) {
        let Ask { counter, allowed, asked_at, .. } = ask;
        let mut place = open(&self.held);
        match place.as_mut() {
            Some(held) if held.month == counter.month => held.units += units,
            Some(held) if held.month > counter.month => {}
            _ => *place = Some(Held { month: counter.month, allowed, units, asked_at }),
        }
    }
}

impl Held {
    fn fits(&self, ask: Ask) -> bool {
        self.month == ask.counter.month && self.allowed == ask.allowed
    }
}

/// What somebody asks for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ask {
    pub counter: Counter,
    pub allowed: Option<u64>,
    pub wanted: u64,
    pub asked_at: Timestamp,
}

/// All of this process.
#[derive(Debug, Default)]
pub(in crate::application) struct Blocks {
    slots: Mutex<HashMap<(Owner, Limit), Arc<Slot>>>,
}

impl Blocks {
    pub(super) fn slot(&self, counter: Counter) -> Arc<Slot> {
        Arc::clone(open(&self.slots).entry((counter.owner, counter.limit)).or_default())
    }

    /// Takes out what is to go back: what lies idle, or all of it. Forgets whom nobody asks for.
    pub(super) fn collect(&self, now: Timestamp, all: bool) -> Vec<(Counter, u64)> {
        let mut found = Vec::new();
        open(&self.slots).retain(|(owner, limit), slot| {
            let emptied = if all { slot.empty() } else { slot.empty_if_idle(now) };
            if let Some((month, units)) = emptied
                && units > 0
            {
                found.push((Counter { owner: *owner, limit: *limit, month }, units));
            }
            // Whoever holds a unit, or asks for one, has the slot too.
            Arc::strong_count(slot) > 1 || open(&slot.held).is_some()
        });
        found
    }
}
