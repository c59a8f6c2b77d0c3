//! What those who look after the platform see and do.

use secrecy::ExposeSecret as _;
use shared_kernel::{
    application::{AuthenticationError, Authenticator as _, Principal},
    domain::{Cursor, PageRequest, Permission, Role},
};
use user_management::{
    User, UserError,
    application::{
        KeyWish,
        ports::{AuditFilter, UserFilter, UserSort},
    },
    domain::{NotManageable, UserStatus},
};

use crate::support::{MINUTE, PASSWORD, World, authenticate, caller_as, worlds};

async fn signed_in(world: &World, name: &str) -> Principal {
    authenticate(&world.users, &world.login(name).await).await.unwrap()
}

async fn root(world: &World, name: &str) -> (User, Principal) {
    let email = format!("{name}@example.com");
    let user = world.users.create_super_admin(name, &email, &PASSWORD.into()).await.unwrap();
    (user, signed_in(world, name).await)
}

async fn delete(world: &World, by: &Principal, user: &User) -> Result<(), UserError> {
    world.users.delete_user(by, user.id, &caller_as(by)).await
}

async fn names(world: &World, by: &Principal, sort: UserSort, limit: u32) -> Vec<String> {
    let (mut names, mut page) = (Vec::new(), PageRequest::first(limit));
    loop {
        let filter = UserFilter::default();
        let found = world.users.list_users(by, &filter, sort, page).await.unwrap();
        names.extend(found.items.iter().map(|one| one.user.username.to_string()));
        let Some(next) = found.next_cursor else { return names };
        page.after = Some(Cursor::decode(&next).unwrap());
    }
}

#[tokio::test]
async fn a_list_goes_page_by_page_in_each_order() {
    for world in worlds().await {
        let (_, root) = root(&world, "root").await;
        for name in ["cat", "ann", "ben"] {
            world.clock.advance(MINUTE);
            world.register(name).await;
        }
        world.clock.advance(MINUTE);
        world.login("ann").await;
        for limit in [1, 2, 50] {
            let names = async |sort| names(&world, &root, sort, limit).await;
            assert_eq!(names(UserSort::CreatedAt).await, ["ben", "ann", "cat", "root"]);
            assert_eq!(names(UserSort::Username).await, ["ann", "ben", "cat", "root"]);
            let by_login = names(UserSort::LastLoginAt).await;
            assert_eq!(by_login, ["ann", "root", "ben", "cat"], "{}", world.test.name);
        }
    }
}

#[tokio::test]
async fn a_user_is_shown_with_what_they_hold() {
    for world in worlds().await {
        let (_, root) = root(&world, "root").await;
        let ann = world.register("ann").await;
        let before = world.users.show_user(&root, ann.id).await.unwrap();
        assert_eq!(before.listed.last_login_at, None);
        let who = signed_in(&world, "ann").await;
        world.login("ann").await;
        let scopes = [Permission::ProxyRead].into_iter().collect();
        let wish = KeyWish { name: "ci".to_owned(), scopes, expires_at: None };
        world.users.create_api_key(&who, wish, &caller_as(&who)).await.unwrap();
        let shown = world.users.show_user(&root, ann.id).await.unwrap();
        assert_eq!((shown.counts.sessions, shown.counts.api_keys), (2, 1), "{}", world.test.name);
        assert_eq!(shown.counts.authenticators, 0);
        assert_eq!(shown.listed.last_login_at, Some(world.ambient.now()));
    }
}

#[tokio::test]
async fn sessions_of_others_end_at_once_by_those_who_rank_above() {
    for world in worlds().await {
        let (boss, root) = root(&world, "root").await;
        let (ann, ben) = (world.register("ann").await, world.register("ben").await);
        world.users.set_role(&root, ben.id, Role::Admin, &caller_as(&root)).await.unwrap();
        let admin = signed_in(&world, "ben").await;
        let (one, two) = (world.login("ann").await, world.login("ann").await);
        let page = PageRequest::default();
        let sessions = world.users.list_user_sessions(&admin, ann.id, page).await.unwrap().items;
        assert_eq!(sessions.len(), 2, "{}", world.test.name);
        let first = authenticate(&world.users, &one).await.unwrap().session().unwrap().id;
        let end = async |user: &User, session: Option<uuid::Uuid>| {
            let session = session.map(Into::into);
            world.users.end_user_sessions(&admin, user.id, session, &caller_as(&admin)).await
        };
        assert_eq!(end(&ann, Some(first)).await.unwrap(), 1);
        let gone = authenticate(&world.users, &one).await;
        assert!(matches!(gone, Err(AuthenticationError::Revoked)));
        authenticate(&world.users, &two).await.unwrap();
        let again = end(&ann, Some(first)).await;
        assert!(matches!(again, Err(UserError::NoSuchSession)), "{again:?}");
        assert_eq!(end(&ann, None).await.unwrap(), 1);
        authenticate(&world.elsewhere(), &two).await.unwrap_err();
        for refused in [
            end(&boss, None).await.err(),
            end(&ben, None).await.err(),
            world.users.list_user_sessions(&admin, boss.id, page).await.err(),
        ] {
            assert!(matches!(refused, Some(UserError::NotManageable(_))), "{refused:?}");
        }
    }
}

