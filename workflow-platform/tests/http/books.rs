//! The books, looked at from the machine itself.

use sea_orm::ConnectionTrait as _;
use shared_kernel::infrastructure::db::{Database, DatabaseSettings};

use crate::support::Binary;

const RECONCILE: [&str; 2] = ["billing", "reconcile"];

/// As if five documents were gone.
const NUMBERS_GONE: &str = "INSERT INTO document_numbers (document, last) VALUES ('invoice', 5)";

async fn reconcile(beside: &Binary) -> (Option<i32>, String) {
    let ended = beside.beside(&RECONCILE).output().await.unwrap();
    (ended.status.code(), String::from_utf8(ended.stdout).unwrap())
}

#[tokio::test]
async fn what_does_not_add_up_is_printed_and_ends_with_status_1() {
    let server = Binary::start(&[]).await;
    let (code, said) = reconcile(&server).await;
    assert_eq!((code, said.as_str()), (Some(0), "the books add up\n"));

    let file = server.file("workflow-platform.db");
    let database = Database::open(&DatabaseSettings::Sqlite { file, readers: 1 }).await.unwrap();
    let changed = database.write().execute_unprepared(NUMBERS_GONE).await.unwrap();
    assert_eq!(changed.rows_affected(), 1);
    database.close().await.unwrap();

    let (code, said) = reconcile(&server).await;
    let expected = "missing_numbers  5  numbers of documents that are missing\n";
    assert_eq!((code, said.as_str()), (Some(1), expected));
}
