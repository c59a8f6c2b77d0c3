//! Plans as their callers see them, on SQLite and, when `TEST_DATABASE_URL` is set, on PostgreSQL.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails by panicking")]

mod books;
mod changes;
mod leaving;
mod looking_after;
mod money;
mod papers;
mod payments;
mod quota;
mod readings;
mod time;

use std::sync::Arc;

use async_trait::async_trait;
use axum::{Extension, Router, body::Body};
use http::{Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};
use shared_kernel::{
    api::AuthLayerState,
    application::{
        AuthenticationError, Authenticator, Entitlements as _, EntitlementsError, EventHandler,
        Limit, Principal, Proof, SessionProof, Upgrade,
    },
    domain::{
        Ambient, DomainEvent, ErrorKind, Fault as _, Locale, Owner, PageRequest, Role, Timestamp,
    },
    infrastructure::{cache::LocalCache, cpu::CpuPool, db::Migrations},
};
use subscription::{BillingSettings, SubscriptionModule, Surroundings};
use subscription::{
    application::{
        payment_ports::PaymentProvider,
        ports::{Differences, InvoiceFilter},
    },
    domain::InvoiceStatus,
};
use testkit::{MovableClock, TestDatabase};
use tower::ServiceExt as _;
use uuid::Uuid;

struct World {
    test: TestDatabase,
    ambient: Ambient,
    clock: Arc<MovableClock>,
    module: Arc<SubscriptionModule>,
    handler: Arc<dyn EventHandler>,
}

async fn worlds() -> Vec<World> {
    let mut worlds = Vec::new();
    for test in testkit::databases(&[subscription::migrations]).await {
        let (ambient, clock) = testkit::ambient();
        let module = build(&test, &ambient);
        let handler = subscription::event_handlers(&module).remove(0);
        worlds.push(World { test, ambient, clock, module, handler });
    }
    worlds
}

/// Six percent of tax, so that there is something to round.
fn build(test: &TestDatabase, ambient: &Ambient) -> Arc<SubscriptionModule> {
    paid_through(test, ambient, None)
}

fn paid_through(
    test: &TestDatabase,
    ambient: &Ambient,
    provider: Option<Arc<dyn PaymentProvider>>,
) -> Arc<SubscriptionModule> {
    subscription::module(Surroundings {
        database: test.database.clone(),
        cache: Arc::new(LocalCache::default()),
        sources: Vec::new(),
        ambient: ambient.clone(),
        settings: BillingSettings {
            tax_basis_points: 600,
            seller: papers::seller(),
            ..BillingSettings::default()
        },
        provider,
        customers: Arc::new(papers::Known),
        cpu: CpuPool::new(2),
    })
}

impl World {
    fn registered(&self, owner: Owner) -> DomainEvent {
        DomainEvent {
            id: self.ambient.id(),
            kind: "user.registered".to_owned(),
            version: 1,
            aggregate: "user".to_owned(),
            aggregate_id: owner.uuid().to_string(),
            user: Some(owner.user()),
            payload: json!({}),
            occurred_at: self.ambient.now(),
            request_id: None,
        }
    }

    async fn hear(&self, event: &DomainEvent) {
        let mut work = self.test.database.begin().await.unwrap();
        self.handler.handle(event, &mut work).await.unwrap();
        work.commit().await.unwrap();
    }

    async fn count(&self, table: &str) -> i64 {
        let sql = format!("SELECT COUNT(*) AS n FROM {table}");
        let statement = self.test.database.statement(sql, []);
        let row = self.test.database.read().query_one_raw(statement).await.unwrap().unwrap();
        row.try_get("", "n").unwrap()
    }

    /// Of the column `amount_minor`.
    async fn sum(&self, table: &str) -> i64 {
        let sql =
            format!("SELECT CAST(COALESCE(SUM(amount_minor), 0) AS bigint) AS n FROM {table}");
        let statement = self.test.database.statement(sql, []);
        let row = self.test.database.read().query_one_raw(statement).await.unwrap().unwrap();
        row.try_get("", "n").unwrap()
    }

    async fn execute(&self, sql: &str) {
        self.try_to(sql).await.unwrap();
    }

    async fn try_to(&self, sql: &str) -> Result<(), sea_orm::DbErr> {
        self.test.database.write().execute_unprepared(sql).await.map(|_| ())
    }

    fn with_role(&self, role: Role) -> Principal {
        Principal { role, ..somebody(&self.ambient) }
    }

    /// Pays what is open, the oldest first: one invoice, or all.
    async fn settle_one(&self) {
        let admin = self.with_role(Role::Admin);
        let status = Some(InvoiceStatus::Open);
        let filter = InvoiceFilter { owner: None, status };
        let page = PageRequest::first(200);
        let open = self.module.list_everybodys_invoices(&admin, filter, page).await.unwrap();
        if let Some(oldest) = open.items.last() {
            self.module.settle_invoice(&admin, oldest.id).await.unwrap();
        }
    }

    async fn settle_all(&self) {
        while self.count("invoices WHERE status = 'open'").await > 0 {
            self.settle_one().await;
        }
    }

