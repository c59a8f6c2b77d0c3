use user_management::UserError;

use crate::support::worlds;

#[tokio::test]
async fn what_is_taken_is_so_whatever_its_case() {
    for world in worlds().await {
        world.register("ann").await;
        for (name, free) in [("ann", false), ("ANN", false), ("anna", true)] {
            let found = world.users.is_username_free(name).await.unwrap();
            assert_eq!(found, free, "{name} {}", world.test.name);
        }
        for (email, free) in [("Ann@Example.com", false), ("ben@example.com", true)] {
            assert_eq!(world.users.is_email_free(email).await.unwrap(), free, "{email}");
        }
    }
}

#[tokio::test]
async fn what_can_never_be_registered_is_said_to_be_wrong() {
    for world in worlds().await {
        for name in ["", "a b", "1x", &"x".repeat(33)] {
            let refused = world.users.is_username_free(name).await;
            assert!(matches!(refused, Err(UserError::Invalid(_))), "{name}");
        }
        let refused = world.users.is_email_free("nowhere").await;
        assert!(matches!(refused, Err(UserError::Invalid(_))), "{}", world.test.name);
    }
}
