//! Whatever customers do and time does to them, the books add up.

use std::time::Duration;

use proptest::prelude::*;
use shared_kernel::{
    application::Principal,
    domain::{PageRequest, Role},
};
use subscription::{
    application::{CancelWhen, CouponWish, PlanWish, RefundWish, SubscribeWish},
    domain::{Interval, Lasts, Off},
};
use tokio::runtime::Builder;

use crate::{World, somebody, worlds};

#[derive(Debug, Clone)]
enum Doing {
    Subscribe {
        plan: &'static str,
        interval: Interval,
        coupon: bool,
        trial: bool,
    },
    Upgrade {
        plan: &'static str,
        interval: Option<Interval>,
    },
    Downgrade {
        plan: &'static str,
        interval: Option<Interval>,
    },
    Cancel(CancelWhen),
    Resume,
    /// Pays the oldest of all that is open.
    Pay,
    /// Gives a part of the newest paid invoice back, in percent of what was paid.
    Refund {
        percent: i64,
    },
    Wait {
        hours: u64,
    },
}

fn plan() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("free"), Just("basic"), Just("pro"), Just("enterprise")]
}

fn interval() -> impl Strategy<Value = Interval> {
    prop_oneof![Just(Interval::Month), Just(Interval::Year)]
}

fn doing() -> impl Strategy<Value = Doing> {
    prop_oneof![
        3 => (plan(), interval(), any::<bool>(), any::<bool>()).prop_map(
            |(plan, interval, coupon, trial)| Doing::Subscribe { plan, interval, coupon, trial }
        ),
        3 => (plan(), proptest::option::of(interval()))
            .prop_map(|(plan, interval)| Doing::Upgrade { plan, interval }),
        2 => (plan(), proptest::option::of(interval()))
            .prop_map(|(plan, interval)| Doing::Downgrade { plan, interval }),
        1 => Just(Doing::Cancel(CancelWhen::PeriodEnd)),
        2 => Just(Doing::Cancel(CancelWhen::Now)),
        1 => Just(Doing::Resume),
        3 => Just(Doing::Pay),
        3 => (1_i64..140).prop_map(|percent| Doing::Refund { percent }),
        5 => (1_u64..24 * 40).prop_map(|hours| Doing::Wait { hours }),
    ]
}

/// What is refused changes nothing; the check after it says so.
async fn apply(world: &World, who: &Principal, doing: Doing) {
    let module = &world.module;
    match doing {
        Doing::Subscribe { plan, interval, coupon, trial } => {
            let coupon = coupon.then(|| "SEVENTH".to_owned());
            let wish = SubscribeWish { plan: plan.into(), interval, coupon, trial };
            let _ = module.subscribe(who, wish).await;
        }
        Doing::Upgrade { plan, interval } => {
            let _ = module.upgrade(who, PlanWish { plan: plan.into(), interval }).await;
        }
        Doing::Downgrade { plan, interval } => {
            let _ = module.downgrade(who, PlanWish { plan: plan.into(), interval }).await;
        }
        Doing::Cancel(when) => {
            let _ = module.cancel(who, when).await;
        }
        Doing::Resume => {
            let _ = module.resume(who).await;
        }
        Doing::Pay => world.settle_one().await,
        Doing::Refund { percent } => give_back(world, who, percent).await,
        Doing::Wait { hours } => {
            world.clock.advance(Duration::from_hours(hours));
            module.advance_due().await.unwrap();
        }
    }
}

async fn give_back(world: &World, who: &Principal, percent: i64) {
    let page = PageRequest::first(200);
    let invoices = world.module.list_invoices(who, None, page).await.unwrap();
    let Some(paid) = invoices.items.iter().find(|invoice| invoice.paid_minor > 0) else { return };
    let amount_minor = Some((paid.paid_minor * percent / 100).max(1));
    let wish = RefundWish { amount_minor, reason: "goodwill".to_owned() };
    let _ = world.module.refund_invoice(&world.with_role(Role::Admin), paid.id, wish).await;
}

