use argon2::{Algorithm, Argon2, Params, Version, password_hash::PasswordHasher as _};
use shared_kernel::application::AuthenticationError;
use user_management::{
    UserError,
    application::{PasswordChange, PasswordReset},
    domain::CodePurpose,
};

use crate::support::{MINUTE, PASSWORD, World, authenticate, caller, worlds};

const NEW: &str = "another staple of batteries";

fn change(current: &str, new: &str) -> PasswordChange {
    PasswordChange { current_password: current.into(), new_password: new.into() }
}

async fn reset(world: &World, email: &str, code: &str, new: &str) -> Result<(), UserError> {
    let form =
        PasswordReset { email: email.to_owned(), code: code.to_owned(), new_password: new.into() };
    world.users.reset_password(form, &caller()).await
}

async fn reset_code(world: &World, email: &str) -> String {
    world.clock.advance(MINUTE);
    world.ask_for_code(email, CodePurpose::ResetPassword).await.unwrap();
    world.read_code().await
}

/// The fields at fault; none when it was refused for something else, or not at all.
fn fields(refused: Result<(), UserError>) -> Vec<&'static str> {
    let Err(UserError::Invalid(fields)) = refused else { return Vec::new() };
    fields.into_keys().collect()
}

#[tokio::test]
async fn a_changed_password_ends_the_other_sessions_and_keeps_this_one() {
    for world in worlds().await {
        world.register("ann").await;
        world.register("ben").await;
        let (here, there) = (world.login("ann").await, world.login("ann").await);
        let bens = world.login("ben").await;
        let who = authenticate(&world.users, &here).await.unwrap();
        authenticate(&world.users, &there).await.unwrap();
        world.users.change_password(&who, change(PASSWORD, NEW), &caller()).await.unwrap();
        for users in [&world.users, &world.elsewhere()] {
            authenticate(users, &here).await.unwrap();
            authenticate(users, &bens).await.unwrap();
            let gone = authenticate(users, &there).await;
            assert!(matches!(gone, Err(AuthenticationError::Revoked)), "{}", world.test.name);
        }
        world.refresh(&there.refresh_token).await.unwrap_err();
        world.refresh(&here.refresh_token).await.unwrap();
        let refused = world.try_login("ann", PASSWORD).await;
        assert!(matches!(refused, Err(UserError::WrongCredentials)));
        world.try_login("ann", NEW).await.unwrap();
        let told = world.events("user.password_changed").await;
        assert_eq!(told.len(), 1);
        assert_eq!(told[0]["email"], "ann@example.com");
        assert_eq!(
            (told[0]["reason"].as_str(), told[0]["sessions_ended"].as_u64()),
            (Some("password_changed"), Some(1))
        );
    }
}

