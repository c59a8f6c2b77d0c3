use std::{sync::Arc, time::Duration};

use shared_kernel::{application::Principal, domain::Fault as _};
use user_management::{UserModule, domain::MOST_SAVED_VIEWS};

use crate::support::{World, authenticate, worlds};

async fn signed_in(world: &World, name: &str) -> Principal {
    world.register(name).await;
    authenticate(&world.users, &world.login(name).await).await.unwrap()
}

async fn views(users: &UserModule, who: &Principal) -> Vec<(String, String)> {
    let found = users.list_saved_views(who).await.unwrap();
    let texts = |view: user_management::domain::SavedView| {
        (view.name.as_str().to_owned(), view.search.as_str().to_owned())
    };
    found.into_iter().map(texts).collect()
}

fn owned(name: &str, search: &str) -> (String, String) {
    (name.to_owned(), search.to_owned())
}

#[tokio::test]
async fn views_are_kept_under_their_names_and_are_ones_own() {
    for world in worlds().await {
        let (ann, ben) = (signed_in(&world, "ann").await, signed_in(&world, "ben").await);
        let users = &world.users;
        users.keep_view(&ann, " failed ", "status=failed").await.unwrap();
        world.clock.advance(Duration::from_secs(1));
        users.keep_view(&ann, "mine", "trigger=manual").await.unwrap();
        users.keep_view(&ben, "failed", "status=cancelled").await.unwrap();
        users.keep_view(&ann, "failed", "status=failed&label=a").await.unwrap();
        let kept = [owned("failed", "status=failed&label=a"), owned("mine", "trigger=manual")];
        assert_eq!(views(users, &ann).await, kept, "{}", world.test.name);
        for none in ["mine", "\0", "", &"v".repeat(41)] {
            let missing = users.forget_view(&ben, none).await.unwrap_err();
            assert_eq!(missing.code(), "NOT_FOUND", "{}: {none:?}", world.test.name);
        }
        users.forget_view(&ann, "failed").await.unwrap();
        assert_eq!(views(users, &ann).await, [owned("mine", "trigger=manual")]);
        assert_eq!(views(users, &ben).await, [owned("failed", "status=cancelled")]);
    }
}

#[tokio::test]
async fn a_view_too_many_is_refused_also_when_many_come_at_once() {
    for world in worlds().await {
        let ann = signed_in(&world, "ann").await;
        let keep = |place: u32| {
            let (users, ann) = (Arc::clone(&world.users), ann.clone());
            async move { users.keep_view(&ann, &format!("view {place}"), "status=failed").await }
        };
        let all = futures::future::join_all((0..MOST_SAVED_VIEWS + 3).map(keep)).await;
        let refused: Vec<_> = all.iter().filter_map(|one| one.as_ref().err()).collect();
        assert_eq!(refused.len(), 3, "{}", world.test.name);
        assert!(refused.iter().all(|error| error.code() == "TOO_MANY_SAVED_VIEWS"));
        let one = views(&world.users, &ann).await[0].0.clone();
        world.users.keep_view(&ann, &one, "status=running").await.unwrap();
    }
}

#[tokio::test]
async fn a_view_that_does_not_fit_names_its_fields() {
    let world = worlds().await.remove(0);
    let ann = signed_in(&world, "ann").await;
    let refused = world.users.keep_view(&ann, &"v".repeat(41), " ").await.unwrap_err();
    let fields = refused.details();
    assert!(fields["name"].is_array() && fields["search"].is_array(), "{fields}");
}