async fn check(world: &World) -> Result<(), String> {
    world.balanced().await?;
    for (what, wrong) in [
        (
            "two live subscriptions of one user",
            "(SELECT user_id FROM subscriptions WHERE ended_at IS NULL GROUP BY user_id HAVING count(*) > 1) AS two",
        ),
        (
            "an invoice below nothing",
            "invoices WHERE total_minor < 0 OR total_minor - credit_minor - credited_minor - paid_minor < 0",
        ),
        (
            "a settled invoice that is owed",
            "invoices WHERE status = 'paid' AND total_minor <> credit_minor + credited_minor + paid_minor",
        ),
        ("credit below nothing", "billing_accounts WHERE credit_minor < 0"),
        (
            "credit for what was never paid",
            "billing_accounts a WHERE a.credit_minor > (SELECT COALESCE(SUM(i.paid_minor - i.refunded_minor), 0) FROM invoices i WHERE i.user_id = a.user_id)",
        ),
        (
            "more given back than was paid",
            "invoices WHERE refunded_minor > paid_minor OR refunded_minor < 0",
        ),
        (
            "refunds that are not what their invoice says",
            "(SELECT i.id FROM invoices i WHERE i.refunded_minor <> (SELECT COALESCE(SUM(r.amount_minor), 0) \
             FROM refunds r WHERE r.invoice_id = i.id AND r.status <> 'failed')) AS off",
        ),
        (
            "more credit notes on an invoice than it came to",
            "(SELECT i.id FROM invoices i WHERE i.total_minor < (SELECT COALESCE(SUM(n.net_minor + n.tax_minor), 0) \
             FROM credit_notes n WHERE n.invoice_id = i.id)) AS off",
        ),
        (
            "cash below nothing",
            "(SELECT SUM(amount_minor) AS s FROM ledger_entries WHERE account = 'cash') AS cash WHERE s < 0",
        ),
        (
            "a period charged twice",
            "(SELECT subscription_id FROM invoices WHERE reason = 'renewed' GROUP BY subscription_id, issued_at HAVING count(*) > 1) AS twice",
        ),
    ] {
        let found = world.count(wrong).await;
        if found != 0 {
            return Err(format!("{what}: {found}"));
        }
    }
    Ok(())
}

async fn live(doings: Vec<(bool, Doing)>, which: usize) -> Result<(), String> {
    let world = worlds().await.into_iter().nth(which);
    // Without a server there is nothing but SQLite; in CI it must be there.
    let Some(world) = world else { return Ok(()) };
    let root = world.with_role(Role::SuperAdmin);
    let wish = CouponWish {
        code: "SEVENTH".into(),
        off: Off::Percent(14),
        lasts: Lasts::Periods(2),
        plans: None,
        max_redemptions: None,
        expires_at: None,
    };
    world.module.add_coupon(&root, wish).await.unwrap();
    let customers = [somebody(&world.ambient), somebody(&world.ambient)];
    for (second, doing) in doings {
        let text = format!("{doing:?}");
        apply(&world, &customers[usize::from(second)], doing).await;
        check(&world).await.map_err(|problem| format!("after {text}: {problem}"))?;
    }
    Ok(())
}

fn run(doings: Vec<(bool, Doing)>, which: usize) -> Result<(), TestCaseError> {
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(live(doings, which)).map_err(TestCaseError::fail)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 60, ..ProptestConfig::default() })]
    #[test]
    fn the_books_add_up_on_sqlite(
        doings in proptest::collection::vec((any::<bool>(), doing()), 1..40),
    ) {
        run(doings, 0)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, max_shrink_iters: 20, ..ProptestConfig::default() })]
    #[test]
    fn the_books_add_up_on_postgres(
        doings in proptest::collection::vec((any::<bool>(), doing()), 1..30),
    ) {
        run(doings, 1)?;
    }
}
