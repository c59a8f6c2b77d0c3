//! Actions that a test watches.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use parking_lot::Mutex;
use serde_json::{Value, json};
use shared_kernel::application::{
    Action, ActionContext, ActionDescriptor, ActionError, ActionRegistry, LogLevel, Spent,
};

/// One run of a step: its id, item, attempt and idempotency key.
type Run = (String, Option<u32>, u32, String);

/// What the test's actions saw.
#[derive(Default)]
pub struct Seen {
    pub runs: Mutex<Vec<Run>>,
    pub now_running: AtomicU32,
    pub most_running: AtomicU32,
    pub cancelled: AtomicU32,
    /// `test.flaky` fails so many times per step.
    pub failures: AtomicU32,
    /// So many readings of a user's profile break off what reads it.
    pub broken_profiles: AtomicU32,
}

impl Seen {
    fn note(&self, ctx: &ActionContext) {
        let key = ctx.idempotency_key.clone();
        self.runs.lock().push((ctx.step.clone(), ctx.item, ctx.attempt, key));
    }

    /// How often a step was run.
    pub fn count(&self, step: &str) -> usize {
        self.runs.lock().iter().filter(|(name, ..)| name == step).count()
    }
}

/// `test.echo` gives its input back; `test.slow` takes `millis`; `test.hang` ends when told to,
/// `test.deaf` never; `test.flaky` fails first; `test.fail` fails for good; `test.panic` panics;
/// `test.count` checkpoints numbers up to `to`; `test.spend` has a cost and fails first.
struct TestAction {
    name: &'static str,
    seen: Arc<Seen>,
}

#[async_trait]
impl Action for TestAction {
    fn describe(&self) -> ActionDescriptor {
        ActionDescriptor {
            name: self.name.to_owned(),
            title: self.name.to_owned(),
            description: String::new(),
            input_schema: json!({}),
            output_schema: json!({}),
        }
    }

    async fn run(&self, ctx: &ActionContext, input: Value) -> Result<Value, ActionError> {
        self.seen.note(ctx);
        match self.name {
            "test.slow" => self.slow(ctx, &input).await,
            "test.hang" => {
                ctx.cancel.cancelled().await;
                self.seen.cancelled.fetch_add(1, Ordering::SeqCst);
                Err(ActionError::cancelled())
            }
            "test.deaf" => std::future::pending().await,
            "test.flaky" if ctx.attempt <= self.seen.failures.load(Ordering::SeqCst) => {
                Err(ActionError::retryable("FLAKY", "not this time"))
            }
            "test.fail" => Err(ActionError::permanent("BROKEN", "it is broken")),
            "test.panic" => panic!("an action of the tests panics"),
            "test.count" => count(ctx, &input).await,
            "test.spend" => {
                Spent::current().unwrap().answer(true, 7, false);
                Spent::current().unwrap().calculated(Duration::from_millis(3));
                if ctx.attempt == 1 {
                    Err(ActionError::retryable("FLAKY", "again"))
                } else {
                    Ok(input)
                }
            }
            _ => {
                ctx.log(LogLevel::Info, "echo");
                Ok(input)
            }
        }
    }
}

impl TestAction {
    async fn slow(&self, ctx: &ActionContext, input: &Value) -> Result<Value, ActionError> {
        let running = self.seen.now_running.fetch_add(1, Ordering::SeqCst) + 1;
        self.seen.most_running.fetch_max(running, Ordering::SeqCst);
        let millis = input["millis"].as_u64().unwrap_or(50);
        // Not before somebody who watches from the start can have begun to.
        let half = Duration::from_millis(millis) / 2;
        tokio::time::sleep(half).await;
        ctx.progress(1, Some(2), "half way");
        tokio::time::sleep(half).await;
        self.seen.now_running.fetch_sub(1, Ordering::SeqCst);
        Ok(input.clone())
    }
}

/// Goes on after what an earlier run recorded.
async fn count(ctx: &ActionContext, input: &Value) -> Result<Value, ActionError> {
    let done = u64::try_from(ctx.records.len()).unwrap_or(0);
    for number in done..input["to"].as_u64().unwrap_or(0) {
        ctx.record(number.to_string(), json!(number)).await?;
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Ok(json!({ "resumed_at": done }))
}

pub(super) fn registry(seen: &Arc<Seen>) -> ActionRegistry {
    let names = [
        "test.echo",
        "test.slow",
        "test.hang",
        "test.deaf",
        "test.flaky",
        "test.fail",
        "test.panic",
        "test.count",
        "test.spend",
    ];
    ActionRegistry::new(names.map(|name| {
        let seen = Arc::clone(seen);
        Arc::new(TestAction { name, seen }) as Arc<dyn Action>
    }))
}