    /// Whether the books add up, and if not, why.
    async fn balanced(&self) -> Result<(), String> {
        let found = self.module.differences().await.unwrap();
        if found == Differences::default() { Ok(()) } else { Err(format!("{found:?}")) }
    }

    async fn get(&self, who: &Principal, path: &str) -> (StatusCode, Value) {
        get(&self.app(who), path, Some("x")).await
    }

    async fn post(&self, who: &Principal, path: &str, body: &Value) -> (StatusCode, Value) {
        send(&self.app(who), Method::POST, path, Some(body)).await
    }

    async fn put(&self, who: &Principal, path: &str, body: &Value) -> (StatusCode, Value) {
        send(&self.app(who), Method::PUT, path, Some(body)).await
    }

    async fn delete(&self, who: &Principal, path: &str) -> (StatusCode, Value) {
        send(&self.app(who), Method::DELETE, path, None).await
    }

    fn app(&self, who: &Principal) -> Router {
        let (router, _) = subscription::routes(Arc::clone(&self.module)).split_for_parts();
        router.layer(Extension(AuthLayerState(Arc::new(Known(who.clone())))))
    }
}

struct Known(Principal);

#[async_trait]
impl Authenticator for Known {
    async fn authenticate(&self, _: &str) -> Result<Principal, AuthenticationError> {
        Ok(self.0.clone())
    }
}

fn somebody(ambient: &Ambient) -> Principal {
    Principal {
        user: ambient.id(),
        role: Role::User,
        locale: Locale::En,
        proof: Proof::Session(SessionProof {
            id: Uuid::nil(),
            token: Uuid::nil(),
            expires_at: i64::MAX,
        }),
    }
}

async fn get(app: &Router, path: &str, token: Option<&str>) -> (StatusCode, Value) {
    let mut request = Request::builder().uri(path);
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    answer(app, request.body(Body::empty()).unwrap()).await
}

async fn send(
    app: &Router,
    method: Method,
    path: &str,
    body: Option<&Value>,
) -> (StatusCode, Value) {
    let request = Request::builder().method(method).uri(path);
    let request = request.header(header::AUTHORIZATION, "Bearer x");
    let request = match body {
        Some(body) => request
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_string())),
        None => request.body(Body::empty()),
    };
    answer(app, request.unwrap()).await
}

async fn answer(app: &Router, request: Request<Body>) -> (StatusCode, Value) {
    let response = app.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&bytes).unwrap())
}

#[tokio::test]
async fn everybody_sees_the_plans_with_whole_prices() {
    for world in worlds().await {
        let (status, plans) =
            get(&world.app(&somebody(&world.ambient)), "/subscription/plans", None).await;
        assert_eq!(status, StatusCode::OK, "{plans}");
        let items = plans["data"]["items"].as_array().unwrap();
        let codes: Vec<_> = items.iter().map(|plan| plan["code"].as_str().unwrap()).collect();
        assert_eq!(codes, ["free", "basic", "pro", "enterprise"], "{}", world.test.name);
        let month = json!({ "interval": "month", "currency": "CNY", "amount_minor": 4900 });
        assert_eq!(items[1]["prices"][0], month);
        assert_eq!(items[1]["prices"].as_array().unwrap().len(), 2);
        assert_eq!(items[3]["entitlements"]["proxies"], Value::Null);
    }
}

#[tokio::test]
async fn a_registration_gives_the_free_plan_once_however_often_it_is_heard() {
    for world in worlds().await {
        let who = somebody(&world.ambient);
        let event = world.registered(who.owner());
        world.hear(&event).await;
        world.hear(&event).await;
        world.hear(&world.registered(who.owner())).await;
        assert_eq!(world.count("subscriptions").await, 1, "{}", world.test.name);
        assert_eq!(world.count("outbox WHERE kind = 'subscription.started'").await, 1);
        let (_, current) = get(&world.app(&who), "/subscription/current", Some("x")).await;
        assert_eq!(current["data"]["plan"]["code"], "free", "{current}");
        assert_eq!(current["data"]["started_at"], json!(event.occurred_at));
    }
}

