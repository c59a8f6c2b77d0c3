//! `events`: what could not be handled, from the machine itself.

use event_driven_coordination::ParkedFilter;
use shared_kernel::domain::{Actor, PageRequest};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{EventsCommand, start::logs};
use crate::{config::Config, container::Platform};

/// Lists parked events, has them tried again, or lets them go. The processes that serve may run.
pub async fn run(config: Config, command: &EventsCommand) -> anyhow::Result<()> {
    let _logs = logs(&config)?;
    let platform = Platform::build(config, CancellationToken::new()).await?;
    let done = match command {
        EventsCommand::Parked { kind, limit } => list(&platform, kind.clone(), *limit).await,
        EventsCommand::Replay { ids } => settle(&platform, ids, true).await,
        EventsCommand::Discard { ids } => settle(&platform, ids, false).await,
    };
    platform.close().await?;
    done
}

/// A line each: when it was parked, its id, its kind, what it happened to, and why.
async fn list(platform: &Platform, kind: Option<String>, limit: u32) -> anyhow::Result<()> {
    let filter = ParkedFilter { kind, user: None };
    let page = platform.parked_events().list_for(&filter, PageRequest::first(limit)).await?;
    for parked in &page.items {
        let (at, event) = (parked.parked_at, &parked.event);
        let about = format!("{}/{}", event.aggregate, event.aggregate_id);
        let (id, kind, tries) = (event.id, &event.kind, event.attempts);
        let error = event.error.as_deref().unwrap_or_default();
        println!("{at}  {id}  {kind}  {about}  {tries} attempts  {error}");
    }
    if page.next_cursor.is_some() {
        println!("there are more: --limit shows up to {}", PageRequest::MAX);
    }
    Ok(())
}

/// Each by itself, up to the first that cannot be found.
async fn settle(platform: &Platform, ids: &[Uuid], replay: bool) -> anyhow::Result<()> {
    let parked = platform.parked_events();
    for id in ids {
        let done = if replay {
            parked.replay_for(Actor::System, *id).await
        } else {
            parked.discard_for(Actor::System, *id).await
        };
        done.map_err(|error| anyhow::Error::new(error).context(format!("event {id}")))?;
        println!("{id} {}", if replay { "is tried again" } else { "was let go" });
    }
    Ok(())
}
