//! A world with somebody in it, workflows that note what is asked of them, and expressions that
//! are no more than a place in what is told.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use automations::{
    Surroundings,
    application::{
        AutomationRow, AutomationService, BadTimetable, Contact, Deed, Expressions, Facts, People,
        Refusal, Schedules, Workflows,
    },
    domain::{Firing, Rule, Timetable},
};
use parking_lot::Mutex;
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};
use shared_kernel::{
    application::{
        Allowance, Entitlements, EntitlementsError, HandlerError, Limit, Mail, MailError, Mailer,
        Principal, Proof, SessionProof,
    },
    domain::{
        Ambient, DomainEvent, Execution, Id, Locale, Owner, PageRequest, Permissions, Role,
        Timestamp, User,
    },
    infrastructure::{local_bus::LocalBus, seal::Sealer},
};
use testkit::{MovableClock, TestDatabase};
use uuid::Uuid;

use crate::receiver::PlainSender;

pub struct World {
    pub test: TestDatabase,
    pub ambient: Ambient,
    pub clock: Arc<MovableClock>,
    pub outside: Arc<Outside>,
    pub service: AutomationService,
    pub ada: Principal,
}

/// Everything beyond the context.
#[derive(Default)]
pub struct Outside {
    pub deeds: Mutex<Vec<Deed>>,
    pub cancelled: Mutex<Vec<Uuid>>,
    pub paused: Mutex<Vec<Uuid>>,
    pub mails: Mutex<Vec<Mail>>,
    /// Those who signed up, by id.
    pub everybody: Mutex<Vec<Id<User>>>,
    /// Depth of every execution that is asked about.
    pub depth: AtomicU32,
    /// So many attempts fail, then all succeed.
    pub failures: AtomicU32,
    /// Seconds that the plan has between runs of a schedule; none unless set.
    pub apart: AtomicU64,
}

#[derive(Debug, thiserror::Error)]
#[error("not today")]
pub struct NotToday;

impl Outside {
    fn stumbles(&self) -> bool {
        let left = |left: u32| left.checked_sub(1);
        self.failures.fetch_update(Ordering::SeqCst, Ordering::SeqCst, left).is_ok()
    }
}

#[async_trait]
impl Workflows for Outside {
    async fn start(&self, _: Owner, deed: Deed) -> Result<Id<Execution>, Refusal> {
        if self.stumbles() {
            return Err(Refusal::Passing(Box::new(NotToday)));
        }
        self.deeds.lock().push(deed);
        Ok(Uuid::from_u128(77).into())
    }

    async fn cancel(&self, _: Owner, execution: Id<Execution>) -> Result<(), Refusal> {
        self.cancelled.lock().push(execution.uuid());
        Ok(())
    }

    async fn pause(&self, _: Owner, trigger: Uuid) -> Result<(), Refusal> {
        if trigger.is_nil() {
            return Err(Refusal::Lasting("there is no such trigger".to_owned()));
        }
        self.paused.lock().push(trigger);
        Ok(())
    }

    async fn depth_of(&self, _: Owner, _: Id<Execution>) -> Result<Option<u32>, Refusal> {
        Ok(Some(self.depth.load(Ordering::SeqCst)))
    }
}

#[async_trait]
impl Entitlements for Outside {
    async fn allowance(&self, _: Owner, limit: Limit) -> Result<Allowance, EntitlementsError> {
        assert_eq!(limit, Limit::ScheduleInterval);
        let allowed = Some(self.apart.load(Ordering::SeqCst));
        Ok(Allowance { limit, allowed, resets_at: None })
    }
}

#[async_trait]
impl People for Outside {
    async fn contact(&self, _: Id<User>) -> Result<Option<Contact>, Refusal> {
        Ok(Some(Contact { email: "ada@example.com".to_owned(), locale: Locale::En }))
    }

    async fn after(
        &self,
        user: Option<Id<User>>,
        most: u32,
    ) -> Result<Vec<(Id<User>, Locale)>, Refusal> {
        if self.stumbles() {
            return Err(Refusal::Passing(Box::new(NotToday)));
        }
        let everybody = self.everybody.lock();
        let later = everybody.iter().filter(|one| user.is_none_or(|user| **one > user));
        let most = usize::try_from(most).unwrap();
        Ok(later.take(most).map(|one| (*one, Locale::En)).collect())
    }
}

#[async_trait]
impl Mailer for Outside {
    async fn send(&self, mail: Mail) -> Result<(), MailError> {
        if self.stumbles() {
            return Err(MailError::Unavailable(Box::new(NotToday)));
        }
        self.mails.lock().push(mail);
        Ok(())
    }
}

/// `@/event/payload/n` is what stands there, also within `${{ }}`, `bad` is no expression, all else is itself.
struct Places;

fn place(text: &str, facts: &Facts) -> Result<Value, String> {
    let inner = text.strip_prefix("${{").and_then(|text| text.strip_suffix("}}"));
    match inner.unwrap_or(text).strip_prefix('@') {
        Some(path) => facts.trigger.pointer(path).cloned().ok_or_else(|| format!("no {path}")),
        None => Ok(serde_json::from_str(text).unwrap_or_else(|_| json!(text))),
    }
}

impl Expressions for Places {
    fn check(&self, expression: &str) -> Result<(), String> {
        if expression == "bad" { Err("is no expression".to_owned()) } else { Ok(()) }
    }

    fn check_template(&self, template: &Value) -> Vec<(String, String)> {
        let bad = template.as_str() == Some("bad");
        if bad { vec![(String::new(), "is no expression".to_owned())] } else { Vec::new() }
    }

    fn evaluate(&self, expression: &str, facts: &Facts) -> Result<Value, String> {
        place(expression, facts)
    }

