//! What somebody is told whose plan is lower from now on.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use event_driven_coordination::{
    Customer, Customers, Handlers, LoweredNotice, PlanLimits, PlanStanding, PortError,
};
use parking_lot::Mutex;
use serde_json::{Value, json};
use shared_kernel::{
    application::{EffectHandler, Limit, Mail, MailError, Mailer, Usage},
    domain::{DomainEvent, Locale, Owner, Text},
};

use crate::{
    faults::{Faults, Process, ends_the_same_whichever_call_fails},
    support::{World, worlds},
};

/// A customer, a plan, and the mails that were sent, by their ids: a mail that is sent twice is one
/// to whoever reads it.
struct Neighbours {
    reader: Option<Locale>,
    above: Vec<Usage>,
    slowed: u64,
    sent: Mutex<Vec<Mail>>,
    faults: Arc<Faults>,
}

fn proxies() -> Vec<Usage> {
    let (limit, allowed) = (Limit::Proxies, Some(20));
    vec![Usage { limit, allowed, used: 150, resets_at: None }]
}

impl Neighbours {
    fn new(reader: Option<Locale>, above: Vec<Usage>) -> Arc<Self> {
        Self::with(reader, above, 0)
    }

    fn with(reader: Option<Locale>, above: Vec<Usage>, slowed: u64) -> Arc<Self> {
        Arc::new(Self { reader, above, slowed, sent: Mutex::default(), faults: Arc::default() })
    }
}

struct Ports(Arc<Neighbours>);

#[async_trait]
impl Customers for Ports {
    async fn customer(&self, _: Owner) -> Result<Option<Customer>, PortError> {
        let customer = |locale| Customer { email: "ann@example.com".to_owned(), locale };
        self.0.faults.call(|| self.0.reader.map(customer))
    }
}

#[async_trait]
impl PlanLimits for Ports {
    async fn standing(&self, _: Owner) -> Result<PlanStanding, PortError> {
        let name = Text::new("基础版 & 更多", "Basic & more");
        let Neighbours { above, slowed, .. } = self.0.as_ref();
        let apart = Duration::from_mins(5);
        self.0.faults.call(|| PlanStanding { name, above: above.clone(), slowed: *slowed, apart })
    }
}

#[async_trait]
impl Mailer for Ports {
    async fn send(&self, mail: Mail) -> Result<(), MailError> {
        let sending = self.0.faults.call(|| {
            let mut sent = self.0.sent.lock();
            if sent.iter().all(|other| other.message_id != mail.message_id) {
                sent.push(mail);
            }
        });
        sending.map_err(|error| MailError::Unavailable(Box::new(error)))
    }
}

fn process(neighbours: &Arc<Neighbours>) -> Arc<dyn EffectHandler> {
    let ports = || Arc::new(Ports(Arc::clone(neighbours)));
    Arc::new(LoweredNotice::new(ports(), ports(), ports(), "Flow".to_owned()).unwrap())
}

impl Process for Neighbours {
    const KIND: &'static str = "subscription.downgraded";

    fn payload() -> Value {
        json!({ "plan": "basic" })
    }

    fn start(faults: Arc<Faults>) -> Arc<Self> {
        let (reader, above) = (Some(Locale::En), proxies());
        Arc::new(Self { reader, above, slowed: 0, sent: Mutex::default(), faults })
    }

    fn handler(self: &Arc<Self>) -> Arc<dyn EffectHandler> {
        process(self)
    }

    fn state(&self, _: Owner) -> Vec<String> {
        let sent = self.sent.lock();
        sent.iter().map(|mail| format!("{}: {}\n{}", mail.to, mail.subject, mail.text)).collect()
    }
}

#[tokio::test]
async fn whoever_is_on_a_lower_plan_is_told_once_whichever_step_fails() {
    ends_the_same_whichever_call_fails::<Neighbours>(3).await;
}

/// The mails that one event brings about.
async fn told(world: &World, neighbours: &Arc<Neighbours>, kind: &str) -> Vec<Mail> {
    let user = Some(world.ambient.id());
    let event = world.event(&world.ambient.uuid().to_string(), kind, json!({}));
    world.record(&[DomainEvent { user, ..event }]).await;
    world.relay(Handlers::new([], [process(neighbours)])).drain().await.unwrap();
    std::mem::take(&mut *neighbours.sent.lock())
}

#[tokio::test]
async fn the_mail_names_the_plan_and_what_is_above_its_limits() {
    for world in worlds().await {
        for (locale, plan, line) in [
            (Locale::En, "Basic & more", "- proxies: 150, of 20 in the plan"),
            (Locale::ZhCn, "基础版 & 更多", "- 代理数：已有 150，套餐包含 20"),
        ] {
            let neighbours = Neighbours::new(Some(locale), proxies());
            let mails = told(&world, &neighbours, "subscription.downgraded").await;
            let [mail] = mails.as_slice() else { panic!("{mails:?}") };
            assert!(mail.subject.contains(plan) && mail.subject.contains("Flow"), "{mail:?}");
            assert!(mail.text.contains(line), "{}", mail.text);
            assert!(mail.html.contains("&amp;") && mail.html.contains("150"), "{}", mail.html);
        }
    }
}

#[tokio::test]
async fn who_has_nothing_above_is_told_of_the_plan_and_who_is_gone_of_nothing() {
    for world in worlds().await {
        let within = Neighbours::new(Some(Locale::En), Vec::new());
        for kind in ["subscription.downgraded", "subscription.cancelled"] {
            let mails = told(&world, &within, kind).await;
            assert!(mails[0].text.contains("is within them"), "{}", mails[0].text);
        }
        // That it ended is in the mail about the invoice that nobody paid.
        assert!(told(&world, &within, "subscription.expired").await.is_empty());
        let above = Neighbours::new(Some(Locale::En), proxies());
        assert_eq!(told(&world, &above, "subscription.expired").await.len(), 1);
        let gone = Neighbours::new(None, proxies());
        assert!(told(&world, &gone, "subscription.downgraded").await.is_empty());
    }
}

#[tokio::test]
async fn the_mail_says_that_schedules_run_less_often() {
    for world in worlds().await {
        for (locale, slowed, part) in [
            (Locale::En, 1, "One schedule is due more often than every 300 seconds"),
            (Locale::En, 3, "3 schedules are due more often than every 300 seconds"),
            (Locale::ZhCn, 2, "另有 2 个定时任务的间隔短于套餐允许的 300 秒"),
        ] {
            let neighbours = Neighbours::with(Some(locale), Vec::new(), slowed);
            for kind in ["subscription.downgraded", "subscription.expired"] {
                let mails = told(&world, &neighbours, kind).await;
                let [mail] = mails.as_slice() else { panic!("{kind}: {mails:?}") };
                assert!(mail.text.contains(part) && mail.html.contains(part), "{}", mail.text);
            }
        }
    }
}
