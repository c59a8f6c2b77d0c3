//! Changes in the order in which they happened, for those who follow.

use serde_json::json;
use shared_kernel::domain::Fault as _;

use super::{World, ada, bob};

#[tokio::test]
async fn a_follower_sees_every_change_once() {
    for world in World::everywhere().await {
        world.write(json!([{ "id": 1, "v": 1 }, { "id": 2, "v": 1 }])).await.unwrap();
        let mut cursor: Option<String> = None;
        let mut seen = Vec::new();
        for turn in 0..12 {
            let page = world.module.changes(&ada(), "goods", cursor.as_deref(), 3).await.unwrap().1;
            seen.extend(page.changes.iter().map(|one| (one.version, one.key.clone())));
            cursor = Some(page.cursor);
            if turn < 5 {
                world.write(json!([{ "id": 1, "v": turn + 2 }])).await.unwrap();
            }
        }
        world.module.remove_one(&ada(), "goods", "2".to_owned()).await.unwrap();
        let page = world.module.changes(&ada(), "goods", cursor.as_deref(), 3).await.unwrap().1;
        assert!(page.changes[0].after.is_none() && !page.more);
        let expected: Vec<_> = [(1, "1"), (1, "2")]
            .into_iter()
            .chain((2..7).map(|version| (version, "1")))
            .map(|(version, key)| (version, key.to_owned()))
            .collect();
        assert_eq!(seen, expected, "{}", world.name());
        let after = world.module.changes(&ada(), "goods", Some("5"), 50).await.unwrap().1;
        assert_eq!(after.changes.first().map(|one| one.version), Some(6));
        let wrong = world.module.changes(&ada(), "goods", Some("%"), 50).await.unwrap_err();
        assert_eq!(wrong.code(), "VALIDATION_ERROR");
        assert!(world.module.changes(&bob(), "goods", None, 50).await.is_err());
        let versions = world.module.versions(&ada(), "goods", Some(3), 50).await.unwrap();
        let figures: Vec<_> =
            versions.iter().map(|one| (one.version, one.added, one.changed)).collect();
        assert_eq!(figures, [(2, 0, 1), (1, 2, 0)], "{}", world.name());
    }
}
