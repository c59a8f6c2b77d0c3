//! Whatever customers do and time does to them, the books add up.

use std::time::Duration;

use proptest::prelude::*;
use shared_kernel::{
    application::Principal,
    domain::{Currency, Money, PageRequest, Role, Timestamp},
};
use subscription::{
    application::{CancelWhen, CouponWish, PlanWish, RefundWish, SubscribeWish},
    domain::{Interval, Invoice, InvoiceReason, InvoiceStatus, Lasts, LineKind, Off},
};
use tokio::runtime::Builder;

use crate::{
    World,
    payments::{Shop, event, shops},
    somebody,
};

/// What becomes of a payment at the provider's.
#[derive(Debug, Clone, Copy)]
enum Ending {
    Paid,
    Failed,
    Expired,
    /// It is on its way, or nothing is told of it.
    Open,
    /// It was paid, of which nothing is told: somebody asks later.
    Untold,
}

#[derive(Debug, Clone)]
enum Doing {
    Subscribe {
        plan: &'static str,
        interval: Interval,
        coupon: Option<&'static str>,
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
    /// An administrator settles the oldest of all that is open.
    Settle,
    /// Goes to the provider's page, and what becomes of it, which is told twice.
    Pay(Ending),
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

fn coupon() -> impl Strategy<Value = Option<&'static str>> {
    prop_oneof![Just(None), Just(Some("SEVENTH")), Just(Some("FIFTY"))]
}

fn ending() -> impl Strategy<Value = Ending> {
    prop_oneof![
        3 => Just(Ending::Paid),
        1 => Just(Ending::Failed),
        1 => Just(Ending::Expired),
        1 => Just(Ending::Open),
        1 => Just(Ending::Untold),
    ]
}

fn doing() -> impl Strategy<Value = Doing> {
    prop_oneof![
        3 => (plan(), interval(), coupon(), any::<bool>()).prop_map(
            |(plan, interval, coupon, trial)| Doing::Subscribe { plan, interval, coupon, trial }
        ),
        3 => (plan(), proptest::option::of(interval()))
            .prop_map(|(plan, interval)| Doing::Upgrade { plan, interval }),
        2 => (plan(), proptest::option::of(interval()))
            .prop_map(|(plan, interval)| Doing::Downgrade { plan, interval }),
        1 => Just(Doing::Cancel(CancelWhen::PeriodEnd)),
        2 => Just(Doing::Cancel(CancelWhen::Now)),
        1 => Just(Doing::Resume),
        2 => Just(Doing::Settle),
        4 => ending().prop_map(Doing::Pay),
        3 => (1_i64..140).prop_map(|percent| Doing::Refund { percent }),
        5 => (1_u64..24 * 40).prop_map(|hours| Doing::Wait { hours }),
    ]
}

/// What is refused changes nothing; the check after it says so.
async fn apply(shop: &mut Shop, who: &Principal, doing: Doing) {
    let world = &shop.world;
    let module = &world.module;
    match doing {
        Doing::Subscribe { plan, interval, coupon, trial } => {
            let coupon = coupon.map(str::to_owned);
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
        Doing::Settle => world.settle_one().await,
        Doing::Pay(ending) => shop.pay_somehow(who, ending).await,
        Doing::Refund { percent } => give_back(shop, who, percent).await,
        Doing::Wait { hours } => {
            world.clock.advance(Duration::from_hours(hours));
            module.advance_due().await.unwrap();
            module.sweep_payments().await.unwrap();
        }
    }
}

impl Shop {
    /// The oldest open invoice of somebody.
    async fn pay_somehow(&self, who: &Principal, ending: Ending) {
        let open = Some(InvoiceStatus::Open);
        let page = PageRequest::first(200);
        let invoices = self.world.module.list_invoices(who, open, page).await.unwrap();
        let Some(oldest) = invoices.items.last() else { return };
        let payment = self.world.module.pay_invoice(who, oldest.id).await.unwrap();
        let session = payment.reference.unwrap();
        let kind = match ending {
            Ending::Paid | Ending::Untold => {
                self.stripe.set(&session, "complete", "paid");
                "completed"
            }
            Ending::Failed => {
                self.stripe.set(&session, "complete", "unpaid");
                self.stripe.set_failed(&session);
                "async_payment_failed"
            }
            Ending::Expired => {
                self.stripe.set(&session, "expired", "unpaid");
                "expired"
            }
            Ending::Open => "completed",
        };
        if !matches!(ending, Ending::Untold) {
            let told =
                event(&format!("evt_{}", self.world.ambient.uuid().simple()), kind, &session);
            for _ in 0..2 {
                assert!(self.tell(&told).await.0.is_success());
            }
        }
    }
}

/// Stripe says later what became of it, if it is Stripe's.
async fn give_back(shop: &Shop, who: &Principal, percent: i64) {
    let (page, module) = (PageRequest::first(200), &shop.world.module);
    let invoices = module.list_invoices(who, None, page).await.unwrap();
    let Some(paid) = invoices.items.iter().find(|invoice| invoice.paid_minor > 0) else { return };
    let amount_minor = Some((paid.paid_minor * percent / 100).max(1));
    let wish = RefundWish { amount_minor, reason: "goodwill".to_owned() };
    let _ = module.refund_invoice(&shop.world.with_role(Role::Admin), paid.id, wish).await;
    if let Some(refund) = shop.stripe.newest_refund() {
        shop.stripe.set_refund(&refund, if percent % 3 == 0 { "failed" } else { "succeeded" });
    }
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
            "billing_accounts a WHERE a.credit_minor > (SELECT COALESCE(SUM(e.amount_minor), 0) \
             FROM ledger_entries e WHERE e.user_id = a.user_id AND e.account IN ('cash', 'refunds_payable'))",
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
            "somebody who got more than they paid",
            "(SELECT user_id FROM ledger_entries WHERE account = 'cash' GROUP BY user_id \
             HAVING SUM(amount_minor) < 0) AS won",
        ),
        (
            "somebody who was paid for using a plan",
            "(SELECT user_id FROM ledger_entries WHERE account = 'revenue' GROUP BY user_id \
             HAVING SUM(amount_minor) > 0) AS won",
        ),
        (
            "a tax that is not six percent of what was earned, but for the rounding of each document",
            "(SELECT e.user_id FROM ledger_entries e WHERE e.account IN ('revenue', 'tax_payable') \
             GROUP BY e.user_id HAVING ABS(SUM(CASE WHEN e.account = 'revenue' THEN 6 * e.amount_minor \
             ELSE -100 * e.amount_minor END)) > 100 * COUNT(*)) AS off",
        ),
        (
            "a payment that succeeded more than once, or was not told of",
            "(SELECT 1 AS one WHERE (SELECT COUNT(*) FROM outbox WHERE kind = 'payment.succeeded') \
             <> (SELECT COUNT(*) FROM payments WHERE status = 'succeeded')) AS off",
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

/// A time that was charged is charged again only by an upgrade, which takes the earlier charge off.
async fn charged_once(world: &World, who: &Principal) -> Result<(), String> {
    let page = PageRequest::first(200);
    let mut invoices = world.module.list_invoices(who, None, page).await.unwrap().items;
    invoices.sort_by(|one, other| one.number.cmp(&other.number));
    for (place, invoice) in invoices.iter().enumerate() {
        if invoice.total_minor() != invoice.lines.iter().map(|line| line.amount_minor).sum::<i64>()
        {
            return Err(format!("{} is not its lines", invoice.number));
        }
        let Some((from, _)) = charged(invoice) else { continue };
        let earlier =
            invoices[..place].iter().filter(|one| one.subscription == invoice.subscription);
        let again = earlier.filter_map(charged).any(|(_, until)| until > from);
        if again && invoice.reason != InvoiceReason::Upgraded {
            return Err(format!("{} charges time that was charged before", invoice.number));
        }
        let credit = |line: &&subscription::domain::Line| line.kind == LineKind::ProrationCredit;
        let credited: i64 = invoice.lines.iter().filter(credit).map(|line| line.amount_minor).sum();
        let paid_before: i64 = invoices[..place].iter().map(Invoice::total_minor).sum();
        if -credited > paid_before {
            return Err(format!("{} credits what was never charged", invoice.number));
        }
    }
    Ok(())
}

/// The time that an invoice charges for.
fn charged(invoice: &Invoice) -> Option<(Timestamp, Timestamp)> {
    let charges = |kind| matches!(kind, LineKind::Subscription | LineKind::ProrationCharge);
    let line = invoice.lines.iter().find(|line| charges(line.kind))?;
    Some((line.from?, line.until?))
}

async fn live(doings: Vec<(bool, Doing)>, which: usize) -> Result<(), String> {
    let shop = shops().await.into_iter().nth(which);
    // Without a server there is nothing but SQLite; in CI it must be there.
    let Some(mut shop) = shop else { return Ok(()) };
    let fifty = Money { currency: Currency::CNY, amount_minor: 5_000 };
    for (code, off, lasts) in [
        ("SEVENTH", Off::Percent(14), Lasts::Periods(2)),
        // More than the cheapest plan costs.
        ("FIFTY", Off::Amount(fifty), Lasts::Forever),
    ] {
        let (plans, max_redemptions, expires_at) = (None, None, None);
        let code = code.to_owned();
        let wish = CouponWish { code, off, lasts, plans, max_redemptions, expires_at };
        let root = shop.world.with_role(Role::SuperAdmin);
        shop.world.module.add_coupon(&root, wish).await.unwrap();
    }
    let customers = [somebody(&shop.world.ambient), somebody(&shop.world.ambient)];
    for (second, doing) in doings {
        let text = format!("{doing:?}");
        let who = &customers[usize::from(second)];
        apply(&mut shop, who, doing).await;
        let checked = check(&shop.world).await.and(charged_once(&shop.world, who).await);
        checked.map_err(|problem| format!("after {text}: {problem}"))?;
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
