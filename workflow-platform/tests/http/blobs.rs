//! Large payloads in an S3-compatible store.

use std::{fs, path::Path};

use bytes::Bytes;
use futures::TryStreamExt as _;
use serde_json::json;
use shared_kernel::{
    application::{BlobError, BlobStore as _},
    infrastructure::blob_bucket::{BlobBucket, BucketSettings},
};
use testkit::S3Server;
use uuid::Uuid;

use crate::support::TestApp;

const GROUP: Uuid = Uuid::from_u128(0x0193_5b00_0000_7000_8000_0000_0000_0007);

fn bucket(server: &S3Server, secret: &str) -> BlobBucket {
    let settings = BucketSettings {
        endpoint: Some(server.url()),
        region: "us-east-1".to_owned(),
        bucket: S3Server::BUCKET.to_owned(),
        prefix: "platform".to_owned(),
        access_key_id: S3Server::ACCESS_KEY.to_owned(),
        secret_access_key: secret.into(),
    };
    BlobBucket::new(&settings).unwrap()
}

/// Objects of the bucket, without what the server notes of its own.
fn objects(folder: &Path) -> Vec<std::path::PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| if path.is_dir() { objects(&path) } else { vec![path] })
        .filter(|path| path.file_name().unwrap().len() == 64)
        .collect()
}

#[tokio::test]
async fn what_was_put_into_a_bucket_comes_back_until_its_group_is_removed() {
    let server = S3Server::start().await;
    let blobs = bucket(&server, S3Server::SECRET_KEY);
    let key = blobs.put(GROUP, Bytes::from_static(b"page")).await.unwrap();
    let again = blobs.put(GROUP, Bytes::from_static(b"page")).await.unwrap();
    let other = blobs.put(Uuid::from_u128(8), Bytes::from_static(b"page")).await.unwrap();
    assert_eq!((&key, blobs.get(&key).await.unwrap()), (&again, Bytes::from_static(b"page")));
    let stored = objects(&server.bucket());
    assert_eq!(stored.len(), 2, "{stored:?}");
    let mut named: Vec<_> = blobs.keys().try_collect().await.unwrap();
    named.sort_by(|a, b| b.0.cmp(&a.0));
    assert_eq!(named, [key.clone(), other.clone()]);
    assert!(stored.iter().all(|path| path.to_string_lossy().contains("/platform/")));
    fs::write(stored.iter().find(|path| path.ends_with(&key.0)).unwrap(), b"pale").unwrap();
    assert!(matches!(blobs.get(&key).await, Err(BlobError::Damaged(_))));
    blobs.remove(GROUP).await.unwrap();
    blobs.remove(GROUP).await.unwrap();
    assert!(matches!(blobs.get(&key).await, Err(BlobError::Missing(_))));
    assert_eq!(blobs.get(&other).await.unwrap(), "page");
}

#[tokio::test]
async fn a_bucket_that_refuses_is_an_error_and_no_missing_blob() {
    let server = S3Server::start().await;
    let key = bucket(&server, S3Server::SECRET_KEY);
    let key = key.put(GROUP, Bytes::from_static(b"page")).await.unwrap();
    let stranger = bucket(&server, "not the secret");
    assert!(matches!(stranger.get(&key).await, Err(BlobError::Io(_))));
    let refused = stranger.put(GROUP, Bytes::from_static(b"other")).await;
    assert!(matches!(refused, Err(BlobError::Io(_))), "{refused:?}");
}

#[tokio::test]
async fn large_payloads_of_runs_are_in_the_bucket() {
    let server = S3Server::start().await;
    let url = server.url();
    let settings = [
        ("BLOB_S3_BUCKET", S3Server::BUCKET),
        ("BLOB_S3_ENDPOINT", url.as_str()),
        ("BLOB_S3_ACCESS_KEY_ID", S3Server::ACCESS_KEY),
        ("BLOB_S3_SECRET_ACCESS_KEY", S3Server::SECRET_KEY),
    ];
    for app in TestApp::everywhere(&settings).await {
        let ada = app.person("ada").await;
        let before = objects(&server.bucket()).len();
        let source = "name: large
steps:
  - {id: a, uses: script.javascript, with: {code: \"return 'x'.repeat(100000)\"}}
  - {id: b, uses: script.javascript, with: {code: return input.length, input: \"${{ steps.a.output }}\"}}
outputs: {n: \"${{ steps.b.output }}\"}";
        let ended = ada.run(source, json!({})).await;
        assert_eq!(ended["outputs"], json!({ "n": 100_000 }), "{} {ended}", app.name);
        let stored = objects(&server.bucket()).len() - before;
        assert!(stored >= 2, "{} has {stored} objects", app.name);
    }
}
