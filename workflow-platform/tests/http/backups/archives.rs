//! Archives that are old, doctored or of somebody else.

use std::{fs, path::Path, time::Duration};

use secrecy::SecretString;
use shared_kernel::{
    domain::{ErrorKind, Timestamp},
    infrastructure::db::DatabaseSettings,
};
use workflow_platform::{
    backup::{
        self, ArchiveName, ArchiveWriter, BackupError, Census, Engine, FolderShelf, Manifest, Shelf,
    },
    config::{Config, Purpose},
    container,
};

use super::{KEY, OTHER_KEY};
use crate::support::TestApp;

const DAY: Duration = Duration::from_hours(24);

/// A configuration of an empty folder, which seals.
fn configured(folder: &Path, values: &[(&str, &str)]) -> Config {
    let data = folder.join("data").display().to_string();
    let to = folder.join("shelf").display().to_string();
    let basics = [("DATA_DIR", data.as_str()), ("BACKUP_TO", to.as_str())];
    Config::from_values(basics.into_iter().chain(values.iter().copied()), Purpose::Local).unwrap()
}

#[tokio::test]
async fn retention_deletes_only_what_is_old_and_ours() {
    let app = TestApp::with(&[("BACKUP_KEY", KEY)]).await;
    let folder = tempfile::tempdir().unwrap();
    let files = FolderShelf::new(folder.path());
    let shelf = Shelf::Folder(files.clone());
    let (ambient, clock) = testkit::ambient();
    let start = ambient.now();
    let mut made = Vec::new();
    for day in [0, 10, 40, 50] {
        clock.set(start.plus(DAY * day));
        let config = app.platform().config();
        made.push(Box::pin(backup::make(config, &shelf, &ambient)).await.unwrap().name);
    }
    let old = |hour: u32, sealed| {
        ArchiveName::new(start.minus(DAY * 20).plus(Duration::from_hours(1) * hour), sealed)
    };
    // Called like ours, and something else; one of ours under another name; of another key; others.
    fs::write(files.path(old(1, true)), b"accounts of 2019").unwrap();
    fs::copy(files.path(made[3]), files.path(old(2, true))).unwrap();
    let mut config = app.platform().config().clone();
    config.backup.key = Some(OTHER_KEY.into());
    clock.set(old(3, true).made_at);
    let foreign = Box::pin(backup::make(&config, &shelf, &ambient)).await.unwrap().name;
    fs::write(folder.path().join("notes.txt"), b"").unwrap();
    fs::create_dir(files.path(old(4, false))).unwrap();

    let keys = [SecretString::from(KEY)];
    let now = start.plus(DAY * 51);
    let swept = backup::sweep(&shelf, &keys, now, DAY * 30).await.unwrap();
    let told: Vec<_> = swept.iter().map(|one| (one.name, one.left.is_some())).collect();
    let expected = [
        (old(1, true), true),
        (old(2, true), true),
        (foreign, true),
        (made[0], false),
        (made[1], false),
    ];
    assert_eq!(told, expected);
    let left: Vec<_> = shelf.list().await.unwrap().iter().map(|listed| listed.name).collect();
    assert_eq!(left, [old(1, true), old(2, true), foreign, made[2], made[3]]);
    assert!(folder.path().join("notes.txt").exists() && files.path(old(4, false)).is_dir());

    // However old, the newest stays.
    let swept = backup::sweep(&shelf, &keys, now.plus(DAY * 400), DAY * 30).await.unwrap();
    assert!(swept.iter().any(|one| one.name == made[2] && one.left.is_none()));
    assert_eq!(shelf.list().await.unwrap().last().unwrap().name, made[3]);
}

#[tokio::test]
async fn two_archives_of_one_second_do_not_replace_each_other() {
    let app = TestApp::start().await;
    let folder = tempfile::tempdir().unwrap();
    let (shelf, (ambient, _clock)) =
        (Shelf::Folder(FolderShelf::new(folder.path())), testkit::ambient());
    let config = app.platform().config();
    Box::pin(backup::make(config, &shelf, &ambient)).await.unwrap();
    let again = Box::pin(backup::make(config, &shelf, &ambient)).await;
    assert!(matches!(again, Err(BackupError::Exists(_))), "{again:?}");
}

/// An archive by hand, of this database and this manifest.
fn by_hand(path: &Path, database: &[u8], manifest: &Manifest, more: &[(&str, &[u8])]) {
    let file = fs::File::create(path).unwrap();
    let mut writer = ArchiveWriter::new(file, None, manifest).unwrap();
    for (name, content) in [("database", database)].iter().chain(more) {
        writer.append(name, content.len() as u64, *content).unwrap();
    }
    writer.finish().unwrap();
}

/// Manifest and database of a new platform, as they are archived.
async fn parts() -> (Manifest, Vec<u8>) {
    let app = TestApp::start().await;
    let folder = tempfile::tempdir().unwrap();
    let shelf = Shelf::Folder(FolderShelf::new(folder.path()));
    let (ambient, _clock) = testkit::ambient();
    let made = Box::pin(backup::make(app.platform().config(), &shelf, &ambient)).await.unwrap();
    let file = zstd::Decoder::new(fs::File::open(&made.address).unwrap()).unwrap();
    let mut tar = tar::Archive::new(file);
    let mut database = Vec::new();
    let entry = tar.entries().unwrap().nth(1).unwrap();
    std::io::copy(&mut entry.unwrap(), &mut database).unwrap();
    (made.manifest, database)
}

