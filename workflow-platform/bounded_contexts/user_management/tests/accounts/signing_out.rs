use std::net::IpAddr;

use shared_kernel::{
    application::{AuthenticationError, Principal},
    domain::PageRequest,
};
use user_management::{
    UserError,
    application::{Caller, Login, SignedIn},
};
use uuid::Uuid;

use crate::support::{MINUTE, PASSWORD, World, authenticate, caller, worlds};

async fn login_from(world: &World, agent: &str) -> SignedIn {
    world.clock.advance(MINUTE);
    let login =
        Login { identifier: "ann".to_owned(), password: PASSWORD.into(), second_factor: None };
    let caller = Caller { agent: Some(agent.to_owned()), ..caller() };
    world.users.login(login, &caller).await.unwrap()
}

async fn agents(world: &World, who: &Principal) -> Vec<String> {
    let page = world.users.list_sessions(who, PageRequest::first(200)).await.unwrap();
    page.items.into_iter().map(|session| session.agent.unwrap_or_default()).collect()
}

#[tokio::test]
async fn somebody_sees_where_they_are_signed_in_and_signs_out_there() {
    for world in worlds().await {
        world.register("ann").await;
        world.register("ben").await;
        let bens = authenticate(&world.users, &world.login("ben").await).await.unwrap();
        let phone = login_from(&world, "phone").await;
        let desk = login_from(&world, "desk").await;
        let (who, lost) = (
            authenticate(&world.users, &desk).await.unwrap(),
            authenticate(&world.users, &phone).await.unwrap(),
        );
        assert_eq!(agents(&world, &who).await, ["desk", "phone"], "{}", world.test.name);
        for strange in [bens.session().unwrap().id, Uuid::from_u128(7)] {
            let refused = world.users.end_one_session(&who, strange.into(), &caller()).await;
            assert!(matches!(refused, Err(UserError::NoSuchSession)));
        }
        world
            .users
            .end_one_session(&who, lost.session().unwrap().id.into(), &caller())
            .await
            .unwrap();
        for users in [&world.users, &world.elsewhere()] {
            let gone = authenticate(users, &phone).await;
            assert!(matches!(gone, Err(AuthenticationError::Revoked)), "{}", world.test.name);
        }
        world.refresh(&phone.refresh_token).await.unwrap_err();
        let again =
            world.users.end_one_session(&who, lost.session().unwrap().id.into(), &caller()).await;
        assert!(matches!(again, Err(UserError::NoSuchSession)));
        assert_eq!(agents(&world, &who).await, ["desk"]);
        assert_eq!(agents(&world, &bens).await, [""]);
        assert_eq!(world.events("user.sessions_revoked").await.len(), 1);
    }
}

#[tokio::test]
async fn signing_out_everywhere_else_keeps_this_session_and_those_of_others() {
    for world in worlds().await {
        world.register("ann").await;
        world.register("ben").await;
        let bens = world.login("ben").await;
        let mut old = Vec::new();
        for place in ["a", "b", "c"] {
            old.push(login_from(&world, place).await);
        }
        let here = login_from(&world, "here").await;
        let who = authenticate(&world.users, &here).await.unwrap();
        assert_eq!(world.users.end_other_sessions(&who, &caller()).await.unwrap(), 3);
        assert_eq!(world.users.end_other_sessions(&who, &caller()).await.unwrap(), 0);
        for signed in &old {
            authenticate(&world.users, signed).await.unwrap_err();
        }
        authenticate(&world.users, &here).await.unwrap();
        authenticate(&world.users, &bens).await.unwrap();
        assert_eq!(world.events("user.sessions_revoked").await.len(), 1, "{}", world.test.name);
    }
}

#[tokio::test]
async fn the_list_goes_on_from_page_to_page_and_leaves_out_what_is_over() {
    for world in worlds().await {
        world.register("ann").await;
        login_from(&world, "long ago").await;
        world.clock.advance(MINUTE * 60 * 24 * 7);
        for place in ["a", "b", "c"] {
            login_from(&world, place).await;
        }
        let here = login_from(&world, "here").await;
        let who = authenticate(&world.users, &here).await.unwrap();
        let mut seen = Vec::new();
        let mut page = PageRequest::first(3);
        loop {
            let found = world.users.list_sessions(&who, page).await.unwrap();
            seen.extend(found.items.iter().map(|session| session.agent.clone().unwrap()));
            let Some(cursor) = found.next_cursor else { break };
            page.after = Some(shared_kernel::domain::Cursor::decode(&cursor).unwrap());
        }
        assert_eq!(seen, ["here", "c", "b", "a"], "{}", world.test.name);
    }
}

#[tokio::test]
async fn a_session_tells_where_it_was_opened_and_last_used() {
    for world in worlds().await {
        world.register("ann").await;
        let from = |address: &str| Caller { address: address.parse().ok(), ..caller() };
        let login =
            Login { identifier: "ann".to_owned(), password: PASSWORD.into(), second_factor: None };
        let signed = world.users.login(login, &from("2001:db8::7")).await.unwrap();
        let who = authenticate(&world.users, &signed).await.unwrap();
        let places = async || {
            let page = world.users.list_sessions(&who, PageRequest::first(1)).await.unwrap();
            let of = |address: Option<IpAddr>| address.map(|address| address.to_string());
            (of(page.items[0].address), of(page.items[0].last_address))
        };
        let (home, away) = (Some("2001:db8::7".to_owned()), Some("192.0.2.9".to_owned()));
        assert_eq!(places().await, (home.clone(), home.clone()), "{}", world.test.name);
        let next = world.users.refresh(&signed.refresh_token, &from("192.0.2.9")).await.unwrap();
        assert_eq!(places().await, (home.clone(), away.clone()));
        world.refresh(&next.refresh_token).await.unwrap();
        assert_eq!(places().await, (home, away), "an unknown address replaces no known one");
    }
}
