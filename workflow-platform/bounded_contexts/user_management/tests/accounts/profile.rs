use shared_kernel::domain::Locale;
use user_management::{UserError, application::ProfileChange};

use crate::support::{authenticate, caller, worlds};

fn called(name: &str) -> ProfileChange {
    ProfileChange { username: Some(name.to_owned()), locale: None }
}

#[tokio::test]
async fn a_name_and_a_language_are_changed_one_by_one() {
    for world in worlds().await {
        world.register("ann").await;
        let signed = world.login("ann").await;
        let who = authenticate(&world.users, &signed).await.unwrap();
        assert_eq!(who.locale, Locale::En);
        let chinese = ProfileChange { locale: Some(Locale::ZhCn), username: None };
        let user = world.users.update_profile(&who, chinese, &caller()).await.unwrap();
        assert_eq!((user.username.as_str(), user.locale), ("ann", Locale::ZhCn));
        let who = authenticate(&world.users, &signed).await.unwrap();
        assert_eq!(who.locale, Locale::ZhCn, "the change counts at once on {}", world.test.name);
        let user = world.users.update_profile(&who, called("Anne"), &caller()).await.unwrap();
        assert_eq!((user.username.as_str(), user.locale), ("Anne", Locale::ZhCn));
        assert_eq!(world.users.show_me(&who).await.unwrap(), user);
        world.login("anne").await;
        assert_eq!(world.events("user.profile_changed").await.len(), 2);
    }
}

#[tokio::test]
async fn a_name_that_is_taken_or_none_changes_nothing() {
    for world in worlds().await {
        world.register("ann").await;
        world.register("ben").await;
        let signed = world.login("ann").await;
        let who = authenticate(&world.users, &signed).await.unwrap();
        let refused = world.users.update_profile(&who, called("BEN"), &caller()).await;
        assert!(matches!(refused, Err(UserError::UsernameTaken)), "{}", world.test.name);
        let refused = world.users.update_profile(&who, called("a\r\nb"), &caller()).await;
        assert!(matches!(refused, Err(UserError::Invalid(_))));
        assert_eq!(world.users.show_me(&who).await.unwrap().username.as_str(), "ann");
        assert!(world.events("user.profile_changed").await.is_empty());
    }
}

#[tokio::test]
async fn people_are_gone_through_by_id_without_those_who_left() {
    for world in worlds().await {
        for name in ["ann", "ben", "cat"] {
            world.register(name).await;
        }
        world.execute("UPDATE users SET status = 'deleted' WHERE username = 'ben'").await;
        let first = world.users.people_after(None, 1).await.unwrap();
        let rest = world.users.people_after(Some(first[0].0), 5).await.unwrap();
        assert_eq!((first.len(), rest.len()), (1, 1), "{}", world.test.name);
        assert!(first[0].0 < rest[0].0 && rest[0].1 == Locale::En);
        assert!(world.users.people_after(Some(rest[0].0), 5).await.unwrap().is_empty());
    }
}
