//! Notes that rules left.

use automations::application::AutomationError;
use serde_json::json;
use shared_kernel::domain::{Cursor, PageRequest};

use crate::support::{noting, worlds};

#[tokio::test]
async fn notes_are_listed_counted_and_read_by_their_owner() {
    for world in worlds().await {
        let (service, ada, eve) = (&world.service, &world.ada, world.eve());
        let row = world.keep(noting(&json!({}))).await;
        for n in 0..3 {
            world.clock.advance(std::time::Duration::from_secs(1));
            world.fire(&row, json!({ "n": n })).await;
        }
        let first = service.notifications(ada, false, PageRequest::first(2)).await.unwrap();
        let bodies: Vec<_> = first.items.iter().map(|note| note.body.as_str()).collect();
        assert_eq!(bodies, ["2", "1"], "{}", world.test.name);
        let after = Some(Cursor::decode(&first.next_cursor.unwrap()).unwrap());
        let rest = service.notifications(ada, false, PageRequest { limit: 2, after }).await;
        assert_eq!(rest.unwrap().items.len(), 1);
        let id = first.items[0].id;
        let refused = service.read(&eve, id).await;
        assert!(matches!(refused, Err(AutomationError::NoNotification)), "{refused:?}");
        for _ in 0..2 {
            service.read(ada, id).await.unwrap();
        }
        assert_eq!(service.unread(ada).await.unwrap(), 2);
        assert_eq!(service.unread(&eve).await.unwrap(), 0);
        assert_eq!(service.read_all(&eve).await.unwrap(), 0);
        assert_eq!(service.read_all(ada).await.unwrap(), 2);
        let unread = service.notifications(ada, true, PageRequest::default()).await.unwrap();
        assert!(unread.items.is_empty());
    }
}
