//! Who did what, and that nobody can say otherwise.

use std::time::Duration;

use sea_orm::ConnectionTrait as _;
use serde_json::json;
use shared_kernel::{
    application::{AuthenticationError, Principal},
    domain::{ActorKind, AuditOutcome, Cursor, PageRequest, Permission, Role},
};
use user_management::{
    UserError,
    application::{
        FreshProof, KeyWish, PasswordChange,
        ports::{AuditFilter, AuditLine},
    },
    domain::UserStatus,
};

use crate::support::{MINUTE, PASSWORD, World, authenticate, caller_as, worlds};

async fn signed_in(world: &World, name: &str) -> Principal {
    authenticate(&world.users, &world.login(name).await).await.unwrap()
}

async fn root(world: &World) -> Principal {
    let email = "root@example.com";
    world.users.create_super_admin("root", email, &PASSWORD.into()).await.unwrap();
    signed_in(world, "root").await
}

async fn lines(world: &World, who: &Principal, filter: AuditFilter) -> Vec<AuditLine> {
    world.trail.flush().await;
    let page = PageRequest::default();
    world.users.list_audit(who, &filter, page).await.unwrap().items
}

fn of_action(action: &str) -> AuditFilter {
    AuditFilter { action: Some(action.to_owned()), ..AuditFilter::default() }
}

#[tokio::test]
async fn every_change_of_an_account_leaves_a_line_with_who_did_it() {
    for world in worlds().await {
        let root = root(&world).await;
        world.clock.advance(MINUTE);
        let ann = world.register("ann").await;
        world.users.set_role(&root, ann.id, Role::Admin, &caller_as(&root)).await.unwrap();
        let found = lines(&world, &root, of_action("user.role_changed")).await;
        let [line] = found.as_slice() else { panic!("{found:?}") };
        let actor = line.actor.clone().unwrap();
        assert_eq!((line.actor_kind, actor.id), (ActorKind::User, root.user));
        assert_eq!(actor.username.as_deref(), Some("root"), "{}", world.test.name);
        assert_eq!(line.user.clone().unwrap().id, ann.id);
        assert_eq!(line.target.clone().unwrap().id, ann.id.to_string());
        assert_eq!(line.details, json!({ "from": "user", "to": "admin" }));
        assert_eq!(line.outcome, AuditOutcome::Success);
        assert_eq!(line.origin.request_id.as_deref(), Some("req_1"));
        let made = lines(&world, &root, of_action("user.registered")).await;
        assert_eq!(made[1].actor_kind, ActorKind::System, "the first came from the machine");
        assert_eq!(made[0].actor.clone().unwrap().id, ann.id, "people register themselves");
        let events = world.events("user.registered").await.len();
        assert_eq!(made.len(), events, "no event without its line");
    }
}

#[tokio::test]
async fn a_change_that_came_to_nothing_leaves_no_line() {
    for world in worlds().await {
        let root = root(&world).await;
        let ann = world.register("ann").await;
        world.users.set_role(&root, ann.id, Role::Admin, &caller_as(&root)).await.unwrap();
        let ann = signed_in(&world, "ann").await;
        let refused =
            world.users.set_status(&ann, root.user, UserStatus::Suspended, &caller_as(&ann)).await;
        assert!(matches!(refused, Err(UserError::NotManageable(_))), "{refused:?}");
        assert!(lines(&world, &root, of_action("user.status_changed")).await.is_empty());
    }
}

#[tokio::test]
async fn a_failed_sign_in_is_noted_without_what_was_typed() {
    for world in worlds().await {
        let root = root(&world).await;
        let ann = world.register("ann").await;
        for name in ["ann", "hunter2", "hunter2"] {
            world.clock.advance(MINUTE);
            world.try_login(name, "secret words").await.unwrap_err();
        }
        let found = lines(&world, &root, of_action("user.login_failed")).await;
        assert_eq!(found.len(), 3, "{}", world.test.name);
        assert_eq!(found[0].user, None);
        assert_eq!(found[0].details, found[1].details, "the same name twice can be told");
        assert_ne!(found[0].details, found[2].details);
        assert_eq!(found[2].user.clone().unwrap().id, ann.id);
        assert_eq!(found[2].reason.as_deref(), Some("WRONG_CREDENTIALS"));
        let all = format!("{found:?}");
        assert!(!all.contains("hunter2") && !all.contains("secret words"), "{all}");
    }
}

#[tokio::test]
async fn a_proof_that_proved_nothing_is_noted() {
    for world in worlds().await {
        let root = root(&world).await;
        world.register("ann").await;
        let ann = signed_in(&world, "ann").await;
        let wrong = FreshProof::Password("secret words".into());
        world.users.step_up(&ann, &wrong, &caller_as(&ann)).await.unwrap_err();
        world.clock.advance(MINUTE);
        let change = PasswordChange {
            current_password: "secret words".into(),
            new_password: "staple the other battery".into(),
        };
        world.users.change_password(&ann, change, &caller_as(&ann)).await.unwrap_err();
        let found = lines(&world, &root, of_action("user.proof_failed")).await;
        let reasons: Vec<_> = found.iter().filter_map(|line| line.reason.as_deref()).collect();
        assert_eq!(reasons, ["WRONG_PASSWORD", "PROOF_INVALID"], "{}", world.test.name);
        assert!(found.iter().all(|line| line.user.as_ref().unwrap().id == ann.user), "{found:?}");
        assert!(!format!("{found:?}").contains("secret words"));
    }
}

