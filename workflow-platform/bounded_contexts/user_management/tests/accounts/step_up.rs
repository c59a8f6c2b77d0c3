use user_management::{
    UserError,
    application::{FreshProof, OwnCodeRequest, PasswordChange, SecondFactor},
};

use crate::support::{MINUTE, PASSWORD, World, caller, worlds};

fn methods<T: std::fmt::Debug>(refused: Result<T, UserError>) -> &'static [&'static str] {
    match refused {
        Err(UserError::StepUpRequired { methods }) => methods,
        other => panic!("{other:?}"),
    }
}

fn password(text: &str) -> FreshProof {
    FreshProof::Password(text.into())
}

async fn own_code(world: &World, who: &shared_kernel::application::Principal) -> String {
    world.users.send_own_code(who, OwnCodeRequest::SensitiveAction, &caller()).await.unwrap();
    world.read_code().await
}

#[tokio::test]
async fn a_login_a_moment_ago_is_proof_enough_and_an_older_one_is_not() {
    for world in worlds().await {
        world.register("ann").await;
        let who = world.signed_in("ann").await;
        world.clock.advance(MINUTE * 4);
        world.users.begin_totp(&who).await.unwrap();
        world.clock.advance(MINUTE);
        let refused = world.users.begin_totp(&who).await;
        assert_eq!(methods(refused), ["password", "code"], "{}", world.test.name);
    }
}

#[tokio::test]
async fn a_proof_is_believed_for_ten_minutes_in_its_own_session() {
    for world in worlds().await {
        world.register("ann").await;
        let (who, other) = (world.signed_in("ann").await, world.signed_in("ann").await);
        world.clock.advance(MINUTE * 5);
        let until = world.users.step_up(&who, &password(PASSWORD), &caller()).await.unwrap();
        assert_eq!(until, world.ambient.now().plus(MINUTE * 10), "{}", world.test.name);
        world.users.begin_totp(&who).await.unwrap();
        methods(world.users.begin_totp(&other).await);
        world.clock.advance(MINUTE * 10);
        methods(world.users.begin_totp(&who).await);
    }
}

#[tokio::test]
async fn a_wrong_password_proves_nothing() {
    for world in worlds().await {
        world.register("ann").await;
        let who = world.signed_in("ann").await;
        world.clock.advance(MINUTE * 5);
        let refused = world.users.step_up(&who, &password("wrong"), &caller()).await;
        assert!(matches!(refused, Err(UserError::ProofInvalid("password"))));
        methods(world.users.begin_totp(&who).await);
    }
}

#[tokio::test]
async fn a_mailed_code_proves_once() {
    for world in worlds().await {
        world.register("ann").await;
        let who = world.signed_in("ann").await;
        world.clock.advance(MINUTE * 5);
        let code = own_code(&world, &who).await;
        let proof = FreshProof::Code(code);
        let caller = caller();
        let at_once = (0..4).map(|_| world.users.step_up(&who, &proof, &caller));
        let proved = futures::future::join_all(at_once).await.into_iter().flatten().count();
        assert_eq!(proved, 1, "{}", world.test.name);
        world.users.begin_totp(&who).await.unwrap();
    }
}

#[tokio::test]
async fn somebody_elses_code_proves_nothing() {
    for world in worlds().await {
        world.register("ann").await;
        world.register("ben").await;
        let (ann, ben) = (world.signed_in("ann").await, world.signed_in("ben").await);
        let code = own_code(&world, &ann).await;
        let refused = world.users.step_up(&ben, &FreshProof::Code(code.clone()), &caller()).await;
        assert!(matches!(refused, Err(UserError::CodeInvalid)), "{}", world.test.name);
        world.users.step_up(&ann, &FreshProof::Code(code), &caller()).await.unwrap();
    }
}

#[tokio::test]
async fn strangers_keep_nobody_waiting_for_their_own_code() {
    for world in worlds().await {
        world.register("ann").await;
        let who = world.signed_in("ann").await;
        world.clock.advance(MINUTE);
        world
            .ask_for_code("ann@example.com", user_management::domain::CodePurpose::ResetPassword)
            .await
            .unwrap();
        own_code(&world, &who).await;
        let again = OwnCodeRequest::SensitiveAction;
        let again = world.users.send_own_code(&who, again, &caller()).await;
        assert!(matches!(again, Err(UserError::CodeTooSoon { .. })), "{}", world.test.name);
    }
}

#[tokio::test]
async fn with_an_authenticator_the_password_alone_is_not_enough() {
    for world in worlds().await {
        world.register("ann").await;
        let who = world.signed_in("ann").await;
        let authenticator = world.enrol(&who).await;
        world.clock.advance(MINUTE * 5);
        let refused = world.users.step_up(&who, &password(PASSWORD), &caller()).await;
        assert_eq!(methods(refused), ["totp", "recovery_code"], "{}", world.test.name);
        let wrong = FreshProof::SecondFactor(SecondFactor::Totp("x".into()));
        let refused = world.users.step_up(&who, &wrong, &caller()).await;
        assert!(matches!(refused, Err(UserError::ProofInvalid("totp"))));
        let proof = FreshProof::SecondFactor(world.shown(&authenticator));
        world.users.step_up(&who, &proof, &caller()).await.unwrap();
        let refused = world.users.step_up(&who, &proof, &caller()).await;
        assert!(matches!(refused, Err(UserError::ProofInvalid("totp"))), "it was used");
        let proof = FreshProof::SecondFactor(authenticator.recovery(1));
        world.users.step_up(&who, &proof, &caller()).await.unwrap();
    }
}

#[tokio::test]
async fn a_new_authenticator_makes_what_other_sessions_proved_worth_nothing() {
    for world in worlds().await {
        world.register("ann").await;
        let (who, other) = (world.signed_in("ann").await, world.signed_in("ann").await);
        world.enrol(&who).await;
        let refused = world.users.disable_totp(&other, &caller()).await;
        assert_eq!(methods(refused), ["totp", "recovery_code"], "{}", world.test.name);
        world.users.disable_totp(&who, &caller()).await.unwrap();
    }
}

#[tokio::test]
async fn a_password_is_changed_with_the_old_one_alone_unless_an_authenticator_is_enrolled() {
    for world in worlds().await {
        world.register("ann").await;
        let who = world.signed_in("ann").await;
        world.clock.advance(MINUTE * 5);
        let form = |old: &str, new: &str| PasswordChange {
            current_password: old.into(),
            new_password: new.into(),
        };
        let other = "staple the other battery";
        world.users.change_password(&who, form(PASSWORD, other), &caller()).await.unwrap();
        world.users.step_up(&who, &password(other), &caller()).await.unwrap();
        world.enrol(&who).await;
        world.clock.advance(MINUTE * 10);
        let refused = world.users.change_password(&who, form(other, PASSWORD), &caller()).await;
        assert_eq!(methods(refused), ["totp", "recovery_code"], "{}", world.test.name);
    }
}
