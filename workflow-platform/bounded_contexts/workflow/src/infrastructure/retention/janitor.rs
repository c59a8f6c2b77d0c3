//! Forgets in the background.

use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::application::retention::RetentionService;

/// How often it is asked whether a lap is due.
const ASK: Duration = Duration::from_mins(1);

/// Laps until told to stop, in as many processes as want to; a lap that is cut off begins anew.
pub async fn run_janitor(retention: RetentionService, every: Duration, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(ASK.min(every)) => {}
        }
        let lap = tokio::select! {
            () = stop.cancelled() => return,
            lap = retention.lap_when_due(every) => lap,
        };
        match lap {
            Ok(Some(swept)) if swept.forgotten > 0 => {
                let count = swept.forgotten;
                info!(executions.count = count, "{count} old executions were forgotten");
            }
            Ok(_) => {}
            Err(error) => {
                warn!(error = &error as &dyn std::error::Error, "forgetting waits for another try");
            }
        }
    }
}
