use std::time::Duration;

use futures::future::join_all;
use shared_kernel::application::Principal;
use user_management::{
    UserError,
    application::{Caller, Login, PasswordChange, PasswordReset, SignedIn},
    domain::CodePurpose,
};

use crate::support::{MINUTE, PASSWORD, World, authenticate, caller, worlds};

const HOME: &str = "2001:db8:1:2::7";
const ATTACKER: &str = "203.0.113.66";
const AWAY: &str = "198.51.100.4";
const NEW: &str = "a third good password";

fn from(address: &str) -> Caller {
    Caller { address: Some(address.parse().unwrap()), ..caller() }
}

async fn login(
    world: &World,
    address: &str,
    identifier: &str,
    password: &str,
) -> Result<SignedIn, UserError> {
    let login =
        Login { identifier: identifier.to_owned(), password: password.into(), second_factor: None };
    world.users.login(login, &from(address)).await
}

/// Guesses wrong; gives the pause when there was one.
async fn guess(world: &World, address: &str, identifier: &str) -> Option<u64> {
    match login(world, address, identifier, "wrong horse").await {
        Err(UserError::WrongCredentials) => None,
        Err(UserError::TooManyAttempts { retry_after }) => Some(retry_after),
        other => panic!("{other:?}"),
    }
}

/// Guesses as often as the guard lets somebody, waiting each time.
async fn guess_patiently(world: &World, address: &str, identifier: &str, times: u32) {
    for _ in 0..times {
        while let Some(pause) = guess(world, address, identifier).await {
            world.clock.advance(Duration::from_secs(pause));
        }
    }
}

#[tokio::test]
async fn after_five_wrong_passwords_each_try_waits_longer_and_never_for_good() {
    for world in worlds().await {
        world.register("ann").await;
        for _ in 0..6 {
            assert_eq!(guess(&world, ATTACKER, "ann").await, None, "{}", world.test.name);
        }
        for pause in [1, 2, 4, 8, 16] {
            assert_eq!(guess(&world, ATTACKER, "ann").await, Some(pause));
            let right = login(&world, ATTACKER, "ann", PASSWORD).await;
            assert!(matches!(right, Err(UserError::TooManyAttempts { .. })), "no oracle meanwhile");
            world.clock.advance(Duration::from_secs(pause));
            assert_eq!(guess(&world, ATTACKER, "ann").await, None);
        }
        guess_patiently(&world, ATTACKER, "ann", 20).await;
        assert_eq!(guess(&world, ATTACKER, "ann").await, Some(900));
        world.clock.advance(MINUTE * 15);
        login(&world, ATTACKER, "ann", PASSWORD).await.unwrap();
        assert_eq!(guess(&world, ATTACKER, "ann").await, None, "a sign-in forgives");
    }
}

#[tokio::test]
async fn guesses_from_elsewhere_lock_nobody_out_at_home() {
    for world in worlds().await {
        world.register("ann").await;
        login(&world, HOME, "ann", PASSWORD).await.unwrap();
        guess_patiently(&world, ATTACKER, "ann", 12).await;
        assert!(guess(&world, AWAY, "ann").await.is_some(), "all strange places together");
        let neighbour = "2001:db8:1:2:ffff::9";
        login(&world, neighbour, "Ann", PASSWORD).await.unwrap();
        assert!(guess(&world, ATTACKER, "ann").await.is_some(), "{}", world.test.name);
        for _ in 0..6 {
            assert_eq!(guess(&world, HOME, "ann").await, None);
        }
        assert_eq!(guess(&world, HOME, "ann").await, Some(1), "home is guarded as well");
    }
}

#[tokio::test]
async fn a_place_is_known_for_thirty_days() {
    for world in worlds().await {
        world.register("ann").await;
        login(&world, HOME, "ann", PASSWORD).await.unwrap();
        world.clock.advance(MINUTE * 60 * 24 * 30);
        guess_patiently(&world, ATTACKER, "ann", 8).await;
        assert!(guess(&world, HOME, "ann").await.is_some(), "{}", world.test.name);
    }
}

#[tokio::test]
async fn whoever_reads_the_mail_gets_in_from_a_new_place_while_others_guess() {
    for world in worlds().await {
        world.register("ann").await;
        guess_patiently(&world, ATTACKER, "ann", 12).await;
        world.clock.advance(MINUTE);
        world.ask_for_code("ann@example.com", CodePurpose::ResetPassword).await.unwrap();
        let code = world.read_code().await;
        let form =
            PasswordReset { email: "ann@example.com".to_owned(), code, new_password: NEW.into() };
        world.users.reset_password(form, &from(AWAY)).await.unwrap();
        while guess(&world, ATTACKER, "ann").await.is_none() {}
        login(&world, AWAY, "ann", NEW).await.unwrap();
    }
}

