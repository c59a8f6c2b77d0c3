//! What processes remember of sessions, and that they hear of changes.

use std::{sync::Arc, time::Duration};

use secrecy::ExposeSecret as _;
use shared_kernel::{
    application::{AuthenticationError, Authenticator as _, Bus, Subscription},
    domain::Role,
    infrastructure::{local_bus::LocalBus, postgres_bus::PostgresBus, redis_bus::RedisBus},
};
use testkit::TestDatabase;
use tokio_util::sync::CancellationToken;
use user_management::{
    application::ports::{SessionState, StateCache},
    domain::SessionMark,
    infrastructure::{BusCache, SESSIONS},
};
use uuid::Uuid;

use crate::support::{authenticate, caller, eventually, worlds};

/// Longer than any test: only messages make a cache forget.
const LONG: Duration = Duration::from_hours(1);

/// Two ends of a bus that processes share.
type Ends = (Arc<dyn Bus>, Arc<dyn Bus>);

async fn over_postgres(database: &TestDatabase, stop: &CancellationToken) -> Ends {
    let end = async |number| {
        let process = Uuid::from_u128(number);
        PostgresBus::connect(&database.database, process, stop.clone()).await.unwrap()
    };
    (Arc::new(end(1).await), Arc::new(end(2).await))
}

async fn over_redis(url: &str, stop: &CancellationToken) -> Ends {
    let client = redis::Client::open(url).unwrap();
    let connection = client.get_connection_manager().await.unwrap();
    let end = async || RedisBus::connect(&client, connection.clone(), stop.clone()).await.unwrap();
    (Arc::new(end().await), Arc::new(end().await))
}

/// Every kind of bus there is.
async fn buses(stop: &CancellationToken) -> Vec<Ends> {
    let local: Arc<dyn Bus> = Arc::new(LocalBus::default());
    let mut ends = vec![(Arc::clone(&local), local)];
    if let Some(database) = testkit::postgres(&[]).await {
        ends.push(over_postgres(&database, stop).await);
    }
    if let Some(url) = testkit::redis_url() {
        ends.push(over_redis(&url, stop).await);
    }
    ends
}

async fn listening(bus: Arc<dyn Bus>) -> Arc<BusCache<SessionMark, SessionState>> {
    let cache = Arc::new(BusCache::new(bus, SESSIONS, LONG));
    let listener = Arc::clone(&cache);
    tokio::spawn(async move { listener.listen().await });
    eventually("listening", async || cache.heard()).await;
    cache
}

#[tokio::test]
async fn what_one_process_changes_the_others_forget() {
    let stop = CancellationToken::new();
    for (one, other) in buses(&stop).await {
        let (here, there) = (listening(one).await, listening(other).await);
        let sessions: Vec<_> = (1..=250).map(|number| Uuid::from_u128(number).into()).collect();
        let kept = Uuid::from_u128(1000).into();
        let heard = there.heard().unwrap();
        for session in sessions.iter().chain([&kept]) {
            there.keep(*session, SessionState::Ended, heard);
        }
        here.forget(&sessions).await.unwrap();
        for session in sessions {
            eventually("forgetting", async || there.get(session).is_none().then_some(())).await;
        }
        assert_eq!(there.get(kept), Some(SessionState::Ended));
    }
    stop.cancel();
}

#[tokio::test]
async fn what_was_read_before_a_change_is_not_kept_after_it() {
    let cache = listening(Arc::new(LocalBus::default())).await;
    let session = Uuid::from_u128(1).into();
    let heard = cache.heard().unwrap();
    cache.forget(&[session]).await.unwrap();
    cache.keep(session, SessionState::Ended, heard);
    assert_eq!(cache.get(session), None);
}

#[tokio::test]
async fn who_does_not_listen_remembers_nothing() {
    let cache: BusCache<SessionMark, SessionState> =
        BusCache::new(Arc::new(LocalBus::default()), SESSIONS, LONG);
    assert_eq!(cache.heard(), None);
}

#[tokio::test]
async fn a_listening_process_does_not_ask_the_database_twice_and_learns_of_an_end() {
    for world in worlds().await {
        let stop = CancellationToken::new();
        let running = tokio::spawn(Arc::clone(&world.users).run(stop.clone()));
        world.register("ann").await;
        let signed = world.login("ann").await;
        let token = signed.access_token.expose_secret();
        eventually("a remembered session", async || {
            world.execute("UPDATE users SET role = 'user'").await;
            world.users.authenticate(token).await.unwrap();
            world.execute("UPDATE users SET role = 'admin'").await;
            let who = world.users.authenticate(token).await.unwrap();
            (who.role == Role::User).then_some(())
        })
        .await;
        world.users.logout_by_token(&signed.refresh_token, &caller()).await.unwrap();
        let gone = authenticate(&world.users, &signed).await;
        assert!(matches!(gone, Err(AuthenticationError::Revoked)), "{}", world.test.name);
        stop.cancel();
        running.await.unwrap();
    }
}

#[tokio::test]
async fn messages_over_postgres_arrive_in_order_and_too_long_ones_are_refused() {
    use futures::StreamExt as _;

    let Some(database) = testkit::postgres(&[]).await else { return };
    let stop = CancellationToken::new();
    let (here, there) = over_postgres(&database, &stop).await;
    let topic = || Subscription::Topic("numbers".to_owned());
    let (ours, theirs) =
        (here.subscribe(topic()).await.unwrap(), there.subscribe(topic()).await.unwrap());
    for number in 0..50 {
        here.publish("numbers", &number.to_string()).await.unwrap();
    }
    here.publish("numbers", &"9".repeat(10_000)).await.unwrap_err();
    for heard in [ours, theirs] {
        let heard: Vec<_> =
            heard.take(50).map(|message| message.payload.to_string()).collect().await;
        assert_eq!(heard, (0..50).map(|number| number.to_string()).collect::<Vec<_>>());
    }
    stop.cancel();
}