async fn refusal(config: &Config, archive: &Path) -> BackupError {
    let now = Timestamp::from_millis(0);
    let refused = Box::pin(backup::restore(config, archive, false, now)).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Invalid, "{refused}");
    let mut left: Vec<_> = fs::read_dir(&config.data_dir).unwrap().collect();
    left.retain(|entry| {
        let name = entry.as_ref().unwrap().file_name();
        name != "lock" && name != "secret.key"
    });
    assert!(left.is_empty(), "{left:?}");
    refused
}

#[tokio::test]
async fn an_archive_that_is_not_what_it_says_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let config = configured(folder.path(), &[]);
    let path = folder.path().join("archive");
    let (manifest, database) = parts().await;

    let mut newer = manifest.clone();
    newer.census.migrations.push("m20990101_000001_later".into());
    by_hand(&path, &database, &newer, &[]);
    let told = refusal(&config, &path).await;
    assert!(matches!(&told, BackupError::Newer { unknown, .. } if unknown.contains("later")));

    by_hand(&path, &database, &Manifest { database: Engine::Postgres, ..manifest.clone() }, &[]);
    let told = refusal(&config, &path).await.to_string();
    assert!(told.contains("of PostgreSQL") && told.contains("of SQLite"), "{told}");

    let mut more = manifest.clone();
    *more.census.rows.get_mut("plans").unwrap() += 1;
    by_hand(&path, &database, &more, &[]);
    let told = refusal(&config, &path).await.to_string();
    assert!(told.contains("plans has 4, had 5"), "{told}");

    let mut torn = database.clone();
    let middle = torn.len() / 2;
    torn[middle..middle + 8192].fill(0xFF);
    by_hand(&path, &torn, &manifest, &[]);
    let refused = Box::pin(backup::restore(&config, &path, false, Timestamp::default())).await;
    assert!(refused.is_err() && !config.data_dir.join("workflow-platform.db").exists());

    let key = format!("blobs/{}", "0".repeat(64));
    by_hand(&path, &database, &manifest, &[(&key, b"not this content")]);
    let told = refusal(&config, &path).await.to_string();
    assert!(told.contains("content its name promises"), "{told}");

    by_hand(&path, &database, &manifest, &[("stranger", b"")]);
    let told = refusal(&config, &path).await.to_string();
    assert!(told.contains("\"stranger\""), "{told}");

    // And what is right is taken.
    by_hand(&path, &database, &manifest, &[]);
    let restored = Box::pin(backup::restore(&config, &path, false, Timestamp::default())).await;
    assert_eq!(restored.unwrap().manifest, manifest);
}

#[tokio::test]
async fn an_archive_of_an_earlier_schema_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let config = configured(folder.path(), &[]);
    let DatabaseSettings::Sqlite { file, .. } = &config.database else { panic!("not SQLite") };
    fs::create_dir_all(&config.data_dir).unwrap();
    let database = shared_kernel::infrastructure::db::Database::open(&config.database).await;
    let database = database.unwrap();
    container::migrations().up(&database).await.unwrap();
    container::migrations().down(&database, 2).await.unwrap();
    database.close().await.unwrap();
    let shelf = Shelf::open(&config.backup.to).unwrap();
    let (ambient, _clock) = testkit::ambient();
    let made = Box::pin(backup::make(&config, &shelf, &ambient)).await.unwrap();
    fs::remove_file(file).unwrap();
    let restored =
        Box::pin(backup::restore(&config, Path::new(&made.address), false, ambient.now())).await;
    let Census { migrations, .. } = restored.unwrap().manifest.census;
    assert_eq!(migrations.len() + 2, container::migrations().names().len());
}

#[tokio::test]
async fn on_postgres_what_does_not_agree_is_rolled_back() {
    let Some(url) = testkit::postgres_database().await else { return };
    let folder = tempfile::tempdir().unwrap();
    let programs = testkit::postgres_programs();
    let values = [("DATABASE_URL", url.as_str()), ("POSTGRES_BIN_DIR", programs.to_str().unwrap())];
    let config = configured(folder.path(), &values);
    let database = shared_kernel::infrastructure::db::Database::open(&config.database).await;
    let database = database.unwrap();
    container::migrations().up(&database).await.unwrap();
    database.close().await.unwrap();
    let shelf = Shelf::open(&config.backup.to).unwrap();
    let (ambient, _clock) = testkit::ambient();
    let made = Box::pin(backup::make(&config, &shelf, &ambient)).await.unwrap();
    let mut tar =
        tar::Archive::new(zstd::Decoder::new(fs::File::open(&made.address).unwrap()).unwrap());
    let mut dump = Vec::new();
    std::io::copy(&mut tar.entries().unwrap().nth(1).unwrap().unwrap(), &mut dump).unwrap();

    let path = folder.path().join("archive");
    let mut manifest = made.manifest.clone();
    *manifest.census.rows.get_mut("plans").unwrap() += 1;
    by_hand(&path, &dump, &manifest, &[]);
    let told = Box::pin(backup::verify(&config, &path)).await.unwrap_err().to_string();
    assert!(told.contains("table plans does not have its 5 rows"), "{told}");
    let told = Box::pin(backup::restore(&config, &path, true, ambient.now())).await.unwrap_err();
    assert!(told.to_string().contains("table plans does not have its 5 rows"), "{told}");

    // A dump that is none: all of it is as it was.
    by_hand(&path, b"no dump", &made.manifest, &[]);
    let told = Box::pin(backup::restore(&config, &path, true, ambient.now())).await.unwrap_err();
    assert!(told.to_string().starts_with("pg_restore failed"), "{told}");
    assert!(!config.data_dir.join("restore-unfinished").exists());
    let again = ArchiveName::new(ambient.now(), false);
    fs::remove_file(shelf.address(again)).unwrap();
    let found = Box::pin(backup::make(&config, &shelf, &ambient)).await.unwrap();
    assert_eq!(found.manifest.census, made.manifest.census);
}
