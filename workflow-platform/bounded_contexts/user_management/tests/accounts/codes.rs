use futures::future::join_all;
use user_management::{UserError, domain::CodePurpose};

use crate::support::{MINUTE, worlds};

const ANN: &str = "ann@example.com";

/// A code of six digits that is not the given one.
fn wrong(code: &str) -> String {
    if code == "000000" { "000001".to_owned() } else { "000000".to_owned() }
}

#[tokio::test]
async fn the_outbox_does_not_show_the_code() {
    for world in worlds().await {
        let code = world.code_for(ANN).await;
        let events = world.events("user.verification_code.requested").await;
        let fields = events[0].as_object().unwrap();
        assert_eq!(code.len(), 6);
        assert!(!fields.values().any(|value| value == code.as_str()), "{}", world.test.name);
    }
}

#[tokio::test]
async fn an_address_gets_one_code_a_minute_whatever_its_case_and_purpose() {
    for world in worlds().await {
        world.ask_for_code(ANN, CodePurpose::Register).await.unwrap();
        world.clock.advance(MINUTE / 2);
        let again = world.ask_for_code("Ann@Example.com", CodePurpose::ResetPassword).await;
        let Err(UserError::CodeTooSoon { retry_after }) = again else { panic!("{again:?}") };
        assert!((30..=31).contains(&retry_after), "{retry_after}");
        world.ask_for_code("ben@example.com", CodePurpose::Register).await.unwrap();
        world.clock.advance(MINUTE / 2);
        world.ask_for_code(ANN, CodePurpose::Register).await.unwrap();
        assert_eq!(world.events("user.verification_code.requested").await.len(), 3);
    }
}

#[tokio::test]
async fn of_many_requests_at_once_one_gets_a_code() {
    for world in worlds().await {
        let asking = (0..8).map(|_| world.ask_for_code(ANN, CodePurpose::Register));
        let sent = join_all(asking).await.into_iter().flatten().count();
        assert_eq!(sent, 1, "{}", world.test.name);
        assert_eq!(world.events("user.verification_code.requested").await.len(), 1);
    }
}

#[tokio::test]
async fn an_account_makes_no_difference_to_the_answer() {
    for world in worlds().await {
        world.register("ann").await;
        world.clock.advance(MINUTE);
        for purpose in [CodePurpose::Register, CodePurpose::ResetPassword] {
            let known = world.ask_for_code(ANN, purpose).await.unwrap();
            let unknown = world.ask_for_code("ben@example.com", purpose).await.unwrap();
            assert_eq!(known, unknown, "{}", world.test.name);
            world.clock.advance(MINUTE);
        }
    }
}

#[tokio::test]
async fn the_sixth_attempt_fails_even_with_the_right_code() {
    for world in worlds().await {
        let code = world.code_for(ANN).await;
        for _ in 0..5 {
            let refused = world.try_register("ann", ANN, &wrong(&code)).await;
            assert!(matches!(refused, Err(UserError::CodeInvalid)));
        }
        let refused = world.try_register("ann", ANN, &code).await;
        assert!(matches!(refused, Err(UserError::CodeInvalid)), "{}", world.test.name);
    }
}

#[tokio::test]
async fn the_fifth_attempt_may_be_the_right_one() {
    for world in worlds().await {
        let code = world.code_for(ANN).await;
        for _ in 0..4 {
            world.try_register("ann", ANN, &wrong(&code)).await.unwrap_err();
        }
        world.try_register("ann", ANN, &code).await.unwrap();
    }
}

#[tokio::test]
async fn guesses_made_at_once_are_counted_each() {
    for world in worlds().await {
        let code = world.code_for(ANN).await;
        let wrong = wrong(&code);
        join_all((0..12).map(|_| world.try_register("ann", ANN, &wrong))).await;
        world.clock.advance(MINUTE);
        let refused = world.try_register("ann", ANN, &code).await;
        assert!(matches!(refused, Err(UserError::CodeInvalid)), "{}", world.test.name);
    }
}

#[tokio::test]
async fn a_code_ends_after_ten_minutes() {
    for world in worlds().await {
        let code = world.code_for(ANN).await;
        world.clock.advance(MINUTE * 10);
        let refused = world.try_register("ann", ANN, &code).await;
        assert!(matches!(refused, Err(UserError::CodeInvalid)), "{}", world.test.name);
    }
}

#[tokio::test]
async fn a_code_works_for_its_address_and_purpose_only() {
    for world in worlds().await {
        world.ask_for_code(ANN, CodePurpose::ResetPassword).await.unwrap();
        let code = world.read_code().await;
        let refused = world.try_register("ann", ANN, &code).await;
        assert!(matches!(refused, Err(UserError::CodeInvalid)), "{}", world.test.name);
        let code = world.code_for("ben@example.com").await;
        let refused = world.try_register("ann", ANN, &code).await;
        assert!(matches!(refused, Err(UserError::CodeInvalid)));
    }
}

#[tokio::test]
async fn a_code_for_another_purpose_leaves_the_one_before_alone() {
    for world in worlds().await {
        world.ask_for_code(ANN, CodePurpose::Register).await.unwrap();
        let code = world.read_code().await;
        world.clock.advance(MINUTE);
        world.ask_for_code(ANN, CodePurpose::ResetPassword).await.unwrap();
        world.try_register("ann", ANN, &code).await.unwrap();
    }
}

#[tokio::test]
async fn a_new_code_voids_the_one_before_it_of_its_purpose() {
    for world in worlds().await {
        let code = world.code_for(ANN).await;
        world.clock.advance(MINUTE);
        let newer = world.code_for(ANN).await;
        let refused = world.try_register("ann", ANN, &code).await;
        assert!(matches!(refused, Err(UserError::CodeInvalid)) || code == newer);
        world.try_register("ann", ANN, &newer).await.unwrap();
    }
}

#[tokio::test]
async fn old_codes_and_sessions_are_swept_and_live_ones_stay() {
    for world in worlds().await {
        world.register("ann").await;
        let signed = world.login("ann").await;
        assert_eq!(world.users.sweep().await.unwrap(), 0, "{}", world.test.name);
        world.clock.advance(MINUTE * 60 * 24 * 38);
        assert_eq!(world.users.sweep().await.unwrap(), 2);
        world.refresh(&signed.refresh_token).await.unwrap_err();
        world.login("ann").await;
    }
}
