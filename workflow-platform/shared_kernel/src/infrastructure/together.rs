//! Questions that come while others are being answered wait, and are put together then, so that a
//! busy process asks about as often as there are answers, and not once a caller.
//!
//! Whoever asks is answered by a question that was put after theirs came: no answer is older than
//! it would be if they had asked alone.

use std::{future::Future, panic::AssertUnwindSafe};

use futures::FutureExt as _;
use sea_orm::DbErr;
use tokio::sync::{mpsc, oneshot};
use tracing::error;

/// Questions put together.
const MOST: usize = 64;
/// Questions that wait; more have to wait for room.
const ROOM: usize = 1024;

struct Asked<Q, A, E> {
    question: Q,
    answer: oneshot::Sender<Result<A, E>>,
}

/// The answer did not come: the process ends, or a fault of ours broke it off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("nobody answers")]
pub struct NoAnswer;

impl From<NoAnswer> for DbErr {
    fn from(none: NoAnswer) -> Self {
        Self::Custom(none.to_string())
    }
}

/// Hands questions to the task that asks. What is asked together fails together.
pub struct Together<Q, A, E>(mpsc::Sender<Asked<Q, A, E>>);

impl<Q, A, E> Clone for Together<Q, A, E> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<Q, A, E> std::fmt::Debug for Together<Q, A, E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Together")
    }
}

impl<Q, A, E> Together<Q, A, E>
where
    Q: Send + 'static,
    A: Send + 'static,
    E: Clone + From<NoAnswer> + Send + 'static,
{
    /// Starts a task, within a tokio runtime; it ends with the last clone. `ask` gives an answer to
    /// each question, in their order.
    pub fn start<F>(ask: impl Fn(Vec<Q>) -> F + Send + 'static) -> Self
    where
        F: Future<Output = Result<Vec<A>, E>> + Send + 'static,
    {
        let (sender, receiver) = mpsc::channel(ROOM);
        tokio::spawn(answer_all(ask, receiver));
        Self(sender)
    }

    pub async fn ask(&self, question: Q) -> Result<A, E> {
        let (answer, answered) = oneshot::channel();
        self.0.send(Asked { question, answer }).await.map_err(|_| NoAnswer)?;
        answered.await.map_err(|_| NoAnswer)?
    }
}

async fn answer_all<Q, A, E: Clone, F>(
    ask: impl Fn(Vec<Q>) -> F,
    mut asked: mpsc::Receiver<Asked<Q, A, E>>,
) where
    F: Future<Output = Result<Vec<A>, E>>,
{
    let mut together = Vec::with_capacity(MOST);
    while asked.recv_many(&mut together, MOST).await > 0 {
        let asked = together.drain(..).map(|Asked { question, answer }| (question, answer));
        let (questions, callers): (Vec<_>, Vec<_>) = asked.unzip();
        if let Ok(answers) = AssertUnwindSafe(ask(questions)).catch_unwind().await {
            answer(callers, answers);
        } else {
            error!("questions of {} callers broke off", callers.len());
        }
    }
}

/// A caller that has gone away needs no answer.
fn answer<A, E: Clone>(callers: Vec<oneshot::Sender<Result<A, E>>>, answers: Result<Vec<A>, E>) {
    match answers {
        Ok(answers) => {
            for (caller, answer) in callers.into_iter().zip(answers) {
                let _ = caller.send(Ok(answer));
            }
        }
        Err(error) => {
            for caller in callers {
                let _ = caller.send(Err(error.clone()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use futures::future::join_all;

    use super::*;

    #[derive(Debug, Clone, PartialEq, Eq)]
    enum Fault {
        Gone,
        Thirteen,
    }

    impl From<NoAnswer> for Fault {
        fn from(NoAnswer: NoAnswer) -> Self {
            Self::Gone
        }
    }

    /// Doubles; fails over a thirteen and breaks off over a zero.
    fn doubling(asked: Arc<AtomicUsize>) -> Together<u32, u32, Fault> {
        Together::start(move |questions: Vec<u32>| {
            asked.fetch_add(1, Ordering::Relaxed);
            async move {
                tokio::task::yield_now().await;
                if questions.contains(&13) {
                    return Err(Fault::Thirteen);
                }
                assert!(!questions.contains(&0), "no zeros");
                Ok(questions.into_iter().map(|number| 2 * number).collect())
            }
        })
    }

    #[tokio::test]
    async fn each_gets_its_own_answer_and_few_are_asked_for() {
        let asked = Arc::new(AtomicUsize::new(0));
        let doubling = doubling(Arc::clone(&asked));
        let answers = join_all((100..400).map(|number| doubling.ask(number))).await;
        assert!(answers.into_iter().zip(100..).all(|(answer, number)| answer == Ok(2 * number)));
        let asked = asked.load(Ordering::Relaxed);
        assert!((5..100).contains(&asked), "{asked} questions for 300 callers");
    }

    #[tokio::test]
    async fn a_failure_is_told_to_all_of_its_callers_and_the_next_are_answered() {
        let doubling = doubling(Arc::default());
        let failed = join_all([12, 13, 14].map(|number| doubling.ask(number))).await;
        assert!(failed.iter().all(|answer| *answer == Err(Fault::Thirteen)), "{failed:?}");
        assert_eq!(doubling.ask(14).await, Ok(28));
    }

    #[tokio::test]
    async fn one_that_breaks_off_leaves_the_task_alive() {
        let doubling = doubling(Arc::default());
        assert_eq!(doubling.ask(0).await, Err(Fault::Gone));
        assert_eq!(doubling.ask(1).await, Ok(2));
    }
}