#[tokio::test]
async fn an_account_makes_no_difference_to_the_pauses() {
    for world in worlds().await {
        world.register("ann").await;
        for turn in 0..12 {
            let known = guess(&world, ATTACKER, "ann").await;
            let unknown = guess(&world, ATTACKER, "nobody").await;
            assert_eq!(known, unknown, "turn {turn} {}", world.test.name);
            world.clock.advance(Duration::from_millis(1500));
        }
        let by_mail = guess(&world, ATTACKER, "ann@example.com").await;
        assert_eq!(by_mail, None, "that two names are one account is not told either");
    }
}

#[tokio::test]
async fn of_many_guesses_at_once_no_more_are_looked_at_than_one_after_the_other() {
    for world in worlds().await {
        world.register("ann").await;
        let guesses = join_all((0..30).map(|_| guess(&world, ATTACKER, "ann"))).await;
        let looked_at = guesses.iter().filter(|pause| pause.is_none()).count();
        assert_eq!(looked_at, 6, "{}", world.test.name);
    }
}

#[tokio::test]
async fn one_password_tried_on_many_names_waits_by_place() {
    for world in worlds().await {
        for name in 0..51 {
            assert_eq!(guess(&world, ATTACKER, &format!("name{name}")).await, None);
        }
        assert_eq!(guess(&world, ATTACKER, "another").await, Some(1), "{}", world.test.name);
        assert_eq!(guess(&world, AWAY, "another").await, None);
    }
}

#[tokio::test]
async fn signing_in_oneself_does_not_forgive_guesses_at_others() {
    for world in worlds().await {
        world.register("eve").await;
        for name in 0..50 {
            guess(&world, ATTACKER, &format!("name{name}")).await;
        }
        login(&world, ATTACKER, "eve", PASSWORD).await.unwrap();
        world.clock.advance(Duration::from_secs(1));
        assert_eq!(guess(&world, ATTACKER, "one-more").await, None);
        assert!(guess(&world, ATTACKER, "another").await.is_some(), "{}", world.test.name);
    }
}

#[tokio::test]
async fn a_name_made_of_another_and_a_place_is_counted_by_itself() {
    for world in worlds().await {
        world.register("ann").await;
        login(&world, "192.0.2.1", "ann", PASSWORD).await.unwrap();
        for _ in 0..8 {
            guess(&world, ATTACKER, "ann\n192.0.2.1").await;
        }
        assert_eq!(guess(&world, "192.0.2.1", "ann").await, None, "{}", world.test.name);
    }
}

async fn change(world: &World, who: &Principal, current: &str) -> Result<(), UserError> {
    let form = PasswordChange { current_password: current.into(), new_password: NEW.into() };
    world.users.change_password(who, form, &from(HOME)).await
}

#[tokio::test]
async fn guesses_within_a_stolen_session_wait_and_the_owners_other_one_does_not() {
    for world in worlds().await {
        world.register("ann").await;
        let (stolen, own) = (world.login("ann").await, world.login("ann").await);
        let stolen = authenticate(&world.users, &stolen).await.unwrap();
        let own = authenticate(&world.users, &own).await.unwrap();
        for _ in 0..6 {
            let wrong = change(&world, &stolen, "wrong horse").await;
            assert!(matches!(wrong, Err(UserError::WrongPassword)), "{}", world.test.name);
        }
        let refused = change(&world, &stolen, PASSWORD).await;
        assert!(matches!(refused, Err(UserError::TooManyAttempts { retry_after: 1 })));
        change(&world, &own, PASSWORD).await.unwrap();
    }
}

#[tokio::test]
async fn guessed_codes_wait_by_address_and_place() {
    for world in worlds().await {
        world.register("ann").await;
        let guess = async |place: &str| {
            let form = PasswordReset {
                email: "ann@example.com".to_owned(),
                code: "000000".to_owned(),
                new_password: NEW.into(),
            };
            world.users.reset_password(form, &from(place)).await.unwrap_err()
        };
        for _ in 0..6 {
            assert!(matches!(guess(ATTACKER).await, UserError::CodeInvalid));
        }
        assert!(matches!(guess(ATTACKER).await, UserError::TooManyAttempts { .. }));
        assert!(matches!(guess(HOME).await, UserError::CodeInvalid), "{}", world.test.name);
    }
}
