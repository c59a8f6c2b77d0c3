use std::{sync::Arc, time::Duration};

use futures::{TryStreamExt as _, future::join_all};
use serde_json::{Value, json};
use shared_kernel::{application::Principal, domain::Role};
use user_management::{
    User, UserError,
    application::{FreshProof, PersonalExport},
    domain::UserStatus,
};

use crate::support::{MINUTE, PASSWORD, World, authenticate, caller, worlds};

const GRACE: Duration = Duration::from_hours(30 * 24);

/// Ann, who has asked for the end of her account.
async fn leaving(world: &World) -> User {
    let ann = world.register("ann").await;
    let who = world.signed_in("ann").await;
    world.users.request_deletion(&who, &caller()).await.unwrap();
    ann
}

async fn status(world: &World, user: &User) -> String {
    world.text(&format!("SELECT status FROM users WHERE username = '{}'", user.username)).await
}

async fn exported(world: &World, who: &Principal) -> Result<Vec<(&'static str, Value)>, UserError> {
    let parts = user_management::personal_data(&world.test.database);
    let export = Arc::new(PersonalExport::new(Arc::clone(&world.users), parts));
    let (_, pages) = export.export(who).await?;
    let pages: Vec<_> = pages.try_collect().await.unwrap();
    Ok(pages.into_iter().map(|page| (page.part, json!(page.items))).collect())
}

#[tokio::test]
async fn who_asks_for_deletion_is_signed_out_everywhere_and_told_the_day() {
    for world in worlds().await {
        world.register("ann").await;
        let other = world.login("ann").await;
        let who = world.signed_in("ann").await;
        let day = world.users.request_deletion(&who, &caller()).await.unwrap();
        assert_eq!(day, world.ambient.now().plus(GRACE), "{}", world.test.name);
        authenticate(&world.users, &other).await.unwrap_err();
        world.refresh(&other.refresh_token).await.unwrap_err();
        let told = world.events("user.deletion_requested").await;
        assert_eq!(told[0]["email"], "ann@example.com");
        assert_eq!(told[0]["delete_at"], json!(day));
    }
}

#[tokio::test]
async fn an_account_is_not_deleted_without_a_fresh_proof() {
    for world in worlds().await {
        world.register("ann").await;
        let who = world.signed_in("ann").await;
        world.clock.advance(MINUTE * 5);
        let refused = world.users.request_deletion(&who, &caller()).await;
        assert!(matches!(refused, Err(UserError::StepUpRequired { .. })), "{}", world.test.name);
        let proof = FreshProof::Password(PASSWORD.into());
        world.users.step_up(&who, &proof, &caller()).await.unwrap();
        world.users.request_deletion(&who, &caller()).await.unwrap();
    }
}

#[tokio::test]
async fn a_deletion_is_undone_by_signing_in_and_taking_it_back() {
    for world in worlds().await {
        let ann = leaving(&world).await;
        assert!(!world.users.is_served(ann.id).await.unwrap(), "{}", world.test.name);
        let who = world.signed_in("ann").await;
        assert!(world.users.oneself(&who).await.unwrap().delete_at.is_some());
        let again = world.users.request_deletion(&who, &caller()).await;
        assert!(matches!(again, Err(UserError::Deleting)));
        world.users.cancel_deletion(&who, &caller()).await.unwrap();
        assert!(world.users.is_served(ann.id).await.unwrap());
        let again = world.users.cancel_deletion(&who, &caller()).await;
        assert!(matches!(again, Err(UserError::NotDeleting)));
        world.clock.advance(GRACE * 2);
        assert_eq!(world.users.delete_due().await.unwrap(), 0);
        assert_eq!(status(&world, &ann).await, "active");
    }
}

#[tokio::test]
async fn an_account_goes_on_its_day_and_not_before() {
    for world in worlds().await {
        let ann = leaving(&world).await;
        world.clock.advance(GRACE.checked_sub(MINUTE).unwrap());
        assert_eq!(world.users.delete_due().await.unwrap(), 0, "{}", world.test.name);
        let signed = world.login("ann").await;
        world.clock.advance(MINUTE);
        assert_eq!(world.users.delete_due().await.unwrap(), 1);
        authenticate(&world.users, &signed).await.unwrap_err();
        world.refresh(&signed.refresh_token).await.unwrap_err();
        for name in ["ann", "ann@example.com"] {
            let refused = world.try_login(name, PASSWORD).await;
            assert!(matches!(refused, Err(UserError::WrongCredentials)), "{name}");
        }
        assert!(world.users.profile(ann.id).await.unwrap().is_none());
        assert!(world.users.is_gone(ann.id).await.unwrap());
        let left = world.text("SELECT username || ' ' || email FROM users").await;
        assert!(left.starts_with("deleted-") && !left.contains("ann"), "{left}");
        let refused = world.try_login(left.split(' ').next().unwrap(), PASSWORD).await;
        assert!(matches!(refused, Err(UserError::WrongCredentials)), "nobody's account");
        let gone = world.told("user.deleted").await;
        assert_eq!(gone, [("account_deleted".to_owned(), "ann@example.com".to_owned())]);
    }
}

