//! Several processes on one PostgreSQL and one Redis.

use std::process::Output;

use crate::support::Binary;

const SECRET: &str = "5d1c9a7e3b8f42068ac4e1f7920b6d3c";

/// Runs `demo --once` against a platform that is up.
async fn demo(platform: &Binary) -> String {
    let api = platform.site().url("/");
    let mut command = platform.beside(&["demo", "--once", "--api", &api]);
    let Output { status, stdout, stderr } = command.output().await.unwrap();
    let said = String::from_utf8_lossy(&stdout).into_owned();
    assert!(status.success(), "{status}\n{said}\n{}", String::from_utf8_lossy(&stderr));
    said
}

#[tokio::test]
async fn the_demo_runs_on_one_api_process_and_two_workers() {
    let Some(database) = testkit::postgres_database().await else { return };
    let Some(redis) = testkit::redis_url() else { return };
    let settings = [
        ("DATABASE_URL", database.as_str()),
        ("REDIS_URL", redis.as_str()),
        ("JWT_SECRET_KEY", SECRET),
        ("OUTBOUND_ALLOW", "127.0.0.1"),
    ];
    let platform = Binary::start_as(&["serve", "--role", "api"], &settings).await;
    let worker = || platform.beside(&["worker"]).spawn().unwrap();
    let (mut first, _second) = (worker(), worker());
    let said = demo(&platform).await;
    for part in ["registered with the mailed code", "the run succeeded", "Bad proxy: http://127."] {
        assert!(said.contains(part), "{part} is missing in\n{said}");
    }

    first.kill().await.unwrap();
    let said = demo(&platform).await;
    assert!(said.contains("signed in as") && said.contains("the run succeeded"), "{said}");
}
