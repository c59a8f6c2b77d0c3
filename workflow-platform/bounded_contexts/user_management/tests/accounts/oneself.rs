//! Who somebody is, is remembered and shown as it is all the same.

use std::sync::Arc;

use shared_kernel::{application::Principal, domain::Locale};
use tokio_util::sync::CancellationToken;
use user_management::{
    application::{EmailChange, Oneself, OwnCodeRequest, ProfileChange},
    domain::UserStatus,
};

use crate::support::{PASSWORD, World, caller, caller_as, eventually, worlds};

async fn oneself(world: &World, who: &Principal) -> Arc<Oneself> {
    world.users.oneself(who).await.unwrap()
}

/// Until a change that nobody told of is not seen.
async fn remembered(world: &World, who: &Principal) {
    eventually("a remembered person", async || {
        world.execute("UPDATE users SET locale = 'en'").await;
        let before = oneself(world, who).await;
        world.execute("UPDATE users SET locale = 'zh-CN'").await;
        let after = oneself(world, who).await;
        let same = before.user.locale == Locale::En && after == before;
        world.execute("UPDATE users SET locale = 'en'").await;
        same.then_some(())
    })
    .await;
}

#[tokio::test]
async fn whatever_changes_somebody_is_seen_at_once_though_they_are_remembered() {
    for world in worlds().await {
        let stop = CancellationToken::new();
        let running = tokio::spawn(Arc::clone(&world.users).run(stop.clone()));
        world.register("ann").await;
        let who = world.signed_in("ann").await;

        remembered(&world, &who).await;
        let name = ProfileChange { username: Some("Anne".to_owned()), locale: None };
        world.users.update_profile(&who, name, &caller()).await.unwrap();
        assert_eq!(oneself(&world, &who).await.user.username.as_str(), "Anne");

        remembered(&world, &who).await;
        let request = OwnCodeRequest::ChangeEmail { email: "new@example.com".to_owned() };
        world.users.send_own_code(&who, request, &caller()).await.unwrap();
        let code = world.read_code().await;
        let form = EmailChange { new_email: "new@example.com".to_owned(), code };
        world.users.change_email(&who, &form, &caller()).await.unwrap();
        assert_eq!(oneself(&world, &who).await.user.email.as_str(), "new@example.com");

        remembered(&world, &who).await;
        let authenticator = world.enrol(&who).await;
        assert_eq!(oneself(&world, &who).await.factors.recovery_codes_left, 10);

        remembered(&world, &who).await;
        let code = Some(authenticator.recovery(0));
        world.try_login_with("anne", PASSWORD, code).await.unwrap();
        assert_eq!(oneself(&world, &who).await.factors.recovery_codes_left, 9);

        remembered(&world, &who).await;
        world.users.replace_recovery_codes(&who, &caller()).await.unwrap();
        assert_eq!(oneself(&world, &who).await.factors.recovery_codes_left, 10);

        remembered(&world, &who).await;
        world.users.disable_totp(&who, &caller()).await.unwrap();
        assert!(!oneself(&world, &who).await.factors.totp_enabled, "{}", world.test.name);

        stop.cancel();
        running.await.unwrap();
    }
}

#[tokio::test]
async fn whoever_leaves_or_is_suspended_is_served_no_more_at_once() {
    for world in worlds().await {
        let stop = CancellationToken::new();
        let running = tokio::spawn(Arc::clone(&world.users).run(stop.clone()));
        world.register("ann").await;
        let who = world.signed_in("ann").await;

        remembered(&world, &who).await;
        assert!(world.users.is_served(who.user).await.unwrap());
        world.users.request_deletion(&who, &caller()).await.unwrap();
        assert!(!world.users.is_served(who.user).await.unwrap(), "{}", world.test.name);
        assert!(oneself(&world, &who).await.delete_at.is_some());

        let again = world.signed_in("ann").await;
        remembered(&world, &again).await;
        world.users.cancel_deletion(&again, &caller()).await.unwrap();
        assert!(world.users.is_served(who.user).await.unwrap());
        assert_eq!(oneself(&world, &again).await.delete_at, None);

        world.users.create_super_admin("root", "root@example.com", &PASSWORD.into()).await.unwrap();
        let root = world.signed_in("root").await;
        remembered(&world, &again).await;
        let suspended = UserStatus::Suspended;
        world.users.set_status(&root, who.user, suspended, &caller_as(&root)).await.unwrap();
        assert!(!world.users.is_served(who.user).await.unwrap(), "{}", world.test.name);

        stop.cancel();
        running.await.unwrap();
    }
}

#[tokio::test]
async fn whoever_handles_a_change_sees_it_before_what_is_remembered_is_forgotten() {
    for world in worlds().await {
        let stop = CancellationToken::new();
        let running = tokio::spawn(Arc::clone(&world.users).run(stop.clone()));
        world.register("ann").await;
        let who = world.signed_in("ann").await;
        remembered(&world, &who).await;
        world.execute("UPDATE users SET status = 'suspended'").await;
        assert!(
            world.users.is_served(who.user).await.unwrap(),
            "{} is remembered",
            world.test.name
        );
        assert!(!world.users.is_served_now(who.user).await.unwrap(), "{}", world.test.name);
        stop.cancel();
        running.await.unwrap();
    }
}
