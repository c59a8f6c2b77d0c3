//! The memory that passwords are hashed in, kept from one hash to the next.
//!
//! Given back each time, it is cleared and mapped anew for each hash, and while the system takes it
//! back from one core, the others wait: with 46 MiB that costs about a tenth of the sign-ins.

use std::{sync::Arc, time::Duration};

use argon2::Block;
use parking_lot::Mutex;

/// How often it is looked: what nothing was hashed in since the last time goes back to the system.
const IDLE: Duration = Duration::from_secs(10);

#[derive(Debug, Default)]
struct Kept {
    /// Of hashes that are done.
    free: Vec<Vec<Block>>,
    /// There were hashes since it was last looked.
    is_used: bool,
    /// Somebody looks whether it is still needed.
    is_watched: bool,
}

/// Cheap to clone: clones share what is kept.
#[derive(Debug, Clone, Default)]
pub(super) struct HashMemory(Arc<Mutex<Kept>>);

impl HashMemory {
    /// Lends at least so many blocks to the job. What they hold is of no meaning: Argon2 writes each
    /// before it reads it.
    pub fn lend<T>(&self, blocks: usize, job: impl FnOnce(&mut [Block]) -> T) -> T {
        let mut lent = self.0.lock().free.pop().unwrap_or_default();
        if lent.len() < blocks {
            lent.resize(blocks, Block::new());
        }
        let done = job(&mut lent);
        let mut kept = self.0.lock();
        kept.free.push(lent);
        kept.is_used = true;
        done
    }

    /// Has the memory go back once it is idle. To be called within a tokio runtime.
    pub fn release_when_idle(&self) {
        if std::mem::replace(&mut self.0.lock().is_watched, true) {
            return;
        }
        let memory = self.clone();
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(IDLE).await;
                let mut kept = memory.0.lock();
                if !std::mem::take(&mut kept.is_used) {
                    *kept = Kept::default();
                    return;
                }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(memory: &HashMemory) -> usize {
        memory.0.lock().free.iter().map(Vec::len).sum()
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
        tokio::time::sleep(IDLE * 5 / 2).await;
        assert_eq!(kept(&memory), 0);
        memory.lend(8, |_| ());
        memory.release_when_idle();
        tokio::time::sleep(IDLE * 5 / 2).await;
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
