//! Fires due triggers, in as many processes as want to.

use std::time::Duration;

use shared_kernel::domain::{Ambient, Timestamp};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::application::triggers::{Fired, TriggerService};

/// Pause after another process was met at the same trigger.
const STEP_ASIDE: Duration = Duration::from_millis(5);

/// Fires what is due until told to stop; looks at least every `poll_every`.
pub async fn run_scheduler(
    triggers: TriggerService,
    ambient: Ambient,
    poll_every: Duration,
    stop: CancellationToken,
) {
    while !stop.is_cancelled() {
        let pause = match triggers.fire_next().await {
            Ok(Fired::One) => STEP_ASIDE,
            Ok(Fired::NotBefore(at)) => until(at, ambient.now()).min(poll_every),
            Err(error) => {
                warn!(error = &error as &dyn std::error::Error, "due ticks wait for another try");
                poll_every
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

fn until(at: Option<Timestamp>, now: Timestamp) -> Duration {
    at.map_or(Duration::MAX, |at| at.since(now))
}
