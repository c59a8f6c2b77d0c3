//! Runs an action once for somebody who looks on: as in an execution, with nothing written down.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use futures::FutureExt as _;
use parking_lot::Mutex;
use serde_json::Value;
use shared_kernel::{
    application::{
        ActionContext, ActionError, ActionRegistry, BlobStore, LogLevel, Spent, StepChannel,
        StepRecord, trace,
    },
    domain::Ambient,
};
use tokio_util::sync::CancellationToken;

use super::{hidden::run_hidden, run_step::run_step};
use crate::{
    application::{
        trials::{Bench, BenchEnd, BenchLine, BenchRun},
        vault::VaultService,
    },
    domain::execution::idempotency_key,
};

/// Lines that are kept.
const MOST_LINES: usize = 500;
/// Characters of a line's text that are kept.
const LONGEST_LINE: usize = 4000;

/// The actions of this process.
pub struct WorkerBench {
    pub actions: ActionRegistry,
    pub vault: VaultService,
    pub blobs: Arc<dyn BlobStore>,
    pub ambient: Ambient,
    /// How long an action that was told to stop may take.
    pub grace: Duration,
}

#[async_trait]
impl Bench for WorkerBench {
    async fn run(&self, run: BenchRun) -> BenchEnd {
        let notes = Arc::new(Notes { ambient: self.ambient.clone(), taken: Mutex::default() });
        let ctx = self.context(&run, Arc::clone(&notes));
        let action = self.actions.get(&run.uses).cloned();
        let (uses, timeout, grace) = (run.uses, Some(run.timeout), self.grace);
        let go = move |ctx, input| run_step(action, uses, ctx, input, timeout, grace);
        let work = match run.hidden {
            None => go(ctx, run.input).boxed(),
            Some(hidden) => run_hidden(&self.vault, hidden, run.input, ctx, go).boxed(),
        };
        let spent = Arc::new(Spent::default());
        let result = spent.scope(work).await;
        let Taken { lines, left_out } = std::mem::take(&mut *notes.taken.lock());
        BenchEnd { result, lines, lines_left_out: left_out, cost: spent.total() }
    }
}

impl WorkerBench {
    fn context(&self, run: &BenchRun, notes: Arc<Notes>) -> ActionContext {
        let place = run.item.map_or_else(|| "-".to_owned(), |item| item.to_string());
        ActionContext {
            owner: run.owner,
            execution: run.id,
            step: run.step.clone(),
            item: run.item,
            attempt: 1,
            idempotency_key: idempotency_key(run.id, &run.step, &place),
            cancel: CancellationToken::new(),
            deadline: Some(self.ambient.now().plus(run.timeout)),
            ambient: self.ambient.clone(),
            blobs: Arc::clone(&self.blobs),
            channel: notes,
            records: Arc::default(),
            secrets: Arc::default(),
            trace: trace::current(),
        }
    }
}

#[derive(Default)]
struct Taken {
    lines: Vec<BenchLine>,
    left_out: u64,
}

/// What the action says meanwhile.
struct Notes {
    ambient: Ambient,
    taken: Mutex<Taken>,
}

#[async_trait]
impl StepChannel for Notes {
    async fn record(&self, _: Vec<StepRecord>) -> Result<(), ActionError> {
        let message = "the step writes down how far it is, which needs an execution";
        Err(ActionError::permanent("STEP_NOT_TESTABLE", message))
    }

    fn progress(&self, _: u64, _: Option<u64>, _: &str) {}

    fn log(&self, level: LogLevel, message: &str, fields: Value) {
        let at = self.ambient.now();
        let mut taken = self.taken.lock();
        if taken.lines.len() >= MOST_LINES {
            taken.left_out += 1;
            return;
        }
        let message = message.chars().take(LONGEST_LINE).collect();
        let fits = fields.to_string().len() <= LONGEST_LINE;
        let fields = if fits { fields } else { Value::Null };
        taken.lines.push(BenchLine { at, level, message, fields });
    }
}
