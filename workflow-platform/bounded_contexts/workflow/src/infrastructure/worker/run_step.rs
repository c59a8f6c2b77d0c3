//! One attempt of one action.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures::FutureExt as _;
use serde_json::Value;
use shared_kernel::application::{Action, ActionContext, ActionError};

/// Runs the action to its result. A panic is a failed attempt. When the context is cancelled or
/// the time is up, the action is told, and cut off if it does not end within `grace`.
pub(super) async fn run_step(
    action: Option<Arc<dyn Action>>,
    name: String,
    ctx: ActionContext,
    input: Value,
    timeout: Option<Duration>,
    grace: Duration,
) -> Result<Value, ActionError> {
    let Some(action) = action else {
        let message = format!("there is no action {name} in this process");
        return Err(ActionError::permanent("UNKNOWN_ACTION", message));
    };
    let cancel = ctx.cancel.clone();
    let work = AssertUnwindSafe(action.run(&ctx, input)).catch_unwind();
    tokio::pin!(work);
    let cut_off = tokio::select! {
        result = &mut work => return match result {
            Ok(result) => result,
            Err(_) => Err(panicked()),
        },
        () = cancel.cancelled() => ActionError::cancelled(),
        () = time_up(timeout) => timed_out(timeout),
    };
    cancel.cancel();
    match tokio::time::timeout(grace, &mut work).await {
        Ok(Ok(Ok(output))) => Ok(output),
        _ => Err(cut_off),
    }
}

async fn time_up(timeout: Option<Duration>) {
    match timeout {
        Some(timeout) => tokio::time::sleep(timeout).await,
        None => std::future::pending().await,
    }
}

fn timed_out(timeout: Option<Duration>) -> ActionError {
    let limit = timeout.unwrap_or_default();
    ActionError::retryable("TIMED_OUT", format!("the step took longer than {limit:?}"))
}

fn panicked() -> ActionError {
    ActionError::retryable("ACTION_PANICKED", "the action broke off because of a fault of ours")
}
