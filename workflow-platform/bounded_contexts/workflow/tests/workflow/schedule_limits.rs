//! A plan says how often schedules run.

use std::{sync::atomic::Ordering, time::Duration};

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use shared_kernel::domain::Timestamp;
use uuid::Uuid;
use workflow::application::triggers::Fired;

use crate::{
    routes::Client,
    support::{World, worlds},
};

const FIVE_MINUTES: u64 = 300;

fn with(triggers: &str) -> Value {
    json!({ "source": format!("
name: timed
triggers: {triggers}
steps: [{{id: rest, uses: wait.for, with: {{duration: 30d}}}}]
") })
}

fn plan_has(world: &World, seconds: u64) {
    world.plan.apart.store(seconds, Ordering::SeqCst);
}

async fn fire_all(world: &World) {
    while world.module.triggers().fire_next().await.unwrap() == Fired::One {}
}

async fn saved(client: &Client, triggers: &str) -> String {
    let (status, answer) = client.post("/workflow/definitions", with(triggers)).await;
    assert_eq!(status, StatusCode::CREATED, "{answer}");
    answer["data"]["id"].as_str().unwrap().to_owned()
}

async fn first_trigger(client: &Client, definition: &str) -> Value {
    let (_, answer) = client.get(&format!("/workflow/definitions/{definition}/triggers")).await;
    answer["data"]["items"][0].clone()
}

#[tokio::test]
async fn a_schedule_that_the_plan_does_not_include_is_not_kept() {
    for world in worlds().await {
        plan_has(&world, FIVE_MINUTES);
        let client = Client::of(&world);
        for (triggers, path, used) in [
            ("[{cron: '* * * * *'}]", "triggers[0].cron", 60),
            (
                "[{webhook: {}}, {cron: '*/7 * * * *', timezone: Asia/Shanghai}]",
                "triggers[1].cron",
                240,
            ),
            ("[{cron: '0 0 8 * * *'}, {cron: '*/30 * * * * *'}]", "triggers[1].cron", 30),
            ("[{cron: '0,2 9 1 * *'}]", "triggers[0].cron", 120),
            ("[{interval: 4m}]", "triggers[0].interval", 240),
        ] {
            let (status, refused) = client.post("/workflow/definitions", with(triggers)).await;
            assert_eq!(status, StatusCode::PAYMENT_REQUIRED, "{triggers}: {refused}");
            assert_eq!(refused["error"], "QUOTA_EXCEEDED", "{}", world.name);
            let expected = json!({
                "limit": "schedule_interval_seconds",
                "allowed": 300,
                "used": used,
                "resets_at": null,
                "upgrade": null,
                "path": path,
            });
            assert_eq!(refused["details"], expected, "{triggers}");
        }
        assert_eq!(world.number("SELECT count(*) FROM workflow_definitions").await, 0);
        let fits = "[{cron: '*/5 * * * *'}, {cron: '0 */5 * * * *'}, {interval: 5m}, \
                    {at: '2030-01-01T00:00:00Z'}, {event: execution.finished}]";
        saved(&client, fits).await;
    }
}

#[tokio::test]
async fn a_change_is_refused_where_it_makes_a_schedule_too_short() {
    for world in worlds().await {
        plan_has(&world, 60);
        let client = Client::of(&world);
        let id = saved(&client, "[{cron: '* * * * *'}]").await;
        plan_has(&world, FIVE_MINUTES);
        let path = format!("/workflow/definitions/{id}");
        let put =
            async |triggers: &str| client.ask_with(Method::PUT, &path, &[], &with(triggers)).await;
        let (status, answer) = put("[{cron: '* * * * *', overlap: skip}]").await;
        assert_eq!(status, StatusCode::OK, "when it is due has not changed: {answer}");
        let (status, refused) = put("[{cron: '*/2 * * * *'}]").await;
        assert_eq!(status, StatusCode::PAYMENT_REQUIRED, "{refused}");
        assert_eq!(refused["details"]["path"], "triggers[0].cron");
        let (status, refused) = put("[{cron: '* * * * *'}, {interval: 1m}]").await;
        assert_eq!(status, StatusCode::PAYMENT_REQUIRED, "{refused}");
        assert_eq!(refused["details"]["path"], "triggers[1].interval");
        let (status, _) = put("[{cron: '*/5 * * * *'}]").await;
        assert_eq!(status, StatusCode::OK);
        let restore = format!("{path}/versions/1/restore");
        let (status, _) = client.post(&restore, json!({})).await;
        assert_eq!(status, StatusCode::PAYMENT_REQUIRED, "{}", world.name);
    }
}

#[tokio::test]
async fn a_schedule_that_is_too_short_now_stays_paused() {
    for world in worlds().await {
        let client = Client::of(&world);
        let id = saved(&client, "[{cron: '* * * * *'}]").await;
        let trigger = first_trigger(&client, &id).await;
        let path = format!("/workflow/triggers/{}", trigger["id"].as_str().unwrap());
        client.post(&format!("{path}/pause"), json!({})).await;
        plan_has(&world, FIVE_MINUTES);
        let (status, refused) = client.post(&format!("{path}/resume"), json!({})).await;
        assert_eq!(status, StatusCode::PAYMENT_REQUIRED, "{refused}");
        assert_eq!(refused["details"]["path"], "expression", "{}", world.name);
        assert_eq!(first_trigger(&client, &id).await["paused"], true);
        plan_has(&world, 60);
        let (status, resumed) = client.post(&format!("{path}/resume"), json!({})).await;
        assert_eq!((status, &resumed["data"]["paused"]), (StatusCode::OK, &json!(false)));
    }
}

/// To the beginning of the next minute, with what is due then.
async fn next_minute(world: &World) {
    let minute = world.ambient.now().seconds() / 60 + 1;
    world.clock.set(Timestamp::from_micros(minute * 60_000_000));
    fire_all(world).await;
}

async fn minutes_that_ran(world: &World) -> Vec<i64> {
    use sea_orm::ConnectionTrait as _;
    let sql = "SELECT due_at FROM workflow_ticks WHERE execution_id IS NOT NULL ORDER BY due_at";
    let statement = world.database.statement(sql, []);
    let rows = world.database.read().query_all_raw(statement).await.unwrap();
    let minute = |row: &sea_orm::QueryResult| row.try_get_by_index::<i64>(0).unwrap() / 60_000_000;
    rows.iter().map(minute).collect()
}

#[tokio::test]
async fn under_a_lower_plan_a_schedule_goes_on_less_often_and_says_so() {
    for world in worlds().await {
        let client = Client::of(&world);
        let id = saved(&client, "[{cron: '* * * * *'}]").await;
        let start = world.ambient.now().seconds() / 60;
        for _ in 0..2 {
            next_minute(&world).await;
        }
        plan_has(&world, FIVE_MINUTES);
        for _ in 0..12 {
            next_minute(&world).await;
        }
        let ran = minutes_that_ran(&world).await;
        let expected: Vec<_> = [1, 2, 3, 8, 13].iter().map(|after| start + after).collect();
        assert_eq!(ran, expected, "{}", world.name);
        let trigger = first_trigger(&client, &id).await;
        assert_eq!(trigger["held_to_seconds"], 300);
        let next = trigger["next_runs"].as_array().unwrap();
        let next: Vec<Timestamp> =
            next.iter().map(|at| at.as_str().unwrap().parse().unwrap()).collect();
        assert_eq!(next[0].seconds() / 60, start + 18);
        assert!(next.windows(2).all(|pair| pair[1].since(pair[0]) == Duration::from_mins(5)));
        let path = format!("/workflow/triggers/{}/ticks?limit=1", trigger["id"].as_str().unwrap());
        let (_, ticks) = client.get(&path).await;
        let newest = &ticks["data"]["items"][0];
        assert_eq!(newest["outcome"], "ran");
        assert_eq!(newest["detail"], "the plan runs a schedule every 300 s at most");
        plan_has(&world, 0);
        assert_eq!(first_trigger(&client, &id).await["held_to_seconds"], Value::Null);
        for _ in 0..6 {
            next_minute(&world).await;
        }
        assert_eq!(minutes_that_ran(&world).await[5..], [18, 19, 20].map(|after| start + after));
    }
}

#[tokio::test]
async fn schedules_that_a_plan_holds_back_are_counted_for_whom_they_belong_to() {
    for world in worlds().await {
        let client = Client::of(&world);
        let id = saved(&client, "[{cron: '* * * * *'}, {interval: 2m}, {cron: '0 * * * *'}]").await;
        let held =
            |minutes| world.module.schedules_held_to(world.owner, Duration::from_mins(minutes));
        assert_eq!(held(5).await.unwrap(), 2, "{}", world.name);
        assert_eq!(held(1).await.unwrap(), 0);
        let trigger = first_trigger(&client, &id).await;
        let pause = format!("/workflow/triggers/{}/pause", trigger["id"].as_str().unwrap());
        client.post(&pause, json!({})).await;
        assert_eq!(held(5).await.unwrap(), 1, "one that rests runs never");
        let somebody_else = shared_kernel::domain::Owner::new(Uuid::nil().into());
        let none = world.module.schedules_held_to(somebody_else, Duration::from_mins(5));
        assert_eq!(none.await.unwrap(), 0);
    }
}
