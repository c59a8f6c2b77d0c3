//! Whoever is on a lower plan has its limits from the end of the period on, is told of it and of
//! what is above them, and keeps that.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use serde_json::json;
use shared_kernel::{
    application::{Principal, Proof, SessionProof},
    domain::{Ambient, Clock, Entropy, Locale, Owner, Role, Timestamp},
    infrastructure::{cache::LocalCache, cpu::CpuPool, system},
};
use subscription::{
    BillingSettings, SubscriptionModule, Surroundings,
    application::{
        PlanWish, SubscribeWish,
        paper_ports::{Customers, CustomersError},
    },
    domain::{Buyer, Interval},
};
use testkit::MovableClock;
use uuid::Uuid;

use super::{Scenario, ends_the_same_whichever_write_fails, still::Still};
use crate::support::{Person, eventually};

const MONTH: Duration = Duration::from_hours(24 * 31);
/// More than the 200 of the lower plan.
const PROXIES: usize = 201;

/// Ids that nobody has yet, at whatever time it is here.
struct Fresh(Ambient);

impl Entropy for Fresh {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let id = self.0.uuid();
            chunk.copy_from_slice(&id.as_bytes()[16 - chunk.len()..]);
        }
    }
}

struct Nobody;

#[async_trait]
impl Customers for Nobody {
    async fn buyer(&self, _: Owner) -> Result<Option<Buyer>, CustomersError> {
        Ok(None)
    }
}

/// Plans on a clock that is moved, beside the platform's own.
struct Lowered {
    ambient: Ambient,
    clock: Arc<MovableClock>,
}

impl Lowered {
    fn new() -> Self {
        let clock = Arc::new(MovableClock::default());
        let fresh = Arc::new(Fresh(system::ambient()));
        let ambient = Ambient::new(Arc::clone(&clock) as Arc<dyn Clock>, fresh);
        Self { ambient, clock }
    }

    fn plans(&self, still: &Still) -> Arc<SubscriptionModule> {
        subscription::module(Surroundings {
            database: still.platform.database().clone(),
            cache: Arc::new(LocalCache::default()),
            sources: Vec::new(),
            ambient: self.ambient.clone(),
            settings: BillingSettings::default(),
            provider: None,
            customers: Arc::new(Nobody),
            cpu: CpuPool::new(1),
        })
    }

    fn now(&self) -> Timestamp {
        self.ambient.now()
    }
}

fn principal(user: Uuid) -> Principal {
    let session = SessionProof { id: Uuid::nil(), token: Uuid::nil(), expires_at: i64::MAX };
    let (role, locale) = (Role::SuperAdmin, Locale::En);
    Principal { user: user.into(), role, locale, proof: Proof::Session(session) }
}

impl Scenario for Lowered {
    async fn before(&self, still: &Still, name: &str) -> Uuid {
        self.clock.set(MovableClock::default().now());
        let (person, user) = still.person(name).await;
        let (plans, who) = (self.plans(still), principal(user));
        let wish = SubscribeWish {
            plan: "pro".to_owned(),
            interval: Interval::Month,
            coupon: None,
            trial: false,
        };
        let invoice = plans.subscribe(&who, wish).await.unwrap().invoice.unwrap();
        plans.settle_invoice(&who, invoice.id).await.unwrap();
        let lines: Vec<_> =
            (0..PROXIES).map(|n| format!("http://192.0.2.7:{}", 8000 + n)).collect();
        person.pool("many", &lines).await;
        still.make_due().await;
        still.drain().await;
        user
    }

    async fn happens(&self, still: &Still, _: &str, user: Uuid) {
        let wish = PlanWish { plan: "basic".to_owned(), interval: None };
        self.plans(still).downgrade(&principal(user), wish).await.unwrap();
        self.clock.advance(MONTH);
        still.make_due().await;
    }

    async fn time_passes(&self, still: &Still, user: Uuid) -> bool {
        self.plans(still).advance(Owner::new(user.into())).await.is_err()
    }
}

#[tokio::test]
async fn a_lower_plan_begins_once_with_one_notice_whichever_write_fails() {
    ends_the_same_whichever_write_fails(Lowered::new(), 10).await;
}

#[tokio::test]
async fn what_is_above_the_lower_limits_stays_and_nothing_is_added() {
    for still in Still::everywhere().await {
        let lowered = Lowered::new();
        let user = lowered.before(&still, "ann").await;
        let began = lowered.now();
        lowered.happens(&still, "ann", user).await;
        assert!(!lowered.time_passes(&still, user).await);
        still.make_due().await;
        still.drain().await;
        let found = still.state("ann", user).await;
        for part in [
            "on basic active",
            "proxies 201",
            "told subscription.downgrade_planned 1",
            "told subscription.downgraded 1",
            "mail lowered",
        ] {
            let times = found.iter().filter(|one| *one == part).count();
            assert_eq!(times, 1, "{part} in {found:?} on {}", still.name);
        }
        assert_eq!(lowered.now().since(began), MONTH);
        let mail = still.mail("lowered", "ann");
        assert!(mail.contains("proxies: 201, of 200 in the plan"), "{mail}");
        let ann = Person::sign_in(&still.site, "ann").await;
        let pools = ann.get("/proxy/pools").await.data();
        let many = pools["items"].as_array().unwrap().iter().find(|pool| pool["name"] == "many");
        let path = format!("/proxy/pools/{}/import", many.unwrap()["id"].as_str().unwrap());
        let mut port = 9000;
        // What the plan was is believed for a few seconds.
        eventually("one more is refused", async || {
            port += 1;
            let one = json!({ "text": format!("http://192.0.2.7:{port}") });
            let answer = ann.post(&path, &one).await;
            (answer.status.as_u16() == 402).then_some(())
        })
        .await;
    }
}