#[tokio::test]
async fn a_password_is_changed_by_who_knows_the_old_one_and_to_a_good_one_only() {
    for world in worlds().await {
        world.register("annebollin").await;
        let here = world.login("annebollin").await;
        let who = authenticate(&world.users, &here).await.unwrap();
        let long = "x".repeat(200);
        for wrong in ["wrong horse", "", &long] {
            let refused = world.users.change_password(&who, change(wrong, NEW), &caller()).await;
            assert!(matches!(refused, Err(UserError::WrongPassword)), "{}", world.test.name);
        }
        for bad in ["short", "password", "annebollin", &long, PASSWORD] {
            let refused = world.users.change_password(&who, change(PASSWORD, bad), &caller()).await;
            assert_eq!(fields(refused), ["new_password"], "{bad}");
        }
        world.login("annebollin").await;
        assert!(world.events("user.password_changed").await.is_empty());
    }
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_with_a_mailed_code_and_all_sessions_end() {
    for world in worlds().await {
        world.register("ann").await;
        let before = world.login("ann").await;
        authenticate(&world.users, &before).await.unwrap();
        let code = reset_code(&world, "ann@example.com").await;
        reset(&world, "Ann@Example.com", &code, NEW).await.unwrap();
        let gone = authenticate(&world.users, &before).await;
        assert!(matches!(gone, Err(AuthenticationError::Revoked)), "{}", world.test.name);
        world.refresh(&before.refresh_token).await.unwrap_err();
        world.try_login("ann", PASSWORD).await.unwrap_err();
        world.try_login("ann", NEW).await.unwrap();
        let again = reset(&world, "ann@example.com", &code, "a third good password").await;
        assert!(matches!(again, Err(UserError::CodeInvalid)));
        assert_eq!(world.events("user.password_changed").await[0]["reason"], "password_reset");
    }
}

#[tokio::test]
async fn a_code_for_something_else_somebody_else_or_nobody_resets_nothing() {
    for world in worlds().await {
        world.register("ann").await;
        world.register("ben").await;
        let bens = reset_code(&world, "ben@example.com").await;
        let wrong = if bens == "000000" { "000001" } else { "000000" };
        let nobodys = reset_code(&world, "nobody@example.com").await;
        world.clock.advance(MINUTE);
        world.ask_for_code("ann@example.com", CodePurpose::Register).await.unwrap();
        let for_registering = world.read_code().await;
        for (email, code) in [
            ("ann@example.com", for_registering.as_str()),
            ("ann@example.com", bens.as_str()),
            ("ben@example.com", wrong),
            ("nobody@example.com", nobodys.as_str()),
        ] {
            let refused = reset(&world, email, code, NEW).await;
            assert!(matches!(refused, Err(UserError::CodeInvalid)), "{email} {}", world.test.name);
        }
        assert_eq!(
            fields(reset(&world, "x", "12", "short").await),
            ["code", "email", "new_password"]
        );
        world.login("ann").await;
        reset(&world, "ben@example.com", &bens, NEW).await.unwrap();
    }
}

#[tokio::test]
async fn five_wrong_codes_kill_the_right_one() {
    for world in worlds().await {
        world.register("ann").await;
        let code = reset_code(&world, "ann@example.com").await;
        let wrong = if code == "000000" { "000001" } else { "000000" };
        for _ in 0..5 {
            reset(&world, "ann@example.com", wrong, NEW).await.unwrap_err();
        }
        let refused = reset(&world, "ann@example.com", &code, NEW).await;
        assert!(matches!(refused, Err(UserError::CodeInvalid)), "{}", world.test.name);
    }
}

#[tokio::test]
async fn a_password_like_the_user_name_may_be_thought_over_with_the_same_code() {
    for world in worlds().await {
        let code = world.code_for("x@example.com").await;
        world.try_register("annebollin", "x@example.com", &code).await.unwrap();
        let code = reset_code(&world, "x@example.com").await;
        for _ in 0..7 {
            let refused = reset(&world, "x@example.com", &code, "annebollin").await;
            assert_eq!(fields(refused), ["new_password"], "{}", world.test.name);
        }
        reset(&world, "x@example.com", &code, NEW).await.unwrap();
    }
}

#[tokio::test]
async fn of_two_resets_with_one_code_at_once_one_counts() {
    for world in worlds().await {
        world.register("ann").await;
        let code = reset_code(&world, "ann@example.com").await;
        let (first, second) = tokio::join!(
            reset(&world, "ann@example.com", &code, NEW),
            reset(&world, "ann@example.com", &code, "a third good password"),
        );
        assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?} {}", world.test.name);
        let kept = if first.is_ok() { NEW } else { "a third good password" };
        world.try_login("ann", kept).await.unwrap();
    }
}

fn older_hash() -> String {
    let params = Params::new(19_456, 2, 1, None).unwrap();
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon2.hash_password_with_salt(PASSWORD.as_bytes(), &[7; 16]).unwrap().to_string()
}

#[tokio::test]
async fn a_hash_with_older_parameters_is_made_anew_at_the_next_login() {
    for world in worlds().await {
        world.register("ann").await;
        let older = older_hash();
        world.execute(&format!("UPDATE users SET password_hash = '{older}'")).await;
        world.try_login("ann", "wrong horse").await.unwrap_err();
        assert_eq!(world.password_hash().await, older, "{}", world.test.name);
        world.login("ann").await;
        let newer = world.password_hash().await;
        assert!(newer.starts_with("$argon2id$v=19$m=47104,t=1,p=1$"), "{newer}");
        world.login("ann").await;
        assert_eq!(world.password_hash().await, newer);
    }
}

#[tokio::test]
async fn tokens_issued_before_all_sessions_ended_are_refused_for_good() {
    for world in worlds().await {
        world.register("ann").await;
        let signed = world.login("ann").await;
        let code = reset_code(&world, "ann@example.com").await;
        reset(&world, "ann@example.com", &code, "another horse battery").await.unwrap();
        world.execute("UPDATE user_sessions SET ended_at = NULL").await;
        let refused = authenticate(&world.users, &signed).await;
        assert!(matches!(refused, Err(AuthenticationError::Revoked)), "{}", world.test.name);
        let fresh = world.try_login("ann", "another horse battery").await.unwrap();
        authenticate(&world.users, &fresh).await.unwrap();
    }
}