#[tokio::test]
async fn a_deleted_user_is_out_and_nobodys_and_their_name_is_free() {
    for world in worlds().await {
        let (_, root) = root(&world, "root").await;
        let ann = world.register("ann").await;
        let signed = world.login("ann").await;
        let who = authenticate(&world.users, &signed).await.unwrap();
        let scopes = [Permission::ProxyRead].into_iter().collect();
        let wish = KeyWish { name: "ci".to_owned(), scopes, expires_at: None };
        let key = world.users.create_api_key(&who, wish, &caller_as(&who)).await.unwrap().text;
        world.clock.advance(MINUTE);
        delete(&world, &root, &ann).await.unwrap();
        for users in [&world.users, &world.elsewhere()] {
            authenticate(users, &signed).await.unwrap_err();
            users.authenticate(key.expose_secret()).await.unwrap_err();
        }
        world.refresh(&signed.refresh_token).await.unwrap_err();
        world.try_login("ann", PASSWORD).await.unwrap_err();
        let shown = world.users.show_user(&root, ann.id).await.unwrap().listed.user;
        assert_eq!(shown.status, UserStatus::Deleted, "{}", world.test.name);
        assert!(!format!("{shown:?}").contains("ann"), "{shown:?}");
        let filter = AuditFilter { user: Some(ann.id), ..AuditFilter::default() };
        let page = PageRequest::default();
        let lines = world.users.list_audit(&root, &filter, page).await.unwrap().items;
        assert_eq!(lines[0].action, "user.deleted");
        assert!(lines[1..].iter().all(|line| line.details == serde_json::json!({})), "{lines:?}");
        let again = delete(&world, &root, &ann).await;
        assert!(matches!(again, Err(UserError::NoSuchUser)), "{again:?}");
        let back =
            world.users.set_status(&root, ann.id, UserStatus::Active, &caller_as(&root)).await;
        assert!(matches!(back, Err(UserError::NoSuchUser)), "{back:?}");
        assert_eq!(names(&world, &root, UserSort::Username, 50).await, ["root"]);
        world.clock.advance(MINUTE);
        world.register("ann").await;
        assert_eq!(world.events("user.deleted").await.len(), 1);
    }
}

#[tokio::test]
async fn nobody_deletes_themselves_or_who_ranks_as_high() {
    for world in worlds().await {
        let (boss, root) = root(&world, "root").await;
        let (ann, ben) = (world.register("ann").await, world.register("ben").await);
        for user in [&ann, &ben] {
            world.users.set_role(&root, user.id, Role::Admin, &caller_as(&root)).await.unwrap();
        }
        let admin = signed_in(&world, "ann").await;
        for (target, why) in [
            (&ben, NotManageable::Superior),
            (&boss, NotManageable::Superior),
            (&ann, NotManageable::Oneself),
        ] {
            let refused = delete(&world, &admin, target).await;
            assert!(matches!(refused, Err(UserError::NotManageable(found)) if found == why));
        }
        let refused = delete(&world, &root, &boss).await;
        assert!(matches!(refused, Err(UserError::NotManageable(NotManageable::Oneself))));
        delete(&world, &root, &ben).await.unwrap();
    }
}

#[tokio::test]
async fn two_super_admins_who_delete_each_other_leave_one() {
    for world in worlds().await {
        let ((one, first), (two, second)) = (root(&world, "one").await, root(&world, "two").await);
        let (a, b) = tokio::join!(delete(&world, &first, &two), delete(&world, &second, &one));
        assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?} {}", world.test.name);
        let refused = if a.is_ok() { b } else { a };
        let left = matches!(refused, Err(UserError::LastSuperAdmin | UserError::NoSuchUser));
        assert!(left, "{refused:?}");
        assert_eq!(active_super_admins(&world).await, 1, "{}", world.test.name);
    }
}

async fn active_super_admins(world: &World) -> usize {
    use sea_orm::ConnectionTrait as _;

    let sql = "SELECT id FROM users WHERE role = 'super_admin' AND status = 'active'";
    let statement = world.test.database.statement(sql, []);
    world.test.database.read().query_all_raw(statement).await.unwrap().len()
}
