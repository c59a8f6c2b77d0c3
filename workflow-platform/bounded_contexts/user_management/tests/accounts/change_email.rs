use futures::future::join_all;
use shared_kernel::application::Principal;
use user_management::{
    User, UserError,
    application::{EmailChange, FreshProof, OwnCodeRequest},
};

use crate::support::{MINUTE, PASSWORD, World, authenticate, caller, worlds};

const NEW: &str = "ann@new.example";

async fn code_for(world: &World, who: &Principal, email: &str) -> String {
    let request = OwnCodeRequest::ChangeEmail { email: email.to_owned() };
    world.users.send_own_code(who, request, &caller()).await.unwrap();
    world.read_code().await
}

async fn change(
    world: &World,
    who: &Principal,
    email: &str,
    code: &str,
) -> Result<User, UserError> {
    let form = EmailChange { new_email: email.to_owned(), code: code.to_owned() };
    world.users.change_email(who, &form, &caller()).await
}

#[tokio::test]
async fn a_new_address_takes_the_place_of_the_old_one_which_is_told() {
    for world in worlds().await {
        world.register("ann").await;
        let other = world.login("ann").await;
        let who = world.signed_in("ann").await;
        let code = code_for(&world, &who, NEW).await;
        let changed = change(&world, &who, NEW, &code).await.unwrap();
        assert_eq!(changed.email.as_str(), NEW, "{}", world.test.name);
        world.login(NEW).await;
        world.try_login("ann@example.com", PASSWORD).await.unwrap_err();
        authenticate(&world.users, &other).await.unwrap_err();
        assert_eq!(world.users.show_me(&who).await.unwrap().email.as_str(), NEW);
        let told = world.told("user.email_changed").await;
        assert_eq!(told, [("email_changed".to_owned(), "ann@example.com".to_owned())]);
    }
}

#[tokio::test]
async fn an_address_is_not_changed_without_a_fresh_proof() {
    for world in worlds().await {
        world.register("ann").await;
        let who = world.signed_in("ann").await;
        world.clock.advance(MINUTE * 5);
        let code = code_for(&world, &who, NEW).await;
        let refused = change(&world, &who, NEW, &code).await;
        assert!(matches!(refused, Err(UserError::StepUpRequired { .. })), "{}", world.test.name);
        let proof = FreshProof::Password(PASSWORD.into());
        world.users.step_up(&who, &proof, &caller()).await.unwrap();
        change(&world, &who, NEW, &code).await.unwrap();
    }
}

#[tokio::test]
async fn a_code_works_once_for_its_address_its_purpose_and_its_user() {
    for world in worlds().await {
        world.register("ann").await;
        world.register("ben").await;
        let (ann, ben) = (world.signed_in("ann").await, world.signed_in("ben").await);
        let code = code_for(&world, &ann, NEW).await;
        let refused = change(&world, &ben, NEW, &code).await;
        assert!(matches!(refused, Err(UserError::CodeInvalid)), "{}", world.test.name);
        let refused = change(&world, &ann, "ann@other.example", &code).await;
        assert!(matches!(refused, Err(UserError::CodeInvalid)));
        let refused = world.users.step_up(&ann, &FreshProof::Code(code.clone()), &caller()).await;
        assert!(matches!(refused, Err(UserError::CodeInvalid)));
        change(&world, &ann, NEW, &code).await.unwrap();
        let back = change(&world, &ann, NEW, &code).await;
        assert!(matches!(back, Err(UserError::Invalid(_))), "it is the address already");
    }
}

#[tokio::test]
async fn a_code_for_a_new_address_ends_after_ten_minutes() {
    for world in worlds().await {
        world.register("ann").await;
        let who = world.signed_in("ann").await;
        let code = code_for(&world, &who, NEW).await;
        world.clock.advance(MINUTE * 10);
        let proof = FreshProof::Password(PASSWORD.into());
        world.users.step_up(&who, &proof, &caller()).await.unwrap();
        let refused = change(&world, &who, NEW, &code).await;
        assert!(matches!(refused, Err(UserError::CodeInvalid)), "{}", world.test.name);
    }
}

#[tokio::test]
async fn only_the_reader_of_the_code_learns_that_an_address_is_taken() {
    for world in worlds().await {
        world.register("ann").await;
        world.register("ben").await;
        world.clock.advance(MINUTE);
        let who = world.signed_in("ann").await;
        let code = code_for(&world, &who, "ben@example.com").await;
        let wrong = if code == "000000" { "000001" } else { "000000" };
        let refused = change(&world, &who, "ben@example.com", wrong).await;
        assert!(matches!(refused, Err(UserError::CodeInvalid)), "{}", world.test.name);
        let refused = change(&world, &who, "ben@example.com", &code).await;
        assert!(matches!(refused, Err(UserError::EmailTaken)));
        world.login("ben@example.com").await;
    }
}

#[tokio::test]
async fn of_many_uses_of_one_code_at_once_one_succeeds() {
    for world in worlds().await {
        world.register("ann").await;
        let who = world.signed_in("ann").await;
        let code = code_for(&world, &who, NEW).await;
        let at_once = (0..4).map(|_| change(&world, &who, NEW, &code));
        let changed = join_all(at_once).await.into_iter().flatten().count();
        assert_eq!(changed, 1, "{}", world.test.name);
        assert_eq!(world.told("user.email_changed").await.len(), 1);
    }
}
