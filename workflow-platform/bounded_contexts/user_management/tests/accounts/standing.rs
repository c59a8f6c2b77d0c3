use shared_kernel::{
    application::{AuthenticationError, Principal},
    domain::{Cursor, PageRequest, Role},
};
use user_management::{
    User, UserError,
    application::{
        SignedIn,
        ports::{UserFilter, UserSort},
    },
    domain::{NotManageable, UserStatus},
};

use crate::support::{PASSWORD, World, authenticate, caller, worlds};

async fn root(world: &World, name: &str) -> (User, Principal) {
    let email = format!("{name}@example.com");
    let user = world.users.create_super_admin(name, &email, &PASSWORD.into()).await.unwrap();
    (user, principal(world, name).await)
}

async fn principal(world: &World, name: &str) -> Principal {
    authenticate(&world.users, &world.login(name).await).await.unwrap()
}

async fn give_role(world: &World, by: &Principal, user: &User, role: Role) {
    let changed = world.users.set_role(by, user.id, role, &caller()).await.unwrap();
    assert_eq!(changed.role, role);
}

async fn suspend(world: &World, by: &Principal, user: &User) -> Result<User, UserError> {
    world.users.set_status(by, user.id, UserStatus::Suspended, &caller()).await
}

async fn role_of(world: &World, signed: &SignedIn) -> Role {
    authenticate(&world.users, signed).await.unwrap().role
}

#[tokio::test]
async fn a_suspended_user_is_out_at_once_and_comes_back_when_let_in() {
    for world in worlds().await {
        let (_, root) = root(&world, "root").await;
        let ann = world.register("ann").await;
        let signed = world.login("ann").await;
        authenticate(&world.users, &signed).await.unwrap();
        suspend(&world, &root, &ann).await.unwrap();
        for users in [&world.users, &world.elsewhere()] {
            let gone = authenticate(users, &signed).await;
            assert!(matches!(gone, Err(AuthenticationError::Revoked)), "{}", world.test.name);
        }
        world.refresh(&signed.refresh_token).await.unwrap_err();
        let refused = world.try_login("ann", PASSWORD).await;
        assert!(matches!(refused, Err(UserError::Suspended)));
        suspend(&world, &root, &ann).await.unwrap();
        let active = UserStatus::Active;
        world.users.set_status(&root, ann.id, active, &caller()).await.unwrap();
        authenticate(&world.users, &signed).await.unwrap_err();
        world.login("ann").await;
        let told = world.events("user.status_changed").await;
        assert_eq!(told.len(), 2, "the second suspension changed nothing");
        assert_eq!(told[0]["by"], root.user.to_string());
    }
}

#[tokio::test]
async fn a_role_counts_from_the_next_request_on_in_both_directions() {
    for world in worlds().await {
        let (_, root) = root(&world, "root").await;
        let ann = world.register("ann").await;
        let signed = world.login("ann").await;
        assert_eq!(role_of(&world, &signed).await, Role::User);
        give_role(&world, &root, &ann, Role::Admin).await;
        assert_eq!(role_of(&world, &signed).await, Role::Admin, "{}", world.test.name);
        give_role(&world, &root, &ann, Role::User).await;
        assert_eq!(role_of(&world, &signed).await, Role::User);
        assert_eq!(world.events("user.role_changed").await.len(), 2);
    }
}

#[tokio::test]
async fn nobody_rises_by_themselves_or_acts_on_who_ranks_as_high() {
    for world in worlds().await {
        let (boss, root) = root(&world, "root").await;
        let (ann, ben) = (world.register("ann").await, world.register("ben").await);
        let cat = world.register("cat").await;
        let user = principal(&world, "cat").await;
        give_role(&world, &root, &ann, Role::Admin).await;
        give_role(&world, &root, &ben, Role::Admin).await;
        let admin = principal(&world, "ann").await;
        for (who, target, role) in [(&user, &cat, Role::Admin), (&admin, &ann, Role::SuperAdmin)] {
            let refused = world.users.set_role(who, target.id, role, &caller()).await;
            assert!(matches!(
                refused,
                Err(UserError::Authentication(AuthenticationError::Denied(_)))
            ));
        }
        let filter = UserFilter::default();
        let refused = world
            .users
            .list_users(&user, &filter, UserSort::default(), PageRequest::default())
            .await;
        assert!(matches!(refused, Err(UserError::Authentication(AuthenticationError::Denied(_)))));
        for target in [&ben, &boss] {
            let refused = suspend(&world, &admin, target).await;
            let superior = NotManageable::Superior;
            assert!(matches!(refused, Err(UserError::NotManageable(why)) if why == superior));
        }
        let refused = suspend(&world, &admin, &ann).await;
        let oneself = NotManageable::Oneself;
        assert!(matches!(refused, Err(UserError::NotManageable(why)) if why == oneself));
        let nobody = User { id: world.ambient.id(), ..cat.clone() };
        let refused = suspend(&world, &admin, &nobody).await;
        assert!(matches!(refused, Err(UserError::NoSuchUser)), "{}", world.test.name);
        suspend(&world, &admin, &cat).await.unwrap();
    }
}

#[tokio::test]
async fn one_active_super_admin_is_always_left() {
    for world in worlds().await {
        let ((one, first), (two, second)) = (root(&world, "one").await, root(&world, "two").await);
        let (a, b) = tokio::join!(suspend(&world, &first, &two), suspend(&world, &second, &one));
        assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?} {}", world.test.name);
        let refused = if a.is_ok() { b } else { a };
        assert!(matches!(refused, Err(UserError::LastSuperAdmin)), "{refused:?}");
    }
}

#[tokio::test]
async fn everybody_is_listed_by_standing_and_by_how_the_name_begins() {
    for world in worlds().await {
        let (_, root) = root(&world, "root").await;
        for name in ["ann_a", "annxa", "ben"] {
            world.clock.advance(crate::support::MINUTE);
            world.register(name).await;
        }
        let names = async |filter: UserFilter, limit: u32| {
            let (mut names, mut page) = (Vec::new(), PageRequest::first(limit));
            loop {
                let found = world
                    .users
                    .list_users(&root, &filter, UserSort::default(), page)
                    .await
                    .unwrap();
                names.extend(found.items.iter().map(|one| one.user.username.to_string()));
                let Some(next) = found.next_cursor else { return names };
                page.after = Some(Cursor::decode(&next).unwrap());
            }
        };
        let search =
            |text: &str| UserFilter { search: Some(text.to_owned()), ..Default::default() };
        let all = UserFilter::default();
        assert_eq!(names(all.clone(), 50).await, ["ben", "annxa", "ann_a", "root"]);
        assert_eq!(names(all, 1).await, ["ben", "annxa", "ann_a", "root"]);
        assert_eq!(names(search("ANN"), 50).await, ["annxa", "ann_a"], "{}", world.test.name);
        assert_eq!(names(search("ann_"), 50).await, ["ann_a"]);
        assert_eq!(names(search("ben@exam"), 50).await, ["ben"]);
        assert!(names(search("%"), 50).await.is_empty());
        let admins = UserFilter { role: Some(Role::SuperAdmin), ..Default::default() };
        assert_eq!(names(admins, 50).await, ["root"]);
        let suspended = UserFilter { status: Some(UserStatus::Suspended), ..Default::default() };
        assert!(names(suspended, 50).await.is_empty());
    }
}
