//! Backup, loss and restore while people work.

use std::{sync::Mutex, time::Duration};

use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::{KEY, SECRET, archive, done, run};
use crate::support::{Binary, Person, eventually};

/// Its output is a blob.
const SOURCE: &str = "name: large
params: {properties: {n: {type: integer}}}
steps:
  - {id: a, uses: script.javascript, with: {code: \"return String(input).repeat(100000)\", input: \"${{ params.n % 10 }}\"}}
  - {id: b, uses: script.javascript, with: {code: return input.length, input: \"${{ steps.a.output }}\"}}
outputs: {length: \"${{ steps.b.output }}\"}";

/// Writers at once.
const WRITERS: usize = 4;
/// Acknowledged before the backup begins.
const BEFORE: usize = 30;
/// Fewer than the free plan allows.
const MOST: usize = 900;

/// Executions whose start was acknowledged.
type Acknowledged = Mutex<Vec<String>>;

async fn write(ada: &Person<'_>, definition: &str, told: &Acknowledged, stop: &CancellationToken) {
    while !stop.is_cancelled() && told.lock().unwrap().len() < MOST {
        let n = told.lock().unwrap().len();
        let ask = json!({ "definition_id": definition, "params": { "n": n } });
        let reply = ada.post("/workflow/executions", &ask).await;
        if reply.status.is_success() {
            let id = reply.data()["id"].as_str().unwrap().to_owned();
            told.lock().unwrap().push(id);
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Backs up while people write; gives what had been acknowledged when it began.
async fn back_up_under_load(server: &Binary, ada: &Person<'_>) -> Vec<String> {
    let definition = ada.define(SOURCE).await;
    let (told, stop) = (Acknowledged::default(), CancellationToken::new());
    let writers = (0..WRITERS).map(|_| write(ada, &definition, &told, &stop));
    let backup = async {
        eventually("a load", async || (told.lock().unwrap().len() >= BEFORE).then_some(())).await;
        let before = told.lock().unwrap().clone();
        let said = done(server, &["backup", "--verify"]).await;
        assert!(said.contains("can be restored") && said.contains("do add up"), "{said}");
        stop.cancel();
        assert!(told.lock().unwrap().len() > before.len(), "nobody wrote meanwhile");
        before
    };
    let (_, before) = tokio::join!(futures::future::join_all(writers), backup);
    before
}

/// Everything of before is there, runs to its end, and has its blobs.
async fn has_come_back(ada: &Person<'_>, before: &[String]) {
    for id in before {
        let ended = ada.finished(id, Duration::from_mins(1)).await;
        assert_eq!(ended["status"], "succeeded", "{ended}");
        assert_eq!(ended["outputs"]["length"], 100_000, "{ended}");
    }
}

async fn is_sound(server: &Binary) {
    let said = done(server, &["doctor"]).await;
    assert!(said.contains("0 findings"), "{said}");
    assert_eq!(done(server, &["billing", "reconcile"]).await, "the books add up\n");
}

#[tokio::test]
async fn what_was_acknowledged_before_a_backup_is_there_after_a_restore_on_sqlite() {
    let shelf = tempfile::tempdir().unwrap();
    let to = shelf.path().to_str().unwrap();
    let mut server = Binary::start(&[("BACKUP_TO", to), ("BACKUP_KEY", KEY)]).await;
    let site = server.site();
    let ada = site.person("ada").await;
    let before = back_up_under_load(&server, &ada).await;
    let archive = archive(&shelf);

    let (code, said) = run(&server, &["restore", &archive, "--force"]).await;
    assert_eq!(code, 4, "{said}");
    assert!(said.contains("another process works in"), "{said}");

    server.kill().await;
    server.lose_data();
    let said = done(&server, &["restore", &archive]).await;
    assert!(said.contains("restored what was there at"), "{said}");
    assert!(!said.contains("warning"), "{said}");
    server.start_again().await;
    // The token of before: the secret came back too.
    has_come_back(&ada, &before).await;
    is_sound(&server).await;
}

/// Tells the server of a database something.
async fn tell(database: &str, sql: &str) -> String {
    let (server, _) = database.rsplit_once('/').unwrap();
    psql(&format!("{server}/postgres"), sql).await
}

async fn psql(database: &str, sql: &str) -> String {
    let program = testkit::postgres_programs().join("psql");
    let mut command = tokio::process::Command::new(program);
    let ended = command.args(["-X", "-A", "-t", database, "-c", sql]).output().await.unwrap();
    assert!(ended.status.success(), "{sql}: {}", String::from_utf8_lossy(&ended.stderr));
    String::from_utf8(ended.stdout).unwrap()
}

/// Every table, index, trigger and function as it would be made, but for the journal's months: the
/// server makes the next ones when it likes.
async fn shape(database: &str) -> String {
    let program = testkit::postgres_programs().join("pg_dump");
    let mut command = tokio::process::Command::new(program);
    command.args(["--schema-only", "--no-owner", "--exclude-table=execution_events_2*", database]);
    let ended = command.output().await.unwrap();
    assert!(ended.status.success());
    let text = String::from_utf8(ended.stdout).unwrap();
    // Newer versions guard their scripts by a key that is another each time.
    text.lines().filter(|line| !line.starts_with('\\')).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn what_was_acknowledged_before_a_backup_is_there_after_a_restore_on_postgres() {
    let Some(database) = testkit::postgres_database().await else { return };
    let shelf = tempfile::tempdir().unwrap();
    let programs = testkit::postgres_programs();
    let settings = [
        ("DATABASE_URL", database.as_str()),
        ("JWT_SECRET_KEY", SECRET),
        ("BACKUP_TO", shelf.path().to_str().unwrap()),
        ("BACKUP_KEY", KEY),
        ("POSTGRES_BIN_DIR", programs.to_str().unwrap()),
    ];
    let mut server = Binary::start(&settings).await;
    let site = server.site();
    let ada = site.person("ada").await;
    let before = back_up_under_load(&server, &ada).await;
    let archive = archive(&shelf);
    let (_, name) = database.rsplit_once('/').unwrap();
    let like = format!("SELECT datname FROM pg_database WHERE datname LIKE '{name}_verify%'");
    assert_eq!(tell(&database, &like).await, "", "the database of the proof went");

    let (code, said) = run(&server, &["restore", &archive, "--force"]).await;
    assert_eq!(code, 4, "{said}");
    assert!(said.contains("stop its processes"), "{said}");

    server.kill().await;
    let (code, said) = run(&server, &["restore", &archive]).await;
    assert_eq!(code, 4, "{said}");
    assert!(said.contains("with --force it is replaced"), "{said}");

    let expected = shape(&database).await;
    server.lose_data();
    tell(&database, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
    tell(&database, &format!("CREATE DATABASE {name}")).await;
    done(&server, &["restore", &archive]).await;
    assert_eq!(shape(&database).await, expected);
    server.start_again().await;
    has_come_back(&ada, &before).await;
    is_sound(&server).await;

    // Over what is there, with force: the same once more, and what came meanwhile is gone.
    server.kill().await;
    psql(&database, "CREATE TABLE stray (n int); CREATE VIEW seen AS SELECT n FROM stray").await;
    let said = done(&server, &["restore", &archive, "--force"]).await;
    assert!(said.contains("what was there before is in"), "{said}");
    assert_eq!(shape(&database).await, expected);
    server.start_again().await;
    has_come_back(&ada, &before).await;
}
