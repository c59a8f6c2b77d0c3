use futures::future::join_all;
use shared_kernel::domain::{Locale, Role};
use user_management::{UserError, application::Registration};

use crate::support::{MINUTE, PASSWORD, caller, worlds};

#[tokio::test]
async fn an_account_is_made_with_its_event() {
    for world in worlds().await {
        let user = world.register("Ann").await;
        assert_eq!((user.role, user.locale), (Role::User, Locale::En), "{}", world.test.name);
        let events = world.events("user.registered").await;
        assert_eq!(events.len(), 1);
        assert_eq!(events[0]["user_id"], user.id.to_string());
        assert!(!events[0].to_string().contains(PASSWORD));
        let profile = world.users.profile(user.id).await.unwrap().unwrap();
        assert_eq!(profile.email, "Ann@example.com");
        assert!(world.users.profile(world.ambient.id()).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn names_and_addresses_are_taken_whatever_their_case_and_the_code_is_kept() {
    for world in worlds().await {
        world.register("ann").await;
        let code = world.code_for("other@example.com").await;
        for _ in 0..6 {
            let taken = world.try_register("ANN", "other@example.com", &code).await;
            assert!(matches!(taken, Err(UserError::UsernameTaken)), "{}", world.test.name);
        }
        world.try_register("ann2", "other@example.com", &code).await.unwrap();
        world.clock.advance(MINUTE);
        let code = world.code_for("ANN@example.com").await;
        let taken = world.try_register("ann3", "ANN@example.com", &code).await;
        assert!(matches!(taken, Err(UserError::EmailTaken)), "{}", world.test.name);
    }
}

#[tokio::test]
async fn a_code_makes_one_account() {
    for world in worlds().await {
        let code = world.code_for("ann@example.com").await;
        let names = ["ann1", "ann2", "ann3", "ann4"];
        let trying = names.map(|name| world.try_register(name, "ann@example.com", &code));
        let made = join_all(trying).await;
        assert_eq!(made.iter().filter(|made| made.is_ok()).count(), 1, "{}", world.test.name);
        assert!(
            made.iter()
                .filter_map(|made| made.as_ref().err())
                .all(|error| { matches!(error, UserError::CodeInvalid | UserError::EmailTaken) })
        );
        assert_eq!(world.events("user.registered").await.len(), 1);
        world.execute("DELETE FROM users").await;
        let again = world.try_register("ann", "ann@example.com", &code).await;
        assert!(matches!(again, Err(UserError::CodeInvalid)), "not even for a free address");
    }
}

#[tokio::test]
async fn of_many_who_want_a_name_at_once_one_gets_it() {
    for world in worlds().await {
        let mut forms = Vec::new();
        for n in 0..5 {
            let email = format!("a{n}@example.com");
            let code = world.code_for(&email).await;
            forms.push((email, code));
        }
        let trying = forms.iter().map(|(email, code)| world.try_register("ann", email, code));
        let made = join_all(trying).await;
        assert_eq!(made.iter().filter(|made| made.is_ok()).count(), 1, "{}", world.test.name);
        let taken = |error: &&UserError| matches!(error, UserError::UsernameTaken);
        assert_eq!(made.iter().filter_map(|made| made.as_ref().err()).filter(taken).count(), 4);
        assert_eq!(world.events("user.registered").await.len(), 1);
    }
}

#[tokio::test]
async fn all_faults_of_the_form_are_told_at_once() {
    for world in worlds().await {
        let form = Registration {
            username: "a".to_owned(),
            email: "nobody".to_owned(),
            password: "password".into(),
            code: "12".to_owned(),
        };
        let refused = world.users.register(form, &caller()).await;
        let Err(UserError::Invalid(faults)) = refused else { panic!("{refused:?}") };
        let fields: Vec<_> = faults.keys().copied().collect();
        assert_eq!(fields, ["code", "email", "password", "username"], "{}", world.test.name);
    }
}

#[tokio::test]
async fn a_super_administrator_is_made_once_per_name() {
    for world in worlds().await {
        let password = PASSWORD.into();
        assert!(!world.users.has_super_admin().await.unwrap());
        let admin = world.users.create_super_admin("root", "root@example.com", &password).await;
        assert_eq!(admin.unwrap().role, Role::SuperAdmin, "{}", world.test.name);
        assert!(world.users.has_super_admin().await.unwrap());
        let again = world.users.create_super_admin("Root", "other@example.com", &password).await;
        assert!(matches!(again, Err(UserError::UsernameTaken)));
        let weak =
            world.users.create_super_admin("boss", "b@example.com", &"root1234".into()).await;
        assert!(matches!(weak, Err(UserError::Invalid(_))));
        world.login("root").await;
    }
}
