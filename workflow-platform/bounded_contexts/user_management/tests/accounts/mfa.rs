use futures::future::join_all;
use secrecy::ExposeSecret as _;
use shared_kernel::application::Principal;
use user_management::{
    UserError,
    application::{PasswordReset, SecondFactor},
    domain::CodePurpose,
};

use crate::support::{Authenticator, MINUTE, PASSWORD, World, authenticate, caller, worlds};

const STEP: std::time::Duration = std::time::Duration::from_secs(30);

/// Ann, signed in, with an authenticator; its next code can be used.
async fn ann(world: &World) -> (Principal, Authenticator) {
    world.register("ann").await;
    let who = world.signed_in("ann").await;
    let authenticator = world.enrol(&who).await;
    world.clock.advance(STEP);
    (who, authenticator)
}

fn totp(code: &str) -> SecondFactor {
    SecondFactor::Totp(code.into())
}

#[tokio::test]
async fn the_second_factor_is_asked_for_only_when_the_password_is_right() {
    for world in worlds().await {
        let (_, authenticator) = ann(&world).await;
        let shown = world.shown(&authenticator);
        let refused = world.try_login_with("ann", "wrong", Some(shown.clone())).await;
        assert!(matches!(refused, Err(UserError::WrongCredentials)), "{}", world.test.name);
        let refused = world.try_login("ann", PASSWORD).await;
        assert!(matches!(refused, Err(UserError::TotpRequired)));
        for wrong in ["", "12345", "abcdef", "１２３４５６"] {
            let refused = world.try_login_with("ann", PASSWORD, Some(totp(wrong))).await;
            assert!(matches!(refused, Err(UserError::TotpInvalid)), "{wrong}");
        }
        world.try_login_with("ann", PASSWORD, Some(shown)).await.unwrap();
    }
}

#[tokio::test]
async fn a_code_of_one_step_works_once() {
    for world in worlds().await {
        let (_, authenticator) = ann(&world).await;
        let shown = world.shown(&authenticator);
        let at_once = (0..3).map(|_| world.try_login_with("ann", PASSWORD, Some(shown.clone())));
        let signed = join_all(at_once).await;
        assert_eq!(signed.iter().filter(|one| one.is_ok()).count(), 1, "{}", world.test.name);
        let replayed = signed.iter().filter(|one| matches!(one, Err(UserError::TotpInvalid)));
        assert_eq!(replayed.count(), 2);
        world.clock.advance(STEP);
        let replayed = world.try_login_with("ann", PASSWORD, Some(shown)).await;
        assert!(matches!(replayed, Err(UserError::TotpInvalid)));
        let next = world.shown(&authenticator);
        world.try_login_with("ann", PASSWORD, Some(next)).await.unwrap();
    }
}

#[tokio::test]
async fn a_code_before_one_that_was_used_is_used_up_too() {
    for world in worlds().await {
        let (_, authenticator) = ann(&world).await;
        let earlier = world.shown(&authenticator);
        world.clock.advance(STEP);
        let later = world.shown(&authenticator);
        world.try_login_with("ann", PASSWORD, Some(later)).await.unwrap();
        let refused = world.try_login_with("ann", PASSWORD, Some(earlier)).await;
        assert!(matches!(refused, Err(UserError::TotpInvalid)), "{}", world.test.name);
    }
}

#[tokio::test]
async fn clocks_may_be_one_step_apart() {
    for world in worlds().await {
        let (_, authenticator) = ann(&world).await;
        let shown = world.shown(&authenticator);
        world.clock.advance(STEP * 2);
        let refused = world.try_login_with("ann", PASSWORD, Some(shown)).await;
        assert!(matches!(refused, Err(UserError::TotpInvalid)), "{}", world.test.name);
        let shown = world.shown(&authenticator);
        world.clock.advance(STEP);
        world.try_login_with("ann", PASSWORD, Some(shown)).await.unwrap();
    }
}

#[tokio::test]
async fn a_used_recovery_code_opens_nothing() {
    for world in worlds().await {
        let (_, authenticator) = ann(&world).await;
        let code = authenticator.recovery(3);
        world.try_login_with("ann", PASSWORD, Some(code.clone())).await.unwrap();
        let refused = world.try_login_with("ann", PASSWORD, Some(code)).await;
        assert!(matches!(refused, Err(UserError::TotpInvalid)), "{}", world.test.name);
        let told = world.told("user.recovery_code_used").await;
        let expected = ("recovery_code_used".to_owned(), "ann@example.com".to_owned());
        assert_eq!(told, [expected]);
    }
}

#[tokio::test]
async fn of_two_uses_of_one_recovery_code_at_once_one_succeeds() {
    for world in worlds().await {
        let (who, authenticator) = ann(&world).await;
        let code = authenticator.recovery(0);
        let at_once = (0..2).map(|_| world.try_login_with("ann", PASSWORD, Some(code.clone())));
        let signed = join_all(at_once).await.into_iter().flatten().count();
        assert_eq!(signed, 1, "{}", world.test.name);
        let left = world.users.oneself(&who).await.unwrap().factors.recovery_codes_left;
        assert_eq!(left, 9);
    }
}

