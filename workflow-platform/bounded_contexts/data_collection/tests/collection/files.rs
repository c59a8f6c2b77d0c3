//! Uploaded files on both databases: nothing is lost, and nothing is left.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use data_collection::{
    FilesModule, UploadSettings,
    application::files::{FilesError, NewFile, Uploaded},
};
use futures::stream;
use shared_kernel::{
    application::{Principal, Proof, SessionProof, UserFiles as _},
    domain::{Id, Locale, Owner, PageRequest, Role},
};
use testkit::{MovableClock, TestDatabase, step::MemoryBlobs};
use uuid::Uuid;

const SETTINGS: UploadSettings =
    UploadSettings { most_bytes: 3_000_000, most_files: 3, kept: Duration::from_hours(24) };

struct World {
    module: Arc<FilesModule>,
    blobs: Arc<MemoryBlobs>,
    clock: Arc<MovableClock>,
}

fn world(database: &TestDatabase) -> World {
    let (ambient, clock) = testkit::ambient();
    let blobs = Arc::new(MemoryBlobs::default());
    let store = Arc::clone(&blobs) as _;
    let module = data_collection::files(database.database.clone(), store, ambient, SETTINGS);
    World { module, blobs, clock }
}

fn person(number: u128) -> Principal {
    let nil = Uuid::nil();
    Principal {
        user: Id::from(Uuid::from_u128(number)),
        role: Role::User,
        locale: Locale::default(),
        proof: Proof::Session(SessionProof { id: nil, token: nil, expires_at: i64::MAX }),
    }
}

fn new(name: &str) -> NewFile {
    NewFile {
        name: name.parse().unwrap(),
        media_type: "text/html".to_owned(),
        announced: None,
        key: None,
    }
}

async fn upload(
    world: &World,
    who: &Principal,
    name: &str,
    content: &[u8],
) -> Result<Uuid, FilesError> {
    let pieces: Vec<Result<Bytes, std::io::Error>> =
        content.chunks(70_000).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    match world.module.upload(who, new(name), stream::iter(pieces)).await? {
        Uploaded::New(file) | Uploaded::Known(file) => Ok(file.id),
    }
}

async fn databases() -> Vec<TestDatabase> {
    testkit::databases(&[data_collection::file_migrations]).await
}

#[tokio::test]
async fn a_file_is_kept_in_parts_and_read_as_a_whole() {
    for database in databases().await {
        let world = world(&database);
        let (ada, eve) = (person(1), person(2));
        let content: Vec<u8> = (0..2_500_000_u32).map(|n| (n % 253) as u8).collect();
        let id = upload(&world, &ada, "a.html", &content).await.unwrap();
        assert_eq!(world.blobs.len(), 3, "{}", database.name);
        let (file, read) = world.module.read(ada.owner(), id).await.unwrap().unwrap();
        assert_eq!((file.name.as_str(), file.bytes), ("a.html", 2_500_000));
        assert!(read == content);
        assert!(world.module.read(eve.owner(), id).await.unwrap().is_none());
        world.module.delete(&ada, id).await.unwrap();
        assert!(world.blobs.is_empty());
        assert_eq!(world.module.sweep().await.unwrap(), 0, "nothing was left over");
    }
}

#[tokio::test]
async fn what_is_refused_leaves_nothing_behind() {
    for database in databases().await {
        let world = world(&database);
        let ada = person(1);
        let large = vec![7; 3_000_001];
        let error = upload(&world, &ada, "a", &large).await.unwrap_err();
        assert!(matches!(error, FilesError::TooLarge(3_000_000)));
        let broken = [Ok(Bytes::from(vec![7; 2_000_000])), Err(std::io::Error::other("gone"))];
        let error = world.module.upload(&ada, new("a"), stream::iter(broken)).await.unwrap_err();
        assert!(matches!(error, FilesError::Body(_)));
        for name in ["a", "b", "c"] {
            upload(&world, &ada, name, b"x").await.unwrap();
        }
        let error = upload(&world, &ada, "d", b"x").await.unwrap_err();
        assert!(matches!(error, FilesError::TooMany(3)));
        assert_eq!(world.blobs.len(), 3, "{}", database.name);
        upload(&world, &person(2), "a", b"x").await.unwrap();
    }
}

#[tokio::test]
async fn uploads_at_the_same_time_keep_to_the_bound() {
    for database in databases().await {
        let world = world(&database);
        let ada = person(1);
        let all = (0..8).map(|_| upload(&world, &ada, "a", b"x"));
        let done = futures::future::join_all(all).await;
        assert_eq!(done.iter().filter(|one| one.is_ok()).count(), 3, "{}", database.name);
        assert_eq!(world.blobs.len(), 3);
    }
}

#[tokio::test]
async fn a_file_is_forgotten_in_time_and_the_clean_up_runs_twice() {
    for database in databases().await {
        let world = world(&database);
        let ada = person(1);
        let id = upload(&world, &ada, "a", b"x").await.unwrap();
        world.clock.advance(Duration::from_hours(23));
        let younger = upload(&world, &ada, "b", b"y").await.unwrap();
        world.clock.advance(Duration::from_hours(2));
        assert!(world.module.read(ada.owner(), id).await.unwrap().is_none(), "it is over");
        assert_eq!(world.module.sweep().await.unwrap(), 1, "{}", database.name);
        assert_eq!(world.module.sweep().await.unwrap(), 0);
        assert!(world.module.read(ada.owner(), younger).await.unwrap().is_some());
        let page = world.module.list(&ada, PageRequest::default()).await.unwrap();
        assert_eq!(page.items.len(), 1);
    }
}

#[tokio::test]
async fn an_upload_that_dies_in_the_middle_is_cleaned_up() {
    for database in databases().await {
        let world = world(&database);
        let ada = person(1);
        let piece = Ok::<_, std::io::Error>(Bytes::from(vec![7; 1_500_000]));
        let never = futures::StreamExt::chain(stream::iter([piece]), stream::pending());
        let dying = world.module.upload(&ada, new("a"), never);
        assert!(tokio::time::timeout(Duration::from_millis(300), dying).await.is_err());
        assert_eq!(world.blobs.len(), 1);
        assert_eq!(world.module.sweep().await.unwrap(), 0, "it might still be under way");
        world.clock.advance(Duration::from_hours(2));
        assert_eq!(world.module.sweep().await.unwrap(), 1, "{}", database.name);
        assert!(world.blobs.is_empty());
    }
}

#[tokio::test]
async fn erasing_a_person_leaves_their_content_to_the_clean_up() {
    for database in databases().await {
        let world = world(&database);
        let (ambient, _) = testkit::ambient();
        let personal = data_collection::file_personal_data(&database.database, &ambient);
        let owner = Owner::new(Id::from(Uuid::from_u128(1)));
        upload(&world, &person(1), "a", b"x").await.unwrap();
        upload(&world, &person(2), "b", b"y").await.unwrap();
        let page = personal.page(owner, None).await.unwrap();
        assert_eq!((page.items.len(), page.items[0]["name"].as_str()), (1, Some("a")));
        assert_eq!(personal.erase(owner).await.unwrap(), 1, "{}", database.name);
        assert_eq!(personal.erase(owner).await.unwrap(), 0);
        assert_eq!(world.module.sweep().await.unwrap(), 1);
        assert_eq!(world.blobs.len(), 1);
    }
}
