//! Ends of executions, told within the process to those who await them.
//!
//! The bus tells all processes that an execution is over, a moment later and without what it came
//! to, which has to be read then. Whoever awaits an execution that ends in this very process needs
//! neither.

use std::{collections::HashMap, sync::Arc};

use parking_lot::Mutex;
use shared_kernel::domain::{Execution, Id};
use tokio::sync::oneshot;

use crate::domain::execution::Finished;

type Waiting = HashMap<Id<Execution>, Vec<oneshot::Sender<Finished>>>;

/// Between those who drive executions and those who await their ends.
#[derive(Debug, Clone, Default)]
pub struct Ends(Arc<Mutex<Waiting>>);

/// The end of one execution, should it come in this process.
#[derive(Debug)]
pub(super) struct AwaitedEnd {
    ends: Ends,
    id: Id<Execution>,
    end: oneshot::Receiver<Finished>,
}

impl Ends {
    pub(super) fn await_end(&self, id: Id<Execution>) -> AwaitedEnd {
        let (sender, end) = oneshot::channel();
        self.0.lock().entry(id).or_default().push(sender);
        AwaitedEnd { ends: self.clone(), id, end }
    }

    /// Whether anybody in this process wants to know.
    pub(crate) fn is_awaited(&self, id: Id<Execution>) -> bool {
        self.0.lock().contains_key(&id)
    }

    /// The execution came to this, and the database says so too.
    pub(crate) fn tell(&self, id: Id<Execution>, finished: &Finished) {
        let waiting = self.0.lock().remove(&id).unwrap_or_default();
        for one in waiting {
            // Who has lost patience wants to know nothing.
            let _ = one.send(finished.clone());
        }
    }
}

impl AwaitedEnd {
    /// Never, when the execution ends elsewhere.
    pub async fn finished(&mut self) -> Finished {
        match (&mut self.end).await {
            Ok(finished) => finished,
            Err(_) => std::future::pending().await,
        }
    }
}

impl Drop for AwaitedEnd {
    fn drop(&mut self) {
        self.end.close();
        let mut waiting = self.ends.0.lock();
        if let Some(others) = waiting.get_mut(&self.id) {
            others.retain(|other| !other.is_closed());
            if others.is_empty() {
                waiting.remove(&self.id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;
    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use crate::domain::execution::Status;

    fn id(number: u128) -> Id<Execution> {
        Uuid::from_u128(number).into()
    }

    fn finished() -> Finished {
        Finished { status: Status::Succeeded, outputs: json!({ "n": 1 }), error: None }
    }

    #[tokio::test]
    async fn all_who_await_an_end_are_told_and_nobody_else() {
        let ends = Ends::default();
        let (mut one, mut two, mut other) =
            (ends.await_end(id(1)), ends.await_end(id(1)), ends.await_end(id(2)));
        ends.tell(id(1), &finished());
        assert_eq!((one.finished().await, two.finished().await), (finished(), finished()));
        assert_eq!(other.finished().now_or_never(), None);
        assert!(ends.is_awaited(id(2)) && !ends.is_awaited(id(1)));
    }

    #[tokio::test]
    async fn nothing_is_kept_of_those_who_lost_patience() {
        let ends = Ends::default();
        let (one, mut two) = (ends.await_end(id(1)), ends.await_end(id(1)));
        drop(one);
        assert!(ends.is_awaited(id(1)));
        ends.tell(id(1), &finished());
        assert_eq!(two.finished().await, finished());
        let three = ends.await_end(id(1));
        drop((two, three));
        assert!(ends.0.lock().is_empty());
    }
}