#[tokio::test]
async fn deleting_what_is_due_twice_and_at_once_deletes_it_once() {
    for world in worlds().await {
        leaving(&world).await;
        world.clock.advance(GRACE);
        let at_once = join_all((0..3).map(|_| world.users.delete_due())).await;
        let gone: u64 = at_once.into_iter().map(Result::unwrap).sum();
        assert_eq!(gone, 1, "{}", world.test.name);
        assert_eq!(world.users.delete_due().await.unwrap(), 0);
        assert_eq!(world.events("user.deleted").await.len(), 1);
    }
}

#[tokio::test]
async fn name_and_address_are_free_again() {
    for world in worlds().await {
        let before = leaving(&world).await;
        world.clock.advance(GRACE);
        world.users.delete_due().await.unwrap();
        let after = world.register("ann").await;
        assert_ne!(before.id, after.id, "{}", world.test.name);
    }
}

#[tokio::test]
async fn the_last_super_admin_stays() {
    for world in worlds().await {
        let password = PASSWORD.into();
        let root =
            world.users.create_super_admin("root", "root@example.com", &password).await.unwrap();
        let who = world.signed_in("root").await;
        let refused = world.users.request_deletion(&who, &caller()).await;
        assert!(matches!(refused, Err(UserError::LastSuperAdmin)), "{}", world.test.name);
        assert!(
            world.users.oneself(&who).await.unwrap().delete_at.is_none(),
            "nothing was written"
        );
        let mut work = world.test.database.begin().await.unwrap();
        let refused = world.users.anonymise(&mut work, &root, None, &caller()).await;
        assert!(matches!(refused, Err(UserError::LastSuperAdmin)));
        work.roll_back().await.unwrap();
        world.users.create_super_admin("next", "next@example.com", &password).await.unwrap();
        world.users.request_deletion(&who, &caller()).await.unwrap();
    }
}

#[tokio::test]
async fn administrators_do_not_touch_the_status_of_those_who_leave() {
    for world in worlds().await {
        let ann = leaving(&world).await;
        let password = PASSWORD.into();
        world.users.create_super_admin("root", "root@example.com", &password).await.unwrap();
        let root = world.signed_in("root").await;
        assert_eq!(root.role, Role::SuperAdmin);
        let set = |status| world.users.set_status(&root, ann.id, status, &CALLER);
        for status in [UserStatus::Active, UserStatus::Suspended] {
            let refused = set(status).await;
            assert!(matches!(refused, Err(UserError::Deleting)), "{}", world.test.name);
        }
        world.clock.advance(GRACE);
        world.users.delete_due().await.unwrap();
        let refused = set(UserStatus::Active).await;
        assert!(matches!(refused, Err(UserError::NoSuchUser)));
        let ben = world.register("ben").await;
        let refused = world.users.set_status(&root, ben.id, UserStatus::Deleted, &CALLER).await;
        assert!(matches!(refused, Err(UserError::Invalid(_))));
    }
}

static CALLER: std::sync::LazyLock<user_management::application::Caller> =
    std::sync::LazyLock::new(caller);

#[tokio::test]
async fn an_export_has_what_is_ones_own_and_nothing_secret() {
    for world in worlds().await {
        let ben = world.register("ben").await;
        world.login("ben").await;
        let ann = world.register("ann").await;
        world.login("ann").await;
        let who = world.signed_in("ann").await;
        let parts = exported(&world, &who).await.unwrap();
        let names: Vec<_> = parts.iter().map(|(name, _)| *name).collect();
        assert_eq!(
            names,
            ["account", "sessions", "api_keys", "saved_views"],
            "{}",
            world.test.name
        );
        assert_eq!(parts[0].1[0]["id"], json!(ann.id));
        assert_eq!(parts[0].1[0]["email"], "ann@example.com");
        assert_eq!(parts[0].1.as_array().unwrap().len(), 1);
        assert_eq!(parts[1].1.as_array().unwrap().len(), 2);
        let all = format!("{parts:?}");
        assert!(!all.contains("argon2") && !all.contains(&ben.id.to_string()), "{all}");
    }
}

#[tokio::test]
async fn an_export_of_many_rows_has_each_once() {
    for world in worlds().await {
        world.register("ann").await;
        let who = world.signed_in("ann").await;
        for number in 0..450 {
            world
                .execute(&format!(
                    "INSERT INTO user_sessions (id, user_id, created_at, last_used_at, expires_at, \
                     user_agent) SELECT {}, id, 1, 1, 1, 'agent {number}' FROM users",
                    world.uuid_literal(number)
                ))
                .await;
        }
        let parts = exported(&world, &who).await.unwrap();
        let sessions = parts.iter().filter(|(name, _)| *name == "sessions");
        let pages: Vec<_> = sessions.map(|(_, page)| page.as_array().unwrap().clone()).collect();
        let agents: std::collections::HashSet<_> =
            pages.iter().flatten().map(|row| row["user_agent"].to_string()).collect();
        assert_eq!((pages.len(), agents.len()), (3, 451), "{}", world.test.name);
    }
}

#[tokio::test]
async fn an_export_needs_a_fresh_proof() {
    for world in worlds().await {
        world.register("ann").await;
        let who = world.signed_in("ann").await;
        world.clock.advance(MINUTE * 5);
        let refused = exported(&world, &who).await;
        assert!(matches!(refused, Err(UserError::StepUpRequired { .. })), "{}", world.test.name);
    }
}
