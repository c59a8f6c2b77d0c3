//! Sign-ins with a program, or from a place, that an account has not seen.

use std::time::Duration;

use serde_json::Value;
use user_management::application::{Caller, Login};

use crate::support::{PASSWORD, World, caller, worlds};

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const NEWER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0";
const HOME: &str = "203.0.113.7";
const CAFE: &str = "2001:db8:5::1";

async fn sign_in(world: &World, agent: &str, address: &str) {
    world.clock.advance(Duration::from_mins(10));
    let login =
        Login { identifier: "ann".to_owned(), password: PASSWORD.into(), second_factor: None };
    let (agent, address) = (Some(agent.to_owned()), Some(address.parse().unwrap()));
    let caller = Caller { agent, address, ..caller() };
    world.users.login(login, &caller).await.unwrap();
}

async fn told(world: &World) -> Vec<Value> {
    world.events("user.signed_in_from_new_device").await
}

#[tokio::test]
async fn a_new_program_and_a_new_place_are_told_once_each() {
    for world in worlds().await {
        world.register("ann").await;
        sign_in(&world, FIREFOX, HOME).await;
        assert!(
            told(&world).await.is_empty(),
            "{}: nobody signs in for a first time",
            world.test.name
        );
        sign_in(&world, NEWER, HOME).await;
        assert!(told(&world).await.is_empty(), "a newer Firefox is the same device");
        sign_in(&world, FIREFOX, CAFE).await;
        sign_in(&world, "curl/8.5.0", HOME).await;
        sign_in(&world, "curl/8.5.0", CAFE).await;
        sign_in(&world, FIREFOX, "2001:db8:5::2").await;
        let told = told(&world).await;
        let said: Vec<_> = told
            .iter()
            .map(|event| {
                let text = |name: &str| event[name].as_str().unwrap().to_owned();
                let flag = |name: &str| event[name].as_bool().unwrap();
                (text("device"), text("address"), flag("new_device"), flag("new_place"))
            })
            .collect();
        let expected = [
            ("Firefox (Linux)".to_owned(), CAFE.to_owned(), false, true),
            ("curl".to_owned(), HOME.to_owned(), true, false),
        ];
        assert_eq!(said, expected, "{}", world.test.name);
    }
}

#[tokio::test]
async fn after_a_long_absence_whoever_comes_is_told_of() {
    for world in worlds().await {
        world.register("ann").await;
        world.clock.advance(Duration::from_hours(48));
        sign_in(&world, FIREFOX, HOME).await;
        assert_eq!(told(&world).await.len(), 1, "{}", world.test.name);
    }
}

#[tokio::test]
async fn what_one_account_knows_another_does_not() {
    for world in worlds().await {
        world.register("ann").await;
        world.register("ben").await;
        sign_in(&world, FIREFOX, HOME).await;
        world.login("ben").await;
        sign_in(&world, FIREFOX, HOME).await;
        assert!(told(&world).await.is_empty(), "{}", world.test.name);
    }
}

#[tokio::test]
async fn what_was_seen_long_ago_is_known_still() {
    for world in worlds().await {
        world.register("ann").await;
        sign_in(&world, FIREFOX, HOME).await;
        for _ in 0..20 {
            sign_in(&world, "curl/8.5.0", CAFE).await;
        }
        let before = told(&world).await.len();
        sign_in(&world, FIREFOX, HOME).await;
        assert_eq!(told(&world).await.len(), before, "{}", world.test.name);
    }
}
