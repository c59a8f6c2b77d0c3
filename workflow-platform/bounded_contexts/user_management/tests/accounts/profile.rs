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