#[tokio::test]
async fn whoever_was_not_heard_of_yet_counts_as_being_on_the_free_plan() {
    for world in worlds().await {
        let app = world.app(&somebody(&world.ambient));
        let (_, current) = get(&app, "/subscription/current", Some("x")).await;
        let data = &current["data"];
        assert_eq!((&data["plan"]["code"], &data["started_at"]), (&json!("free"), &Value::Null));
        assert_eq!(data["usage_resets_at"], "2026-12-01T00:00:00.000000Z", "{}", world.test.name);
        let (status, _) = get(&app, "/subscription/current", None).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn what_the_plan_does_not_include_is_refused_with_what_and_until_when() {
    for world in worlds().await {
        let owner = somebody(&world.ambient).owner();
        let check = |limit, used, wanted| world.module.check(owner, limit, used, wanted);
        check(Limit::Proxies, 19, 1).await.unwrap();
        check(Limit::PagesPerMonth, 0, 1_500).await.unwrap();
        let Err(EntitlementsError::Exceeded { usage, upgrade }) =
            check(Limit::Proxies, 20, 1).await
        else {
            panic!("more proxies than the plan has")
        };
        assert_eq!((usage.allowed, usage.used, usage.resets_at), (Some(20), 20, None));
        let basic = Upgrade { plan: "basic".to_owned(), allowed: Some(200) };
        assert_eq!(upgrade, Some(basic));
        let refused = check(Limit::ExecutionsPerMonth, 1_000, 1).await;
        let Err(EntitlementsError::Exceeded { usage, .. }) = refused else { panic!("{refused:?}") };
        let december: Timestamp = "2026-12-01T00:00:00Z".parse().unwrap();
        assert_eq!(usage.resets_at, Some(december), "{}", world.test.name);
    }
}

#[tokio::test]
async fn a_refusal_names_the_least_plan_that_includes_as_much() {
    for world in worlds().await {
        let owner = somebody(&world.ambient).owner();
        for (used, plan, allowed) in
            [(199, "basic", Some(200)), (200, "pro", Some(2_000)), (5_000, "enterprise", None)]
        {
            let refused = world.module.check(owner, Limit::Proxies, used, 1).await.unwrap_err();
            let hint = json!({ "plan": plan, "allowed": allowed });
            assert_eq!(refused.details()["upgrade"], hint, "{}", world.test.name);
        }
        let refused = world.module.reserve(owner, Limit::PagesPerMonth, 20_001).await.unwrap_err();
        assert_eq!(refused.details()["upgrade"]["plan"], "basic");
    }
}

#[tokio::test]
async fn a_schedule_runs_no_more_often_than_the_plan_has_it() {
    for world in worlds().await {
        let owner = somebody(&world.ambient).owner();
        let check = async |seconds| {
            let apart = std::time::Duration::from_secs(seconds);
            world.module.check_interval(owner, apart, "triggers[0].cron").await
        };
        check(300).await.unwrap();
        for (seconds, upgrade) in [
            (299, json!({ "plan": "basic", "allowed": 60 })),
            (30, json!({ "plan": "pro", "allowed": 10 })),
            (0, Value::Null),
        ] {
            let refused = check(seconds).await.unwrap_err();
            let expected = json!({
                "limit": "schedule_interval_seconds",
                "allowed": 300,
                "used": seconds,
                "resets_at": null,
                "upgrade": upgrade,
                "path": "triggers[0].cron",
            });
            assert_eq!(refused.details(), expected, "{}", world.test.name);
            assert_eq!((refused.kind(), refused.code()), (ErrorKind::Quota, "QUOTA_EXCEEDED"));
        }
    }
}

#[tokio::test]
async fn a_subscription_stays_on_its_version_of_the_plan() {
    for world in worlds().await {
        let (old, new) = (somebody(&world.ambient), somebody(&world.ambient));
        world.hear(&world.registered(old.owner())).await;
        let next = "INSERT INTO plans (id, code, version, rank, on_offer, name_zh, name_en, entitlements) \
                    SELECT $1, code, 2, rank, on_offer, name_zh, name_en, \
                    REPLACE(entitlements, '\"proxies\":20', '\"proxies\":5') FROM plans WHERE code = 'free'";
        let statement = world.test.database.statement(next, [world.ambient.uuid().into()]);
        world.test.database.write().execute_raw(statement).await.unwrap();
        world.hear(&world.registered(new.owner())).await;
        world.module.check(old.owner(), Limit::Proxies, 10, 1).await.unwrap();
        world.module.check(new.owner(), Limit::Proxies, 10, 1).await.unwrap_err();
        world.module.check(new.owner(), Limit::Proxies, 4, 1).await.unwrap();
        let (_, plans) = get(&world.app(&old), "/subscription/plans", None).await;
        assert_eq!(plans["data"]["items"].as_array().unwrap().len(), 4, "{}", world.test.name);
        assert_eq!(plans["data"]["items"][0]["version"], 2);
    }
}

#[tokio::test]
async fn another_plan_counts_at_the_latest_when_the_memory_of_the_old_is_gone() {
    for world in worlds().await {
        let who = somebody(&world.ambient);
        world.hear(&world.registered(who.owner())).await;
        world.module.check(who.owner(), Limit::Proxies, 100, 1).await.unwrap_err();
        let pro = "UPDATE subscriptions SET plan_id = (SELECT id FROM plans WHERE code = 'pro')";
        world.execute(pro).await;
        world.clock.advance(std::time::Duration::from_mins(1));
        let elsewhere = build(&world.test, &world.ambient);
        elsewhere.check(who.owner(), Limit::Proxies, 100, 1).await.unwrap();
    }
}

#[tokio::test]
async fn the_tables_can_be_taken_back_and_made_again() {
    for world in worlds().await {
        let migrations = Migrations::new([subscription::migrations as fn() -> _]);
        migrations.down(&world.test.database, 6).await.unwrap();
        migrations.up(&world.test.database).await.unwrap();
        assert_eq!(world.count("plans").await, 4, "{}", world.test.name);
    }
}
