//! The event log, as administrators look through it.

use std::{sync::Arc, time::Duration};

use event_driven_coordination::{
    RelaySettings,
    event_log::{EventLog, EventLogFilter, EventsError, Reached},
};
use shared_kernel::{
    application::{AuthenticationError, Principal},
    domain::{Cursor, PageRequest, Role},
};

use crate::support::{Notes, World, effect, principal, worlds};

/// One event that was handled, one that is parked and one on its way, in this order.
async fn happened(world: &World) -> EventLog {
    let notes = Arc::new(Notes::default());
    let settings = RelaySettings { attempts: 1, ..RelaySettings::default() };
    let relay = world.relay_with(effect(&notes), settings);
    notes.fail("b:0", 1);
    for aggregate in ["a", "b"] {
        world.record_numbered(aggregate, 1).await;
        relay.drain().await.unwrap();
        world.clock.advance(Duration::from_secs(1));
    }
    world.record_numbered("c", 1).await;
    EventLog::new(world.database().clone())
}

async fn seen(log: &EventLog, who: &Principal, filter: EventLogFilter) -> Vec<(String, Reached)> {
    let page = log.list(who, &filter, PageRequest::default()).await.unwrap();
    page.items.into_iter().map(|one| (one.event.aggregate_id, one.reached)).collect()
}

#[tokio::test]
async fn everything_that_happened_is_listed_with_what_became_of_it_the_latest_first() {
    for world in worlds().await {
        let log = happened(&world).await;
        let admin = principal(&world, Role::Admin);
        let all = [("c", Reached::Waiting), ("b", Reached::Parked), ("a", Reached::Delivered)];
        let all = all.map(|(about, reached)| (about.to_owned(), reached));
        let found = seen(&log, &admin, all_of()).await;
        assert_eq!(found, all, "{}", world.test.name);
        for one in &all {
            let by_state = EventLogFilter { reached: Some(one.1), ..all_of() };
            let by_subject = EventLogFilter { about: Some(one.0.clone()), ..all_of() };
            for filter in [by_state, by_subject] {
                let found = seen(&log, &admin, filter).await;
                assert_eq!(found, std::slice::from_ref(one), "{}", world.test.name);
            }
        }
        let other = EventLogFilter { kind: Some("thing.lost".to_owned()), ..all_of() };
        assert!(seen(&log, &admin, other).await.is_empty());
        let first = log.list(&admin, &all_of(), PageRequest::first(2)).await.unwrap();
        assert!(first.items[1].event.error.as_deref().unwrap().contains("not today"));
        let after = Some(Cursor::decode(&first.next_cursor.unwrap()).unwrap());
        let rest = log.list(&admin, &all_of(), PageRequest { limit: 2, after }).await.unwrap();
        assert_eq!(rest.items[0].event.aggregate_id, "a", "{}", world.test.name);
        assert_eq!(rest.items.len(), 1);
    }
}

fn all_of() -> EventLogFilter {
    EventLogFilter::default()
}

#[tokio::test]
async fn users_do_not_look_through_it() {
    for world in worlds().await {
        let log = happened(&world).await;
        let user = principal(&world, Role::User);
        let refused = log.list(&user, &all_of(), PageRequest::default()).await;
        assert!(matches!(
            refused,
            Err(EventsError::Authentication(AuthenticationError::Denied(_)))
        ));
    }
}
