//! Askings that come while Redis is being asked wait for its answer and are put to it together, so
//! that a busy process asks about as often as Redis can answer, and not once a request.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use super::{Asked, RateLimiterError};
use crate::{application::RateCheck, domain::Timestamp};

/// Askings in one script. While it runs Redis does nothing else.
const MOST: usize = 64;
/// Askings that wait; more have to wait for room.
const ROOM: usize = 1024;

/// Wait and what is kept ahead, in microseconds.
pub(super) type Answer = (i64, i64);

/// The checks of one request.
pub(super) struct Asking {
    pub checks: Vec<RateCheck>,
    pub now: Timestamp,
    answer: oneshot::Sender<Result<Vec<Answer>, RateLimiterError>>,
}

/// What was asked together failed together.
#[derive(Debug, Clone, thiserror::Error)]
#[error("asked together with others")]
struct Together(#[source] Arc<RateLimiterError>);

/// The task that asks is gone, as at the end of the process.
#[derive(Debug, thiserror::Error)]
#[error("nobody asks any more")]
struct Gone;

/// Hands askings to the task that puts them to Redis.
pub(super) struct Gatherer(mpsc::Sender<Asking>);

impl Gatherer {
    /// Starts the task, within a tokio runtime; it ends with the gatherer.
    pub fn start(asked: Asked) -> Self {
        let (sender, receiver) = mpsc::channel(ROOM);
        tokio::spawn(ask_all(asked, receiver));
        Self(sender)
    }

    pub async fn ask(
        &self,
        checks: &[RateCheck],
        now: Timestamp,
    ) -> Result<Vec<Answer>, RateLimiterError> {
        let (answer, answered) = oneshot::channel();
        let asking = Asking { checks: checks.to_vec(), now, answer };
        let gone = || RateLimiterError(Box::new(Gone));
        self.0.send(asking).await.map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
    }
}

async fn ask_all(asked: Asked, mut askings: mpsc::Receiver<Asking>) {
    let mut together = Vec::with_capacity(MOST);
    while askings.recv_many(&mut together, MOST).await > 0 {
        answer(asked.check(&together).await, together.drain(..));
    }
}

/// A caller that has gone away needs no answer.
fn answer(answers: Result<Vec<Answer>, RateLimiterError>, askings: impl Iterator<Item = Asking>) {
    match answers {
        Ok(answers) => {
            let mut answers = answers.into_iter();
            for Asking { checks, answer, .. } in askings {
                let _ = answer.send(Ok(answers.by_ref().take(checks.len()).collect()));
            }
        }
        Err(error) => {
            let error = Together(Arc::new(error));
            for asking in askings {
                let _ = asking.answer.send(Err(RateLimiterError(Box::new(error.clone()))));
            }
        }
    }
}
