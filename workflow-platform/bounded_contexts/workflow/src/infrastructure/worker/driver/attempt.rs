//! How a driver begins an attempt of a step.

use std::{sync::Arc, task::Poll};

use futures::{FutureExt as _, TryFutureExt as _, future::Either, poll};
use shared_kernel::{
    application::{ActionContext, ActionError, Spent, trace},
    domain::{Timestamp, TraceContext},
};
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use super::Driver;
use crate::{
    application::executions::RunItem,
    domain::execution::StepRun,
    infrastructure::worker::{
        cached::{Output, Shelf},
        channel::DriverChannel,
        hidden::run_hidden,
        outcome::Running,
        run_step::run_step,
        spans,
    },
};

/// An item that is an execution of its own is started by an action that definitions do not name.
pub(super) fn action_of(run: &StepRun) -> &str {
    if run.spread { RunItem::NAME } else { &run.uses }
}

impl Driver {
    /// What needs no waiting is over when this returns, without a task of its own.
    pub(super) async fn start(&mut self, mut run: StepRun) {
        let cancel = CancellationToken::new();
        let (key, started_at) = (run.key, self.now());
        if std::mem::take(&mut self.is_fresh) {
            self.desk.meters.first_step(self.claimed.id, started_at);
        }
        let span = spans::step(&self.claimed, &run, action_of(&run));
        let part_of = span.context();
        let ctx = self.context(&run, cancel.clone(), started_at, part_of);
        let spent = Arc::new(Spent::default());
        let work = spent.scope(self.work(&mut run, ctx));
        let work = trace::within(part_of, work).map(move |result| {
            spans::step_ended(span, &result);
            (key, result)
        });
        let mut work = work.in_current_span().boxed();
        match poll!(&mut work) {
            Poll::Ready(ended) => self.at_once.push(ended),
            Poll::Pending => {
                self.tasks.spawn(work);
            }
        }
        let running =
            Running { run, started_at, announced: false, cancel, spent, cancelled: false };
        self.running.insert(key, running);
    }

    /// The attempt is in its place before anything is put around it, which would copy it.
    fn work(
        &self,
        run: &mut StepRun,
        ctx: ActionContext,
    ) -> impl Future<Output = Result<Output, ActionError>> + Send + use<> {
        let parts = &self.desk.parts;
        let (name, grace) = (action_of(run).to_owned(), self.desk.settings.cancel_grace);
        let (input, timeout) = (run.input.clone(), run.timeout);
        let action = parts.actions.get(&name).cloned();
        let go = move |ctx, input| run_step(action, name, ctx, input, timeout, grace);
        let work = match run.hidden.take() {
            None => go(ctx, input).boxed(),
            Some(hidden) => {
                let vault = parts.vault.clone();
                async move { run_hidden(&vault, *hidden, input, ctx, go).await }.boxed()
            }
        };
        match run.cache.clone() {
            None => Either::Left(work.map_ok(Output::fresh)),
            Some(place) => {
                let (cache, ambient) = (Arc::clone(&parts.cache), parts.ambient.clone());
                let shelf = Shelf { cache, owner: self.claimed.owner, ambient, place };
                Either::Right(shelf.or_run(work))
            }
        }
    }

    fn context(
        &self,
        run: &StepRun,
        cancel: CancellationToken,
        now: Timestamp,
        trace: Option<TraceContext>,
    ) -> ActionContext {
        let parts = &self.desk.parts;
        let channel = DriverChannel {
            execution: self.claimed.id,
            key: run.key,
            step: run.step.clone(),
            item: run.item,
            ambient: parts.ambient.clone(),
            records: self.records.0.clone(),
            logs: self.desk.logs.clone(),
            announcer: parts.announcer.clone(),
        };
        ActionContext {
            owner: self.claimed.owner,
            execution: self.claimed.id,
            step: run.step.clone(),
            item: run.item,
            attempt: run.attempt,
            idempotency_key: run.idempotency_key.clone(),
            cancel,
            deadline: run.timeout.map(|timeout| now.plus(timeout)),
            ambient: parts.ambient.clone(),
            blobs: Arc::clone(&parts.blobs),
            channel: Arc::new(channel),
            records: Arc::clone(&run.records),
            secrets: Arc::default(),
            trace,
        }
    }
}
