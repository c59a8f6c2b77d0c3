//! Archives in an S3-compatible store.

use std::{fs, path::Path, time::Duration};

use bytes::Bytes;
use shared_kernel::{application::BlobStore as _, infrastructure::blob_folder::BlobFolder};
use testkit::S3Server;
use uuid::Uuid;
use workflow_platform::backup::{self, BackupError, Shelf};

use super::{KEY, done, run};
use crate::support::{Binary, TestApp};

const PLACE: &str = "s3://blobs/nightly/platform";

fn settings(url: &str) -> [(&str, &str); 5] {
    [
        ("BACKUP_TO", PLACE),
        ("BACKUP_KEY", KEY),
        ("BACKUP_S3_ENDPOINT", url),
        ("BACKUP_S3_ACCESS_KEY_ID", S3Server::ACCESS_KEY),
        ("BACKUP_S3_SECRET_ACCESS_KEY", S3Server::SECRET_KEY),
    ]
}

/// The only archive of a list, in which lines of the log stand too.
fn listed(said: &str) -> String {
    let lines: Vec<_> = said.lines().filter(|line| !line.starts_with('{')).collect();
    assert_eq!(lines.len(), 1, "{said}");
    lines[0].to_owned()
}

/// Incompressible.
fn noise(length: usize) -> Bytes {
    let mut bytes = vec![0; length];
    blake3::Hasher::new().finalize_xof().fill(&mut bytes);
    bytes.into()
}

#[tokio::test]
async fn a_platform_comes_back_from_a_bucket() {
    let store = S3Server::start().await;
    let url = store.url();
    let mut server = Binary::start(&settings(&url)).await;
    let site = server.site();
    let ada = site.person("ada").await;
    let definition = ada
        .define("name: plain\nsteps: [{id: a, uses: script.javascript, with: {code: return 1}}]")
        .await;
    let said = done(&server, &["backup", "--verify"]).await;
    assert!(said.contains("s3://blobs/nightly/platform/workflow-platform-"), "{said}");
    assert!(said.contains("can be restored"), "{said}");
    let listed = listed(&done(&server, &["backup", "list"]).await);
    let name = listed.split_whitespace().next().unwrap();
    assert!(listed.contains("SQLite of"), "{listed}");
    assert_eq!(listed, self::listed(&done(&server, &["backup", "list", "--from", PLACE]).await));

    server.kill().await;
    server.lose_data();
    let (code, said) =
        run(&server, &["restore", "workflow-platform-20200102T030405Z.tar.zst"]).await;
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("there is no archive s3://blobs/nightly"), "{said}");
    done(&server, &["restore", &format!("{PLACE}/{name}")]).await;
    server.start_again().await;
    ada.get(&format!("/workflow/definitions/{definition}")).await.data();
    let copies = fs::read_dir(server.file("")).unwrap();
    let copies = copies.filter(|entry| entry.as_ref().unwrap().path().join("archive").exists());
    assert_eq!(copies.count(), 0, "copies of archives go");
}

#[tokio::test]
async fn a_large_archive_is_sent_in_parts_and_old_ones_go() {
    let store = S3Server::start().await;
    let url = store.url();
    let app = TestApp::with(&settings(&url)).await;
    let config = app.platform().config();
    let blobs = BlobFolder::new(config.data_dir.join("blobs"));
    let content = noise(20 * 1024 * 1024);
    let key = blobs.put(Uuid::from_u128(7), content.clone()).await.unwrap();
    let shelf = Shelf::open(&config.backup.to).unwrap();
    let (ambient, clock) = testkit::ambient();
    let old = Box::pin(backup::make(config, &shelf, &ambient)).await.unwrap();
    let again = Box::pin(backup::make(config, &shelf, &ambient)).await;
    assert!(matches!(again, Err(BackupError::Exists(_))), "{again:?}");
    clock.advance(Duration::from_hours(24 * 31));
    let new = Box::pin(backup::make(config, &shelf, &ambient)).await.unwrap();
    let (keys, kept) = (config.backup.keys(), config.backup.kept);
    let swept = backup::sweep(&shelf, &keys, ambient.now(), kept).await.unwrap();
    assert!(swept.len() == 1 && swept[0].name == old.name && swept[0].left.is_none());
    let left = shelf.list().await.unwrap();
    assert!(left.len() == 1 && left[0].name == new.name && left[0].bytes == new.bytes);

    let Shelf::Bucket(bucket) = &shelf else { panic!("not a bucket") };
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("archive");
    bucket.fetch(new.name, &copy).await.unwrap();
    let mut elsewhere = config.clone();
    elsewhere.data_dir = folder.path().join("data");
    elsewhere.database = shared_kernel::infrastructure::db::DatabaseSettings::Sqlite {
        file: elsewhere.data_dir.join("workflow-platform.db"),
        readers: 1,
    };
    Box::pin(backup::restore(&elsewhere, Path::new(&copy), false, ambient.now())).await.unwrap();
    let blobs = BlobFolder::new(elsewhere.data_dir.join("blobs"));
    assert_eq!(blobs.get(&key).await.unwrap(), content);
}

#[tokio::test]
async fn a_bucket_that_refuses_is_an_error_and_deletes_nothing() {
    let store = S3Server::start().await;
    let url = store.url();
    let mut values = settings(&url);
    values[4].1 = "not the secret";
    let server = Binary::start(&values).await;
    for command in [&["backup"][..], &["backup", "list"]] {
        let (code, said) = run(&server, command).await;
        assert_eq!(code, 1, "{said}");
        assert!(said.contains("s3://blobs/nightly/platform"), "{said}");
    }
}
