//! The memory that passwords are hashed in, kept from one hash to the next.
//!
//! Given back each time, it is cleared and mapped anew for each hash, and while the system takes it
//! back from one core, the others wait: with 46 MiB that is a fifth of all sign-ins.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use argon2::Block;
use parking_lot::Mutex;

/// After so long without a hash the memory goes back to the system.
const IDLE: Duration = Duration::from_secs(10);

#[derive(Debug, Default)]
struct Kept {
    /// Of hashes that are done.
    free: Vec<Vec<Block>>,
    /// Somebody looks whether it is still needed.
    is_watched: bool,
}

/// Cheap to clone: clones share what is kept.
#[derive(Debug, Clone, Default)]
pub(super) struct HashMemory {
    kept: Arc<Mutex<Kept>>,
    uses: Arc<AtomicU64>,
}

impl HashMemory {
    /// Lends at least so many blocks to the job. What they hold is of no meaning: Argon2 writes each
    /// before it reads it.
    pub fn lend<T>(&self, blocks: usize, job: impl FnOnce(&mut [Block]) -> T) -> T {
        self.uses.fetch_add(1, Ordering::Relaxed);
        let mut lent = self.kept.lock().free.pop().unwrap_or_default();
        if lent.len() < blocks {
            lent.resize(blocks, Block::new());
        }
        let done = job(&mut lent);
        self.kept.lock().free.push(lent);
        done
    }

    /// Has the memory go back once it is idle. To be called within a tokio runtime.
    pub fn release_when_idle(&self) {
        let was_watched = std::mem::replace(&mut self.kept.lock().is_watched, true);
        if was_watched {
            return;
        }
        let memory = self.clone();
        tokio::spawn(async move {
            let mut seen = memory.uses.load(Ordering::Relaxed);
            loop {
                tokio::time::sleep(IDLE).await;
                let uses = memory.uses.load(Ordering::Relaxed);
                if uses == seen {
                    *memory.kept.lock() = Kept::default();
                    return;
                }
                seen = uses;
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(memory: &HashMemory) -> usize {
        memory.kept.lock().free.iter().map(Vec::len).sum()
    }

    #[tokio::test(start_paused = true)]
    async fn memory_is_kept_while_there_are_hashes_and_then_given_back() {
        let memory = HashMemory::default();
        for _ in 0..3 {
            assert_eq!(memory.lend(8, |blocks| blocks.len()), 8);
            memory.release_when_idle();
            tokio::time::sleep(IDLE * 2 / 3).await;
            assert_eq!(kept(&memory), 8, "one after the other, they share it");
        }
        tokio::time::sleep(IDLE * 2).await;
        assert_eq!(kept(&memory), 0);
        memory.lend(8, |_| ());
        memory.release_when_idle();
        tokio::time::sleep(IDLE * 2).await;
        assert_eq!(kept(&memory), 0, "and it is looked after the next time too");
    }

    #[test]
    fn who_hash_at_the_same_time_have_memory_of_their_own_and_larger_needs_are_met() {
        let memory = HashMemory::default();
        memory.lend(8, |_| memory.lend(8, |_| ()));
        assert_eq!(kept(&memory), 16);
        assert_eq!(memory.lend(12, |blocks| blocks.len()), 12);
    }
}
