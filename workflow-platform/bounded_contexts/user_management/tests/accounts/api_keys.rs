use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use shared_kernel::{
    application::{AuthenticationError, Authenticator as _, Principal},
    domain::{PageRequest, Permission, Permissions, Role, Timestamp},
};
use user_management::{
    UserError, UserModule,
    application::{KeyWish, NewApiKey, ProfileChange},
    domain::{LONGEST_KEY_LIFE, MOST_API_KEYS, UserStatus},
};

use crate::support::{MINUTE, PASSWORD, World, authenticate, caller, worlds};

fn wish(scopes: &[Permission]) -> KeyWish {
    KeyWish {
        name: "build server".to_owned(),
        scopes: scopes.iter().copied().collect(),
        expires_at: None,
    }
}

async fn signed_in(world: &World, name: &str) -> Principal {
    authenticate(&world.users, &world.login(name).await).await.unwrap()
}

async fn make(world: &World, who: &Principal, scopes: &[Permission]) -> NewApiKey {
    world.users.create_api_key(who, wish(scopes), &caller()).await.unwrap()
}

async fn open(users: &UserModule, text: &SecretString) -> Result<Principal, AuthenticationError> {
    users.authenticate(text.expose_secret()).await
}

#[tokio::test]
async fn a_key_may_do_what_its_scopes_name_and_nothing_else() {
    for world in worlds().await {
        world.register("ann").await;
        let ann = signed_in(&world, "ann").await;
        let scopes = [Permission::WorkflowRun, Permission::ProfileRead];
        let made = make(&world, &ann, &scopes).await;
        let who = open(&world.users, &made.text).await.unwrap();
        assert_eq!(who.user, ann.user, "{}", world.test.name);
        for permission in Permission::ALL {
            let allowed = scopes.contains(&permission);
            assert_eq!(who.require(permission).is_ok(), allowed, "{permission:?}");
        }
        world.users.show_me(&who).await.unwrap();
        let told = world.events("user.api_key_created").await;
        assert_eq!(told[0]["scopes"], serde_json::json!(["profile:read", "workflow:run"]));
        assert!(!told[0].to_string().contains(&made.text.expose_secret()[30..]), "{}", told[0]);
    }
}

#[tokio::test]
async fn nobody_gives_a_key_more_than_they_have() {
    for world in worlds().await {
        world.register("ann").await;
        let ann = signed_in(&world, "ann").await;
        let later = world.ambient.now().plus(LONGEST_KEY_LIFE + Duration::from_secs(1));
        let all: Vec<_> = Permission::ALL.to_vec();
        for (wish, field) in [
            (wish(&[]), "scopes"),
            (wish(&[Permission::UsersRead]), "scopes"),
            (wish(&all), "scopes"),
            (KeyWish { name: " ".to_owned(), ..wish(&[Permission::ProxyRead]) }, "name"),
            (KeyWish { expires_at: Some(later), ..wish(&[Permission::ProxyRead]) }, "expires_at"),
            (
                KeyWish {
                    expires_at: Some(Timestamp::default()),
                    ..wish(&[Permission::ProxyRead])
                },
                "expires_at",
            ),
        ] {
            let refused = world.users.create_api_key(&ann, wish, &caller()).await;
            let Err(UserError::Invalid(fields)) = refused else { panic!("{refused:?}") };
            assert_eq!(fields.keys().collect::<Vec<_>>(), [&field], "{}", world.test.name);
        }
    }
}

#[tokio::test]
async fn a_key_guards_nothing_of_the_account_itself() {
    for world in worlds().await {
        world.register("ann").await;
        let ann = signed_in(&world, "ann").await;
        let made = make(&world, &ann, &[Permission::ProfileRead, Permission::ProfileWrite]).await;
        let who = open(&world.users, &made.text).await.unwrap();
        let page = PageRequest::default();
        let refusals = [
            world
                .users
                .create_api_key(&who, wish(&[Permission::ProfileRead]), &caller())
                .await
                .err(),
            world.users.list_api_keys(&who, page).await.err(),
            world.users.rename_api_key(&who, made.key.id, "x", &caller()).await.err(),
            world.users.revoke_api_key(&who, made.key.id, &caller()).await.err(),
            world.users.list_sessions(&who, page).await.err(),
            world.users.end_other_sessions(&who, &caller()).await.err(),
            world.users.logout(&who, &caller()).await.err(),
        ];
        for refused in refusals {
            let session_required = matches!(
                refused,
                Some(UserError::Authentication(AuthenticationError::SessionRequired))
            );
            assert!(session_required, "{refused:?} {}", world.test.name);
        }
        let name = ProfileChange { username: Some("anne".to_owned()), locale: None };
        world.users.update_profile(&who, name, &caller()).await.unwrap();
    }
}

#[tokio::test]
async fn a_revoked_or_ended_key_opens_nothing_in_any_process() {
    for world in worlds().await {
        world.register("ann").await;
        let ann = signed_in(&world, "ann").await;
        let (gone, ends) = (
            make(&world, &ann, &[Permission::ProxyRead]).await,
            make(&world, &ann, &[Permission::ProxyRead]).await,
        );
        open(&world.users, &gone.text).await.unwrap();
        world.users.revoke_api_key(&ann, gone.key.id, &caller()).await.unwrap();
        for users in [&world.users, &world.elsewhere()] {
            let refused = open(users, &gone.text).await;
            assert!(matches!(refused, Err(AuthenticationError::Revoked)), "{}", world.test.name);
        }
        let again = world.users.revoke_api_key(&ann, gone.key.id, &caller()).await;
        assert!(matches!(again, Err(UserError::NoSuchApiKey)));
        open(&world.users, &ends.text).await.unwrap();
        world.clock.advance(LONGEST_KEY_LIFE);
        for users in [&world.users, &world.elsewhere()] {
            let refused = open(users, &ends.text).await;
            assert!(matches!(refused, Err(AuthenticationError::Expired)), "{}", world.test.name);
        }
    }
}

