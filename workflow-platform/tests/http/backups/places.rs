//! What a restore does to what is there.

use std::fs;

use serde_json::json;

use super::{KEY, OTHER_KEY, archive, done, run};
use crate::support::Binary;

const SOURCE: &str = "name: plain
steps: [{id: a, uses: script.javascript, with: {code: return 1}}]";

/// Names in the data folder that belong to the data.
fn names(server: &Binary) -> Vec<String> {
    let entries = fs::read_dir(server.file("")).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    // Whoever opens the database last writes its log into it.
    let beside =
        ["lock", "mail", "said.log", "workflow-platform.db-shm", "workflow-platform.db-wal"];
    names.retain(|name| !beside.contains(&name.as_str()));
    names.sort();
    names
}

#[tokio::test]
async fn what_is_there_is_replaced_only_with_force_and_kept_beside() {
    let shelf = tempfile::tempdir().unwrap();
    let to = shelf.path().to_str().unwrap();
    let mut server = Binary::start(&[("BACKUP_TO", to), ("BACKUP_KEY", KEY)]).await;
    let site = server.site();
    let ada = site.person("ada").await;
    let before = ada.define(SOURCE).await;
    done(&server, &["backup"]).await;
    let archive = archive(&shelf);
    let name = archive.rsplit_once('/').unwrap().1;
    let after = ada.define(&SOURCE.replace("plain", "later")).await;
    server.kill().await;

    let (code, said) = run(&server, &["restore", name]).await;
    assert_eq!(code, 4, "{said}");
    assert!(said.contains("with --force it is replaced"), "{said}");
    server.start_again().await;
    ada.get(&format!("/workflow/definitions/{after}")).await.data();

    server.kill().await;
    let said = done(&server, &["restore", name, "--force"]).await;
    assert!(said.contains("what was there before is in"), "{said}");
    server.start_again().await;
    ada.get(&format!("/workflow/definitions/{before}")).await.data();
    ada.get(&format!("/workflow/definitions/{after}")).await.refused(404, "NOT_FOUND");

    // The way back: what was replaced is whole.
    server.kill().await;
    let former = names(&server).into_iter().find(|name| name.starts_with("before-restore-"));
    let former = server.file(&former.unwrap());
    for entry in fs::read_dir(&former).unwrap() {
        let name = entry.unwrap().file_name();
        let place = server.file(name.to_str().unwrap());
        if place.is_dir() {
            fs::remove_dir_all(&place).unwrap();
        }
        fs::rename(former.join(&name), place).unwrap();
    }
    server.start_again().await;
    ada.get(&format!("/workflow/definitions/{after}")).await.data();
}

#[tokio::test]
async fn a_refused_archive_leaves_everything_as_it_is_and_says_why() {
    let shelf = tempfile::tempdir().unwrap();
    let to = shelf.path().to_str().unwrap();
    let mut server = Binary::start(&[("BACKUP_TO", to), ("BACKUP_KEY", KEY)]).await;
    let site = server.site();
    let ada = site.person("ada").await;
    let definition = ada.define(SOURCE).await;
    done(&server, &["backup"]).await;
    let sealed = archive(&shelf);
    let open = tempfile::tempdir().unwrap();
    let mut command = server.beside(&["backup", "--to", open.path().to_str().unwrap()]);
    assert!(command.env("BACKUP_KEY", "").status().await.unwrap().success());
    let archive = archive(&open);
    server.kill().await;
    let (whole, there) = (fs::read(&archive).unwrap(), names(&server));

    let cut = whole[..whole.len() - 1].to_vec();
    let mut flipped = whole.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    let refused = [
        (cut, "archive is damaged"),
        (flipped, "archive is damaged"),
        (b"something else".to_vec(), "no backup of a workflow platform"),
    ];
    for (bytes, why) in refused {
        fs::write(&archive, bytes).unwrap();
        for command in [&["restore", &archive, "--force"][..], &["backup", "verify", &archive]] {
            let (code, said) = run(&server, command).await;
            assert_eq!(code, 3, "{command:?}: {said}");
            assert!(said.contains(why), "{said}");
            assert_eq!(names(&server), there);
        }
    }
    for (key, why) in [(OTHER_KEY, "of another key"), ("", "no key is configured")] {
        let mut command = server.beside(&["restore", &sealed, "--force"]);
        let ended = command.env("BACKUP_KEY", key).output().await.unwrap();
        let said = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(3), "{said}");
        assert!(said.contains(why), "{said}");
    }
    let (code, said) = run(&server, &["restore", "/nowhere/archive", "--force"]).await;
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("there is no archive /nowhere/archive"), "{said}");

    server.start_again().await;
    ada.get(&format!("/workflow/definitions/{definition}")).await.data();
}

#[tokio::test]
async fn a_former_key_opens_what_it_sealed() {
    let shelf = tempfile::tempdir().unwrap();
    let to = shelf.path().to_str().unwrap();
    let server = Binary::start(&[("BACKUP_TO", to), ("BACKUP_KEY", KEY)]).await;
    done(&server, &["backup"]).await;
    let mut command = server.beside(&["backup", "verify", &archive(&shelf)]);
    command.env("BACKUP_KEY", OTHER_KEY);
    command.env("BACKUP_PREVIOUS_KEYS", json!([KEY]).to_string());
    let ended = command.output().await.unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
}

#[tokio::test]
async fn the_secret_of_the_data_folder_is_in_sealed_archives_only() {
    let shelf = tempfile::tempdir().unwrap();
    let to = shelf.path().to_str().unwrap();
    let mut server = Binary::start(&[("BACKUP_TO", to)]).await;
    let site = server.site();
    let ada = site.person("ada").await;
    let said = done(&server, &["backup"]).await;
    assert!(said.contains("secret.key is in sealed archives only"), "{said}");
    let archive = archive(&shelf);
    let bytes = fs::read(&archive).unwrap();
    let mut tar = Vec::new();
    std::io::copy(&mut zstd::Decoder::new(&bytes[..]).unwrap(), &mut tar).unwrap();
    let secret = fs::read(server.file("secret.key")).unwrap();
    assert!(memchr::memmem::find(&tar, &secret).is_none());

    server.kill().await;
    server.lose_data();
    let said = done(&server, &["restore", &archive]).await;
    assert!(said.contains("warning: secret.key was not in the archive"), "{said}");
    server.start_again().await;
    // Under another secret the token of before is none; the account is there.
    ada.get("/users/me").await.refused(401, "UNAUTHENTICATED");
    crate::support::Person::sign_in(&site, "ada").await;
}

#[tokio::test]
async fn after_a_restore_that_was_cut_off_nothing_starts_until_it_is_done() {
    let shelf = tempfile::tempdir().unwrap();
    let to = shelf.path().to_str().unwrap();
    let mut server = Binary::start(&[("BACKUP_TO", to), ("BACKUP_KEY", KEY)]).await;
    done(&server, &["backup"]).await;
    server.kill().await;
    fs::write(server.file("restore-unfinished"), b"").unwrap();
    let (code, said) = run(&server, &["serve"]).await;
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("a restore was cut off"), "{said}");
    done(&server, &["restore", &archive(&shelf), "--force"]).await;
    server.start_again().await;
}

#[tokio::test]
async fn a_backup_of_nothing_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Binary::start(&[]).await;
    server.kill().await;
    server.lose_data();
    let (code, said) = run(&server, &["backup", "--to", folder.path().to_str().unwrap()]).await;
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("there is no database"), "{said}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}
