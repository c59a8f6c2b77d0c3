use std::{collections::HashSet, time::Duration};

use futures::future::join_all;
use secrecy::ExposeSecret as _;
use shared_kernel::{application::AuthenticationError, domain::Role};
use user_management::UserError;

use crate::support::{MINUTE, authenticate, caller, worlds};

#[tokio::test]
async fn a_name_and_an_address_both_lead_in() {
    for world in worlds().await {
        let user = world.register("ann").await;
        for identifier in ["ann", "ANN", "Ann@example.com", " ann "] {
            let signed = world.login(identifier).await;
            let who = authenticate(&world.users, &signed).await.unwrap();
            assert_eq!((who.user, who.role), (user.id, Role::User), "{}", world.test.name);
            assert_eq!(signed.expires_in, 1800);
        }
        assert_eq!(world.events("user.logged_in").await.len(), 4);
    }
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_are_told_alike() {
    for world in worlds().await {
        world.register("ann").await;
        let long = "x".repeat(200);
        for (name, password) in
            [("ann", "wrong horse"), ("nobody", "wrong horse"), ("n@b.cn", "wrong"), ("ann", &long)]
        {
            let refused = world.try_login(name, password).await;
            assert!(matches!(refused, Err(UserError::WrongCredentials)), "{}", world.test.name);
        }
    }
}

#[tokio::test]
async fn an_access_token_ends_after_half_an_hour_and_refreshing_gives_another() {
    for world in worlds().await {
        world.register("ann").await;
        let first = world.login("ann").await;
        world.clock.advance(MINUTE * 30);
        let expired = authenticate(&world.users, &first).await;
        assert!(matches!(expired, Err(AuthenticationError::Expired)), "{}", world.test.name);
        let second = world.refresh(&first.refresh_token).await.unwrap();
        authenticate(&world.users, &second).await.unwrap();
        assert_ne!(first.refresh_token.expose_secret(), second.refresh_token.expose_secret());
    }
}

#[tokio::test]
async fn a_refresh_token_ends_after_a_week_unless_it_was_used() {
    for world in worlds().await {
        world.register("ann").await;
        let (idle, busy) = (world.login("ann").await, world.login("ann").await);
        world.clock.advance(MINUTE * 60 * 24 * 6);
        let busy = world.refresh(&busy.refresh_token).await.unwrap();
        world.clock.advance(MINUTE * 60 * 24);
        let refused = world.refresh(&idle.refresh_token).await;
        assert!(matches!(refused, Err(UserError::BadRefreshToken)), "{}", world.test.name);
        world.refresh(&busy.refresh_token).await.unwrap();
    }
}

#[tokio::test]
async fn a_reused_refresh_token_ends_the_whole_family_and_no_other() {
    for world in worlds().await {
        world.register("ann").await;
        let (first, other) = (world.login("ann").await, world.login("ann").await);
        let second = world.refresh(&first.refresh_token).await.unwrap();
        let third = world.refresh(&second.refresh_token).await.unwrap();
        authenticate(&world.users, &third).await.unwrap();
        world.clock.advance(Duration::from_secs(10));
        let stolen = world.refresh(&first.refresh_token).await;
        assert!(matches!(stolen, Err(UserError::BadRefreshToken)), "{}", world.test.name);
        let refused = world.refresh(&third.refresh_token).await;
        assert!(matches!(refused, Err(UserError::BadRefreshToken)));
        let revoked = authenticate(&world.users, &third).await;
        assert!(matches!(revoked, Err(AuthenticationError::Revoked)));
        authenticate(&world.users, &other).await.unwrap();
        let events = world.events("user.sessions_revoked").await;
        assert_eq!(events.len(), 1);
        assert_eq!(events[0]["reason"], "refresh_token_reused");
        assert_eq!(events[0]["email"], "ann@example.com");
    }
}

#[tokio::test]
async fn a_refresh_token_handed_in_by_twenty_at_once_has_one_successor() {
    for world in worlds().await {
        world.register("ann").await;
        let signed = world.login("ann").await;
        let made = join_all((0..20).map(|_| world.refresh(&signed.refresh_token))).await;
        let successors: HashSet<_> = made
            .iter()
            .map(|made| made.as_ref().unwrap().refresh_token.expose_secret().to_owned())
            .collect();
        assert_eq!(successors.len(), 1, "{}", world.test.name);
        for signed in made.iter().map(|made| made.as_ref().unwrap()) {
            authenticate(&world.users, signed).await.unwrap();
        }
        let next = world.refresh(&made[0].as_ref().unwrap().refresh_token).await.unwrap();
        assert!(!successors.contains(next.refresh_token.expose_secret()));
    }
}

#[tokio::test]
async fn a_refresh_token_leads_to_its_successor_for_ten_seconds_and_no_longer() {
    for world in worlds().await {
        world.register("ann").await;
        let signed = world.login("ann").await;
        let first = world.refresh(&signed.refresh_token).await.unwrap();
        world.clock.advance(Duration::from_millis(9_999));
        let again = world.refresh(&signed.refresh_token).await.unwrap();
        assert_eq!(first.refresh_token.expose_secret(), again.refresh_token.expose_secret());
        assert!(world.events("user.sessions_revoked").await.is_empty());
        world.clock.advance(Duration::from_millis(1));
        let late = world.refresh(&signed.refresh_token).await;
        assert!(matches!(late, Err(UserError::BadRefreshToken)), "{}", world.test.name);
        world.refresh(&first.refresh_token).await.unwrap_err();
        assert_eq!(world.events("user.sessions_revoked").await.len(), 1);
    }
}

#[tokio::test]
async fn no_grace_for_a_token_of_a_session_that_has_ended() {
    for world in worlds().await {
        world.register("ann").await;
        let signed = world.login("ann").await;
        let next = world.refresh(&signed.refresh_token).await.unwrap();
        world.users.logout_by_token(&next.refresh_token, &caller()).await.unwrap();
        let refused = world.refresh(&signed.refresh_token).await;
        assert!(matches!(refused, Err(UserError::BadRefreshToken)), "{}", world.test.name);
    }
}

#[tokio::test]
async fn logging_out_ends_the_session_here_and_elsewhere() {
    for world in worlds().await {
        world.register("ann").await;
        let (signed, other) = (world.login("ann").await, world.login("ann").await);
        let who = authenticate(&world.users, &signed).await.unwrap();
        world.users.logout(&who, &caller()).await.unwrap();
        world.users.logout(&who, &caller()).await.unwrap();
        for users in [&world.users, &world.elsewhere()] {
            let revoked = authenticate(users, &signed).await;
            assert!(matches!(revoked, Err(AuthenticationError::Revoked)), "{}", world.test.name);
            authenticate(users, &other).await.unwrap();
        }
        world.refresh(&signed.refresh_token).await.unwrap_err();
        assert_eq!(world.events("user.logged_out").await.len(), 1);
    }
}

#[tokio::test]
async fn a_revoked_token_is_refused_even_if_its_session_went_on() {
    for world in worlds().await {
        world.register("ann").await;
        let signed = world.login("ann").await;
        let who = authenticate(&world.users, &signed).await.unwrap();
        world.users.logout(&who, &caller()).await.unwrap();
        world.execute("UPDATE user_sessions SET ended_at = NULL").await;
        let refused = authenticate(&world.users, &signed).await;
        assert!(matches!(refused, Err(AuthenticationError::Revoked)), "{}", world.test.name);
        let next = world.refresh(&signed.refresh_token).await.unwrap();
        authenticate(&world.users, &next).await.unwrap();
        world.clock.advance(MINUTE * 31);
        assert_eq!(world.users.sweep().await.unwrap(), 1, "what is over need not be remembered");
    }
}

#[tokio::test]
async fn a_session_ends_by_its_refresh_token_and_asking_again_does_no_harm() {
    for world in worlds().await {
        world.register("ann").await;
        let signed = world.login("ann").await;
        for token in [&signed.refresh_token, &signed.refresh_token, &"garbage".into()] {
            world.users.logout_by_token(token, &caller()).await.unwrap();
        }
        let revoked = authenticate(&world.users, &signed).await;
        assert!(matches!(revoked, Err(AuthenticationError::Revoked)), "{}", world.test.name);
        assert_eq!(world.events("user.logged_out").await.len(), 1);
    }
}

#[tokio::test]
async fn a_suspended_user_is_out_and_a_changed_role_counts() {
    for world in worlds().await {
        world.register("ann").await;
        let signed = world.login("ann").await;
        world.execute("UPDATE users SET role = 'admin'").await;
        let who = authenticate(&world.elsewhere(), &signed).await.unwrap();
        assert_eq!(who.role, Role::Admin, "{}", world.test.name);
        world.execute("UPDATE users SET status = 'suspended'").await;
        let refused = authenticate(&world.elsewhere(), &signed).await;
        assert!(matches!(refused, Err(AuthenticationError::Revoked)));
        let refused = world.try_login("ann", crate::support::PASSWORD).await;
        assert!(matches!(refused, Err(UserError::Suspended)));
        let refused = world.refresh(&signed.refresh_token).await;
        assert!(matches!(refused, Err(UserError::Suspended)));
    }
}

#[tokio::test]
async fn a_token_of_a_session_that_never_was_is_refused() {
    for world in worlds().await {
        world.register("ann").await;
        let signed = world.login("ann").await;
        world.execute("DELETE FROM user_sessions").await;
        let refused = authenticate(&world.users, &signed).await;
        assert!(matches!(refused, Err(AuthenticationError::Revoked)), "{}", world.test.name);
        world.clock.advance(Duration::from_secs(1));
        world.refresh(&signed.refresh_token).await.unwrap_err();
    }
}
