//! The books are checked by and by, and whoever looks sees when.

use std::{sync::Arc, time::Duration};

use sea_orm::ConnectionTrait as _;
use shared_kernel::infrastructure::invariants::checked;
use subscription::Bookkeeper;

use crate::{World, worlds};

fn bookkeeper(world: &World) -> Bookkeeper {
    Bookkeeper {
        module: Arc::clone(&world.module),
        database: world.test.database.clone(),
        ambient: world.ambient.clone(),
    }
}

async fn broken(world: &World) -> Vec<(String, u64)> {
    let found = checked(&world.test.database).await.unwrap();
    found.into_iter().map(|one| (one.name, one.broken)).filter(|(_, broken)| *broken > 0).collect()
}

#[tokio::test]
async fn the_books_are_checked_once_an_hour_by_whoever_comes_first() {
    for world in worlds().await {
        let (first, second) = (bookkeeper(&world), bookkeeper(&world));
        assert!(first.check_when_due().await.unwrap(), "on {}", world.test.name);
        assert!(!first.check_when_due().await.unwrap());
        assert!(!second.check_when_due().await.unwrap());
        assert_eq!(broken(&world).await, []);
        assert_eq!(checked(&world.test.database).await.unwrap().len(), 5);

        let sql = "INSERT INTO ledger_entries SELECT id, 0, 'invoice_issued', id, id, 'cash', \
                   'CNY', 100, 0 FROM plans LIMIT 1";
        world.test.database.write().execute_unprepared(sql).await.unwrap();
        world.clock.advance(Duration::from_hours(1));
        assert!(second.check_when_due().await.unwrap());
        let found = broken(&world).await;
        assert_eq!(found, [("ledger_balanced".to_owned(), 1)], "on {}", world.test.name);
    }
}
