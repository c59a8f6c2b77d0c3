//! What traces are told of executions: a span for each time that a worker drives one, and in it a
//! span for each attempt of a step.

use shared_kernel::application::{
    ActionError, ActionFailure,
    trace::{Span, SpanKind},
};

use super::driver::Left;
use crate::{
    domain::execution::{Status, StepRun},
    infrastructure::{journal::AppendError, queue::Claimed},
};

/// Begins the span of a drive.
pub(super) fn drive(claimed: &Claimed) -> Span {
    let kind = SpanKind::Consumer;
    let mut span = Span::under(claimed.trace, kind, || "workflow.execution".into());
    if span.is_recorded() {
        span.show("workflow.execution.id", &claimed.id);
        span.show("workflow.definition.id", &claimed.definition_id);
        span.set("workflow.definition.version", claimed.version);
        span.set("workflow.execution.epoch", claimed.epoch);
        span.show("user.id", &claimed.owner.user());
    }
    span
}

/// How the worker left the execution.
pub(super) fn left(mut span: Span, left: &Result<Left, AppendError>) {
    let outcome = match left {
        Ok(Left::Ended(status)) => status.as_str(),
        Ok(Left::Parked(_)) => "waiting",
        Ok(Left::HandedBack) => "handed_back",
        Err(AppendError::Fenced) => "lost",
        Err(_) => "dropped",
    };
    span.set("workflow.execution.outcome", outcome);
    match left {
        Ok(Left::Ended(status)) if *status != Status::Succeeded => span.fail(status.as_str()),
        Err(_) => span.fail(outcome),
        Ok(_) => {}
    }
}

/// Begins the span of an attempt.
pub(super) fn step(claimed: &Claimed, run: &StepRun, action: &str) -> Span {
    let mut span = Span::start(SpanKind::Internal, || format!("step {action}").into());
    if span.is_recorded() {
        span.show("workflow.execution.id", &claimed.id);
        span.set("workflow.step.id", run.step.clone());
        span.set("workflow.step.kind", action.to_owned());
        span.set("workflow.step.attempt", run.attempt);
        if let Some(item) = run.item {
            span.set("workflow.step.item", item);
        }
    }
    span
}

/// What came of it.
pub(super) fn step_ended<T>(mut span: Span, result: &Result<T, ActionError>) {
    if !span.is_recorded() {
        return;
    }
    let outcome = match result {
        Ok(_) => "succeeded",
        Err(error) if error.failure == ActionFailure::Cancelled => "cancelled",
        Err(_) => "failed",
    };
    span.set("workflow.step.outcome", outcome);
    if let Err(error) = result {
        span.fail(error.code.clone());
    }
}
