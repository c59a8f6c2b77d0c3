//! Parked events, as administrators see them.

use std::sync::Arc;

use event_driven_coordination::{
    ParkedEvents, ParkedFilter, RelaySettings, event_log::EventsError,
};
use sea_orm::ConnectionTrait as _;
use shared_kernel::{
    application::{AuthenticationError, Principal},
    domain::{Actor, Cursor, Id, PageRequest, Role, User},
};
use uuid::Uuid;

use crate::support::{Notes, World, effect, principal, worlds};

/// Parks the events of three aggregates.
async fn parked(world: &World) -> (Arc<Notes>, ParkedEvents) {
    let notes = Arc::new(Notes::default());
    let settings = RelaySettings { attempts: 1, ..RelaySettings::default() };
    let relay = world.relay_with(effect(&notes), settings);
    for aggregate in ["a", "b", "c"] {
        world.record_numbered(aggregate, 1).await;
        notes.fail(&format!("{aggregate}:0"), 1);
        relay.drain().await.unwrap();
        world.clock.advance(std::time::Duration::from_secs(1));
    }
    (notes, ParkedEvents::new(world.database().clone(), world.ambient.clone()))
}

async fn ids(events: &ParkedEvents, who: &Principal, page: PageRequest) -> Vec<(String, Uuid)> {
    let page = events.list(who, &ParkedFilter::default(), page).await.unwrap();
    page.items.into_iter().map(|one| (one.event.aggregate_id, one.event.id)).collect()
}

#[tokio::test]
async fn parked_events_are_listed_tried_again_and_let_go() {
    for world in worlds().await {
        let (notes, events) = parked(&world).await;
        let root = principal(&world, Role::SuperAdmin);
        let first =
            events.list(&root, &ParkedFilter::default(), PageRequest::first(2)).await.unwrap();
        let names: Vec<_> = first.items.iter().map(|one| one.event.aggregate_id.as_str()).collect();
        assert_eq!(names, ["c", "b"], "{}", world.test.name);
        let latest = &first.items[0].event;
        assert!(latest.error.as_ref().unwrap().contains("not today") && latest.attempts == 1);
        let after = Some(Cursor::decode(&first.next_cursor.unwrap()).unwrap());
        let rest = ids(&events, &root, PageRequest { limit: 2, after }).await;
        assert_eq!(rest.len(), 1);
        events.replay(&root, rest[0].1).await.unwrap();
        events.discard(&root, latest.id).await.unwrap();
        world.relay(effect(&notes)).drain().await.unwrap();
        assert_eq!(*notes.seen.lock(), ["a:0"], "what was let go is not handled");
        for action in ["event.replayed", "event.discarded"] {
            let lines = world.count(&format!("audit_log WHERE action = '{action}'")).await;
            assert_eq!(lines, 1, "{action} on {}", world.test.name);
        }
        let left = ids(&events, &root, PageRequest::default()).await;
        assert_eq!(left.iter().map(|one| one.0.as_str()).collect::<Vec<_>>(), ["b"]);
        for done in [rest[0].1, latest.id, Uuid::from_u128(7)] {
            let refused = events.replay(&root, done).await;
            assert!(matches!(refused, Err(EventsError::NotFound)));
        }
    }
}

#[tokio::test]
async fn only_administrators_see_parked_events_and_only_the_highest_change_them() {
    for world in worlds().await {
        let (_, events) = parked(&world).await;
        let user = events
            .list(&principal(&world, Role::User), &ParkedFilter::default(), PageRequest::default())
            .await;
        assert!(matches!(user, Err(EventsError::Authentication(AuthenticationError::Denied(_)))));
        let admin = principal(&world, Role::Admin);
        let first = ids(&events, &admin, PageRequest::first(1)).await;
        for refused in
            [events.replay(&admin, first[0].1).await, events.discard(&admin, first[0].1).await]
        {
            assert!(matches!(refused, Err(EventsError::Authentication(_))), "{}", world.test.name);
        }
    }
}

#[tokio::test]
async fn parked_events_are_found_by_kind_and_by_user() {
    for world in worlds().await {
        let (_, events) = parked(&world).await;
        let user: Id<User> = world.ambient.id();
        let sql = "UPDATE outbox SET user_id = $1, kind = 'thing.owned' WHERE aggregate_id = 'b'";
        let owned = world.database().statement(sql, [user.uuid().into()]);
        world.database().write().execute_raw(owned).await.unwrap();
        let found = async |kind: Option<&str>, user: Option<Uuid>| {
            let filter = ParkedFilter { kind: kind.map(str::to_owned), user };
            let page = events.list_for(&filter, PageRequest::default()).await.unwrap();
            page.items.into_iter().map(|parked| parked.event.aggregate_id).collect::<Vec<_>>()
        };
        let theirs = Some(user.uuid());
        assert_eq!(found(Some("thing.happened"), None).await, ["c", "a"], "{}", world.test.name);
        assert_eq!(found(None, theirs).await, ["b"]);
        assert_eq!(found(Some("thing.owned"), theirs).await, ["b"]);
        assert!(found(Some("thing.happened"), theirs).await.is_empty());
    }
}

#[tokio::test]
async fn what_is_done_on_the_machine_itself_is_in_the_audit_log_as_the_platforms() {
    for world in worlds().await {
        let (_, events) = parked(&world).await;
        let page = events.list_for(&ParkedFilter::default(), PageRequest::default()).await.unwrap();
        events.replay_for(Actor::System, page.items[0].event.id).await.unwrap();
        events.discard_for(Actor::System, page.items[1].event.id).await.unwrap();
        let lines = world.count("audit_log WHERE actor_kind = 'system'").await;
        assert_eq!(lines, 2, "{}", world.test.name);
    }
}