#[tokio::test]
async fn somebody_elses_recovery_code_opens_nothing() {
    for world in worlds().await {
        let (_, annes) = ann(&world).await;
        world.register("ben").await;
        let ben = world.signed_in("ben").await;
        world.enrol(&ben).await;
        let refused = world.try_login_with("ben", PASSWORD, Some(annes.recovery(0))).await;
        assert!(matches!(refused, Err(UserError::TotpInvalid)), "{}", world.test.name);
        world.try_login_with("ann", PASSWORD, Some(annes.recovery(0))).await.unwrap();
    }
}

#[tokio::test]
async fn new_recovery_codes_void_all_former_ones() {
    for world in worlds().await {
        let (who, authenticator) = ann(&world).await;
        let new = world.users.replace_recovery_codes(&who, &caller()).await.unwrap();
        let refused = world.try_login_with("ann", PASSWORD, Some(authenticator.recovery(0))).await;
        assert!(matches!(refused, Err(UserError::TotpInvalid)), "{}", world.test.name);
        let code = SecondFactor::Recovery(new.0[9].display().to_lowercase().into());
        world.try_login_with("ann", PASSWORD, Some(code)).await.unwrap();
        assert_eq!(world.told("user.recovery_codes_replaced").await.len(), 1);
    }
}

#[tokio::test]
async fn an_authenticator_counts_only_once_it_has_shown_a_right_code() {
    for world in worlds().await {
        world.register("ann").await;
        let who = world.signed_in("ann").await;
        let first = world.users.begin_totp(&who).await.unwrap();
        world.login("ann").await;
        let refused = world.users.confirm_totp(&who, "000000", &caller()).await;
        assert!(matches!(refused, Err(UserError::ProofInvalid("totp"))), "{}", world.test.name);
        let second = world.users.begin_totp(&who).await.unwrap();
        assert_ne!(first.secret.expose_secret(), second.secret.expose_secret());
        world.clock.advance(MINUTE * 4);
        world.enrol(&who).await;
        let again = world.users.begin_totp(&who).await;
        assert!(matches!(again, Err(UserError::TotpEnabled)));
        assert_eq!(world.told("user.totp_enabled").await.len(), 1);
    }
}

#[tokio::test]
async fn an_enrolment_that_was_begun_long_ago_cannot_be_confirmed() {
    for world in worlds().await {
        world.register("ann").await;
        let who = world.signed_in("ann").await;
        world.users.begin_totp(&who).await.unwrap();
        world.clock.advance(MINUTE * 15);
        let refused = world.users.confirm_totp(&who, "000000", &caller()).await;
        assert!(matches!(refused, Err(UserError::TotpNotEnabled)), "{}", world.test.name);
    }
}

#[tokio::test]
async fn the_secret_lies_sealed() {
    for world in worlds().await {
        let (_, authenticator) = ann(&world).await;
        let sealed = world.text("SELECT sealed_secret FROM user_totp").await;
        assert!(sealed.starts_with('v'), "{}", world.test.name);
        assert!(!sealed.contains(&authenticator.secret.base32()));
    }
}

#[tokio::test]
async fn a_reset_password_does_not_switch_the_second_factor_off() {
    for world in worlds().await {
        let (_, authenticator) = ann(&world).await;
        world.clock.advance(MINUTE);
        let email = "ann@example.com";
        world.ask_for_code(email, CodePurpose::ResetPassword).await.unwrap();
        let code = world.read_code().await;
        let new_password = "staple the other battery";
        let form =
            PasswordReset { email: email.to_owned(), code, new_password: new_password.into() };
        world.users.reset_password(form, &caller()).await.unwrap();
        let refused = world.try_login("ann", new_password).await;
        assert!(matches!(refused, Err(UserError::TotpRequired)), "{}", world.test.name);
        let shown = world.shown(&authenticator);
        world.try_login_with("ann", new_password, Some(shown)).await.unwrap();
    }
}

#[tokio::test]
async fn without_an_authenticator_the_password_is_enough_again() {
    for world in worlds().await {
        let (who, _) = ann(&world).await;
        world.users.disable_totp(&who, &caller()).await.unwrap();
        let signed = world.login("ann").await;
        let who = authenticate(&world.users, &signed).await.unwrap();
        let found = world.users.oneself(&who).await.unwrap().factors;
        assert_eq!((found.totp_enabled, found.recovery_codes_left), (false, 0));
        assert_eq!(world.told("user.totp_disabled").await.len(), 1, "{}", world.test.name);
        let again = world.users.disable_totp(&who, &caller()).await;
        assert!(matches!(again, Err(UserError::TotpNotEnabled)));
    }
}

#[tokio::test]
async fn guesses_at_the_second_factor_make_the_next_wait() {
    for world in worlds().await {
        let (_, authenticator) = ann(&world).await;
        for _ in 0..6 {
            let refused = world.try_login_with("ann", PASSWORD, Some(totp("000000"))).await;
            assert!(matches!(refused, Err(UserError::TotpInvalid)), "{}", world.test.name);
        }
        let shown = world.shown(&authenticator);
        let refused = world.try_login_with("ann", PASSWORD, Some(shown)).await;
        assert!(matches!(refused, Err(UserError::TooManyAttempts { .. })));
        world.clock.advance(MINUTE);
        let shown = world.shown(&authenticator);
        world.try_login_with("ann", PASSWORD, Some(shown)).await.unwrap();
    }
}