#[tokio::test]
async fn a_stolen_refresh_token_is_nobodys_doing() {
    for world in worlds().await {
        let root = root(&world).await;
        world.register("ann").await;
        let signed = world.login("ann").await;
        world.refresh(&signed.refresh_token).await.unwrap();
        world.clock.advance(MINUTE);
        world.refresh(&signed.refresh_token).await.unwrap_err();
        let found = lines(&world, &root, of_action("user.sessions_revoked")).await;
        assert_eq!(found[0].actor_kind, ActorKind::Anonymous, "{}", world.test.name);
        assert_eq!(found[0].reason.as_deref(), Some("refresh_token_reused"));
        assert!(found[0].details.get("email").is_none(), "{:?}", found[0].details);
    }
}

#[tokio::test]
async fn lines_are_found_by_each_filter_and_page_by_page() {
    for world in worlds().await {
        let root = root(&world).await;
        let start = world.ambient.now();
        world.clock.advance(MINUTE);
        let ann = world.register("ann").await;
        let who = signed_in(&world, "ann").await;
        let scopes = [Permission::ProxyRead].into_iter().collect();
        let wish = KeyWish { name: "ci".to_owned(), scopes, expires_at: None };
        let key = world.users.create_api_key(&who, wish, &caller_as(&who)).await.unwrap().key;
        let all = AuditFilter::default;
        for (filter, expected) in [
            (AuditFilter { actor: Some(ann.id), ..all() }, 3),
            (AuditFilter { user: Some(ann.id), ..all() }, 3),
            (AuditFilter { target: Some(key.id.to_string()), ..all() }, 1),
            (AuditFilter { outcome: Some(AuditOutcome::Denied), ..all() }, 0),
            (AuditFilter { request_id: Some("req_1".to_owned()), ..all() }, 4),
            (AuditFilter { request_id: Some("req_2".to_owned()), ..all() }, 0),
            (AuditFilter { from: Some(start.plus(MINUTE)), ..all() }, 3),
            (AuditFilter { to: Some(start.plus(MINUTE)), ..all() }, 2),
        ] {
            let found = lines(&world, &root, filter.clone()).await;
            assert_eq!(found.len(), expected, "{filter:?} {}", world.test.name);
        }
        let (mut seen, mut page) = (Vec::new(), PageRequest::first(2));
        loop {
            let found = world.users.list_audit(&root, &all(), page).await.unwrap();
            seen.extend(found.items.into_iter().map(|line| line.id));
            let Some(next) = found.next_cursor else { break };
            page.after = Some(Cursor::decode(&next).unwrap());
        }
        let whole: Vec<_> = lines(&world, &root, all()).await.iter().map(|line| line.id).collect();
        assert_eq!(seen, whole);
    }
}

#[tokio::test]
async fn the_log_is_read_by_administrators_and_ones_own_part_by_oneself() {
    for world in worlds().await {
        let root = root(&world).await;
        let ann = world.register("ann").await;
        world.clock.advance(MINUTE);
        let who = signed_in(&world, "ann").await;
        world.clock.advance(MINUTE);
        let page = PageRequest::default();
        let refused = world.users.list_audit(&who, &AuditFilter::default(), page).await;
        assert!(matches!(
            refused,
            Err(UserError::Authentication(AuthenticationError::Denied(Permission::AuditRead)))
        ));
        world.users.set_role(&root, ann.id, Role::Admin, &caller_as(&root)).await.unwrap();
        let own = world.users.list_own_audit(&who, page).await.unwrap().items;
        let actions: Vec<_> = own.iter().map(|line| line.action.as_str()).collect();
        assert_eq!(actions, ["user.role_changed", "user.logged_in", "user.registered"]);
        assert_eq!((&own[0].actor, own[0].origin.request_id.clone()), (&None, None));
        assert_eq!(own[1].actor.clone().unwrap().id, ann.id, "{}", world.test.name);
    }
}

#[tokio::test]
async fn nobody_changes_a_line_and_old_ones_go_a_bounded_number_at_a_time() {
    for world in worlds().await {
        let root = root(&world).await;
        for sql in [
            "UPDATE audit_log SET actor_kind = 'anonymous'",
            "UPDATE audit_log SET at = 0",
            "UPDATE audit_log SET outcome = 'denied'",
        ] {
            let refused = world.test.database.write().execute_unprepared(sql).await;
            let error = refused.unwrap_err().to_string();
            assert!(error.contains("append-only"), "{error} {}", world.test.name);
        }
        assert!(!lines(&world, &root, AuditFilter::default()).await.is_empty());
        world.clock.advance(Duration::from_hours(366 * 24));
        world.users.sweep().await.unwrap();
        let left = lines(&world, &root, AuditFilter::default()).await;
        assert!(left.is_empty(), "{left:?} {}", world.test.name);
    }
}
