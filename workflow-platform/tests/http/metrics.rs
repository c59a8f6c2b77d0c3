//! What the platform says of itself after some work.

use serde_json::json;

use crate::support::{PASSWORD, Person, TestApp, eventually};

const ROOT: [(&str, &str); 2] =
    [("BOOTSTRAP_ADMIN_EMAIL", "root@example.com"), ("BOOTSTRAP_ADMIN_PASSWORD", PASSWORD)];

async fn scrape(app: &TestApp) -> String {
    app.client.get(app.url("/metrics")).send().await.unwrap().text().await.unwrap()
}

fn value(scrape: &str, series: &str) -> Option<f64> {
    let line = scrape.lines().find_map(|line| line.strip_prefix(series))?;
    line.trim().parse().ok()
}

#[tokio::test]
async fn steps_executions_and_the_process_are_measured_without_naming_anybody() {
    for app in TestApp::everywhere(&[]).await {
        let person = Person::register(&app, "zebedee").await;
        let before = scrape(&app).await;
        let ended = person
            .run("name: quagga\nsteps:\n  - {id: a, uses: script.javascript, with: {code: 'return 1'}}\n", json!({}))
            .await;
        assert_eq!(ended["status"], "succeeded", "{ended}");
        let ended_here = "workflow_executions_finished_total{status=\"succeeded\"}";
        let said = eventually("the end is counted", async || {
            let said = scrape(&app).await;
            (value(&said, ended_here) > value(&before, ended_here)).then_some(said)
        })
        .await;
        for series in [
            "workflow_steps_total{action=\"script.javascript\",outcome=\"succeeded\"}",
            ended_here,
            "workflow_start_latency_seconds_count",
            "workflow_step_duration_seconds_count{action=\"script.javascript\"}",
        ] {
            // The recorder is one for all servers of this process.
            let more = value(&said, series).unwrap_or(0.0) - value(&before, series).unwrap_or(0.0);
            assert!((more - 1.0).abs() < f64::EPSILON, "{series} on {}\n{said}", app.name);
        }
        for series in [
            "workflow_queue_executions{kind=\"ready\"}",
            "workflow_leases_expired_total",
            "subscriptions{status=\"active\"}",
            "invoices{status=\"open\"}",
            "users{status=\"active\"}",
            "proxies{state=\"healthy\"}",
            "fetch_hosts{state=\"usual\"}",
            "payments_total{outcome=\"failed\"}",
            "process_resident_memory_bytes",
            "process_open_fds",
        ] {
            assert!(value(&said, series).is_some(), "{series} on {}\n{said}", app.name);
        }
        let pool = if app.name == "sqlite" { "write" } else { "shared" };
        let most = format!("db_pool_connections_max{{pool=\"{pool}\"}}");
        assert!(value(&said, &most).unwrap() >= 1.0);
        for private in [ended["id"].as_str().unwrap(), "zebedee", "quagga"] {
            assert!(!said.contains(private), "{private} stands in a label on {}", app.name);
        }
    }
}

#[tokio::test]
async fn administrators_see_how_the_platform_stands() {
    for app in TestApp::everywhere(&ROOT).await {
        let person = Person::register(&app, "curious").await;
        assert_eq!(person.get("/system/status").await.status, 403);
        let root = Person::sign_in(&app, "root@example.com").await;
        let status = eventually("a worker", async || {
            let status = root.get("/system/status").await.data();
            (status["workers"].as_array()?.len() == 1 && status["processes"].as_array()?.len() == 1)
                .then_some(status)
        })
        .await;
        let (kind, cache, pool) = match app.name {
            "sqlite" => ("sqlite", "memory", "read"),
            _ => ("postgresql", "redis", "shared"),
        };
        assert_eq!((&status["database"]["kind"], &status["cache"]), (&kind.into(), &cache.into()));
        assert_eq!(status["database"]["pools"][0]["pool"], pool);
        let process = &status["processes"][0];
        assert_eq!((&process["role"], &process["current"]), (&"all".into(), &true.into()));
        assert_eq!(
            (&process["alive"], &status["workers"][0]["alive"]),
            (&true.into(), &true.into())
        );
        assert_eq!(status["schema_pending"], 0);
        assert!(status["schema_version"].as_str().unwrap().starts_with("m2026"), "{status}");
        for count in ["ready", "timer", "leased", "letter"] {
            assert_eq!(status["queue"][count], 0, "{status}");
        }
        assert_eq!(status["outbox"]["parked"], 0);
    }
}

#[tokio::test]
async fn a_process_that_left_is_seen_to_be_gone() {
    let app = TestApp::with(&ROOT).await;
    assert_eq!(lives(&app, 1).await, [true]);
    let app = app.restart().await;
    assert_eq!(lives(&app, 2).await, [true, false]);
}

/// Which of so many processes live, the newest first.
async fn lives(app: &TestApp, count: usize) -> Vec<bool> {
    let root = Person::sign_in(app, "root@example.com").await;
    eventually("as many processes", async || {
        let status = root.get("/system/status").await.data();
        let all = status["processes"].as_array()?.clone();
        (all.len() == count).then(|| all.iter().map(|one| one["alive"] == true).collect())
    })
    .await
}
