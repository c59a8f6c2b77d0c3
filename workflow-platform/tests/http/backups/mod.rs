//! Backups: what was acknowledged before one comes back, and what is damaged does not.

mod archives;
mod buckets;
mod places;
mod under_load;

use crate::support::Binary;

/// Seals archives.
const KEY: &str = "9b1f2c7d40e84a6f8e35b0c1d2a7f694";
const OTHER_KEY: &str = "77e0a1b9c3d84f52a6981c0d5e2f4b36";
/// Signs tokens where there is no data folder for a secret.
const SECRET: &str = "5d1c9a7e3b8f42068ac4e1f7920b6d3c";

/// Runs a command beside a server: its status, and what it said.
async fn run(server: &Binary, arguments: &[&str]) -> (i32, String) {
    let ended = server.beside(arguments).output().await.unwrap();
    let said = [ended.stdout, ended.stderr].concat();
    (ended.status.code().unwrap(), String::from_utf8(said).unwrap())
}

/// The same, when it must work.
async fn done(server: &Binary, arguments: &[&str]) -> String {
    let (code, said) = run(server, arguments).await;
    assert_eq!(code, 0, "{arguments:?}: {said}");
    said
}

/// The only archive of a folder.
fn archive(folder: &tempfile::TempDir) -> String {
    let names = std::fs::read_dir(folder.path()).unwrap();
    let names: Vec<_> = names.map(|entry| entry.unwrap().path().display().to_string()).collect();
    assert_eq!(names.len(), 1, "{names:?}");
    names[0].clone()
}