#[tokio::test]
async fn a_key_goes_with_the_standing_of_its_user() {
    for world in worlds().await {
        world.users.create_super_admin("root", "root@example.com", &PASSWORD.into()).await.unwrap();
        let root = signed_in(&world, "root").await;
        let ann = world.register("ann").await;
        world.users.set_role(&root, ann.id, Role::Admin, &caller()).await.unwrap();
        let made = make(&world, &signed_in(&world, "ann").await, &[Permission::UsersRead]).await;
        open(&world.users, &made.text).await.unwrap().require(Permission::UsersRead).unwrap();
        world.users.set_role(&root, ann.id, Role::User, &caller()).await.unwrap();
        let who = open(&world.users, &made.text).await.unwrap();
        assert_eq!(who.permissions(), Permissions::default(), "{}", world.test.name);
        let suspended = UserStatus::Suspended;
        world.users.set_status(&root, ann.id, suspended, &caller()).await.unwrap();
        let refused = open(&world.users, &made.text).await;
        assert!(matches!(refused, Err(AuthenticationError::Revoked)), "{refused:?}");
        world.users.set_status(&root, ann.id, UserStatus::Active, &caller()).await.unwrap();
        open(&world.users, &made.text).await.unwrap();
    }
}

#[tokio::test]
async fn forged_keys_open_nothing() {
    for world in worlds().await {
        world.register("ann").await;
        let ann = signed_in(&world, "ann").await;
        let (one, two) = (
            make(&world, &ann, &[Permission::ProxyRead]).await,
            make(&world, &ann, &[Permission::ProxyRead]).await,
        );
        let (one, two) = (one.text.expose_secret(), two.text.expose_secret());
        let mixed = format!("{}{}", &one[..27], &two[27..]);
        for wrong in [mixed.as_str(), &one[..75], &one.to_lowercase(), "wfp_", &format!("{one}0")] {
            let refused = world.users.authenticate(wrong).await;
            assert!(matches!(refused, Err(AuthenticationError::Invalid)), "{wrong} {refused:?}");
        }
        let other_id = user_management::domain::KeyText::draw(world.ambient.id(), &world.ambient);
        let refused = open(&world.users, &other_id.write()).await;
        assert!(matches!(refused, Err(AuthenticationError::Revoked)), "{}", world.test.name);
    }
}

#[tokio::test]
async fn keys_are_listed_renamed_and_revoked_by_their_user_alone() {
    for world in worlds().await {
        world.register("ann").await;
        world.register("ben").await;
        let (ann, ben) = (signed_in(&world, "ann").await, signed_in(&world, "ben").await);
        let made = make(&world, &ann, &[Permission::ProxyRead]).await;
        let renamed = world.users.rename_api_key(&ann, made.key.id, " ci ", &caller()).await;
        assert_eq!(renamed.unwrap().name.as_str(), "ci");
        let list = world.users.list_api_keys(&ann, PageRequest::default()).await.unwrap();
        assert_eq!(list.items[0].name.as_str(), "ci");
        assert!(made.text.expose_secret().ends_with(&list.items[0].last_four));
        let none = world.users.list_api_keys(&ben, PageRequest::default()).await.unwrap();
        assert!(none.items.is_empty(), "{}", world.test.name);
        let refusals = [
            world.users.rename_api_key(&ben, made.key.id, "mine", &caller()).await.err(),
            world.users.revoke_api_key(&ben, made.key.id, &caller()).await.err(),
        ];
        for refused in refusals {
            assert!(matches!(refused, Some(UserError::NoSuchApiKey)), "{refused:?}");
        }
        open(&world.users, &made.text).await.unwrap();
    }
}

#[tokio::test]
async fn two_requests_at_once_make_no_key_too_many() {
    for world in worlds().await {
        world.register("ann").await;
        let ann = signed_in(&world, "ann").await;
        for _ in 1..MOST_API_KEYS {
            make(&world, &ann, &[Permission::ProxyRead]).await;
        }
        let (caller_a, caller_b) = (caller(), caller());
        let (a, b) = tokio::join!(
            world.users.create_api_key(&ann, wish(&[Permission::ProxyRead]), &caller_a),
            world.users.create_api_key(&ann, wish(&[Permission::ProxyRead]), &caller_b),
        );
        assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?} {}", world.test.name);
        let refused = if a.is_ok() { b } else { a };
        assert!(matches!(refused, Err(UserError::TooManyApiKeys)), "{refused:?}");
    }
}

#[tokio::test]
async fn the_last_use_is_written_beside_the_requests() {
    for world in worlds().await {
        world.register("ann").await;
        let ann = signed_in(&world, "ann").await;
        let made = make(&world, &ann, &[Permission::ProxyRead]).await;
        let last = async || {
            let list = world.users.list_api_keys(&ann, PageRequest::default()).await.unwrap();
            list.items[0].last_use.map(|last| last.at)
        };
        let first = world.ambient.now();
        open(&world.users, &made.text).await.unwrap();
        assert_eq!(last().await, None, "nothing is written while a request waits");
        world.users.write_key_uses().await.unwrap();
        assert_eq!(last().await, Some(first), "{}", world.test.name);
        world.clock.advance(MINUTE);
        open(&world.users, &made.text).await.unwrap();
        world.users.write_key_uses().await.unwrap();
        world.users.write_key_uses().await.unwrap();
        assert_eq!(last().await, Some(first.plus(MINUTE)));
    }
}