    fn fill(&self, template: &Value, facts: &Facts) -> Result<Value, String> {
        match template {
            Value::String(text) if text.contains('@') => place(text, facts),
            other => Ok(other.clone()),
        }
    }
}

/// Timetables that are a number of minutes, or `never`.
struct Minutes;

impl Schedules for Minutes {
    fn next_after(
        &self,
        timetable: &Timetable,
        after: Timestamp,
    ) -> Result<Option<Timestamp>, BadTimetable> {
        if timetable.timezone == "Mars" {
            return Err(BadTimetable::Timezone);
        }
        if timetable.cron == "never" {
            return Ok(None);
        }
        let minutes: f64 =
            timetable.cron.parse().map_err(|_| BadTimetable::Cron("is no number".to_owned()))?;
        let every = i64::try_from(Duration::from_secs_f64(minutes * 60.0).as_micros()).unwrap();
        Ok(Some(Timestamp::from_micros((after.micros() / every + 1) * every)))
    }
}

/// One world per engine at hand.
pub async fn worlds() -> Vec<World> {
    let databases = testkit::databases(&[automations::migrations]).await;
    databases.into_iter().map(World::new).collect()
}

impl World {
    fn new(test: TestDatabase) -> Self {
        let (ambient, clock) = testkit::ambient();
        let outside = Arc::new(Outside::default());
        let service = automations::module(Surroundings {
            database: test.database.clone(),
            expressions: Arc::new(Places),
            schedules: Arc::new(Minutes),
            workflows: Arc::clone(&outside) as _,
            entitlements: Arc::clone(&outside) as _,
            people: Arc::clone(&outside) as _,
            mailer: Arc::clone(&outside) as _,
            bus: Arc::new(LocalBus::default()),
            sender: Arc::new(PlainSender),
            sealer: Sealer::new(&[7; 32], ambient.clone()),
            catalog: Arc::default(),
            ambient: ambient.clone(),
        });
        let session =
            SessionProof { id: ambient.uuid(), token: ambient.uuid(), expires_at: i64::MAX };
        let ada = Principal {
            user: ambient.id(),
            role: Role::User,
            locale: Locale::En,
            proof: Proof::Session(session),
        };
        let service = AutomationService::clone(&service);
        Self { test, ambient, clock, outside, service, ada }
    }

    /// Somebody else.
    pub fn eve(&self) -> Principal {
        Principal { user: self.ambient.id(), ..self.ada.clone() }
    }

    /// A program of hers.
    pub fn key(&self, scopes: Permissions) -> Principal {
        let proof = Proof::ApiKey { id: self.ambient.uuid(), scopes };
        Principal { proof, ..self.ada.clone() }
    }

    pub async fn keep(&self, rule: Value) -> AutomationRow {
        self.service.create(&self.ada, rule_of(rule)).await.unwrap()
    }

    /// Something that happened to hers.
    pub fn event(&self, kind: &str, payload: Value) -> DomainEvent {
        DomainEvent {
            id: self.ambient.id(),
            kind: kind.to_owned(),
            version: 1,
            aggregate: "thing".to_owned(),
            aggregate_id: "1".to_owned(),
            user: Some(self.ada.user),
            payload,
            occurred_at: self.ambient.now(),
            request_id: None,
        }
    }

    pub async fn hear(&self, event: &DomainEvent) {
        let [hear, _] = automations::effect_handlers(&self.service);
        if hear.wants(&event.kind) && hear.concerned(std::slice::from_ref(event)).await.unwrap()[0]
        {
            hear.perform(event).await.unwrap();
        }
    }

    pub async fn happen(&self, kind: &str, payload: Value) -> DomainEvent {
        self.clock.advance(Duration::from_millis(1));
        let event = self.event(kind, payload);
        self.hear(&event).await;
        event
    }

    /// What the relay does with the firing's event.
    pub async fn act(&self, firing: &Firing) -> Result<(), HandlerError> {
        let [_, act] = automations::effect_handlers(&self.service);
        let payload = json!({ "firing_id": firing.id });
        act.perform(&self.event("automation.fired", payload)).await
    }

    /// The newest first.
    pub async fn firings(&self, row: &AutomationRow) -> Vec<Firing> {
        let page = PageRequest::first(200);
        self.service.history(&self.ada, row.id, page).await.unwrap().items
    }

    /// Fires and acts once.
    pub async fn fire(&self, row: &AutomationRow, payload: Value) -> Firing {
        self.happen("execution.finished", payload).await;
        let firing = self.firings(row).await.remove(0);
        self.act(&firing).await.unwrap();
        self.firings(row).await.remove(0)
    }

    pub async fn count(&self, table: &str) -> usize {
        let sql = format!("SELECT COUNT(*) FROM {table}");
        let statement = self.test.database.statement(sql, []);
        let row = self.test.database.read().query_one_raw(statement).await.unwrap().unwrap();
        usize::try_from(row.try_get_by_index::<i64>(0).unwrap()).unwrap()
    }

    pub async fn put_in_outbox(&self, event: &DomainEvent) {
        let mut work = self.test.database.begin().await.unwrap();
        work.record(event).await.unwrap();
        work.commit().await.unwrap();
    }
}

pub fn rule_of(rule: Value) -> Rule {
    serde_json::from_value(rule).unwrap()
}

/// A rule that notes every end of an execution, with `more` in place of what it says.
pub fn noting(more: &Value) -> Value {
    let mut rule = json!({
        "name": "note",
        "trigger": { "event": "execution.finished" },
        "actions": [{ "kind": "notify", "title": "ended", "body": "@/event/payload/n" }],
    });
    let fields = rule.as_object_mut().unwrap();
    fields.extend(more.as_object().unwrap().clone());
    rule
}
