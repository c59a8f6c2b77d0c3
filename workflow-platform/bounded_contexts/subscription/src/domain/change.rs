//! Changes that a user asks for. Each takes a subscription and gives the next, or says why not.

use shared_kernel::domain::{Currency, Timestamp};

use super::{
    Charged, Discount, Interval, Line, LineKind, Next, Period, Plan, State, Subscription, Terms,
    proration::share,
};

/// A plan for an interval at a price.
#[derive(Debug, Clone, Copy)]
pub struct Offer<'a> {
    pub plan: &'a Plan,
    pub interval: Interval,
    pub currency: Currency,
    pub price_minor: i64,
}

/// Why a subscription does not change in this way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    #[error("there is a paid subscription already; upgrade or downgrade it")]
    Subscribed,
    #[error("there is no paid subscription")]
    NotSubscribed,
    #[error("an invoice is overdue; pay it first")]
    PastDue,
    #[error("the plan is no higher, or would cost less than what is left of the present one")]
    NotAnUpgrade,
    #[error("the plan is higher than the present one, or the same")]
    NotADowngrade,
    #[error("nothing is planned that could be taken back")]
    NothingToResume,
}

impl Offer<'_> {
    /// The lines of a whole period, and what they come to.
    pub fn whole(&self, period: Period, discount: Option<&Discount>) -> Vec<Line> {
        let plan = &self.plan.code;
        let mut lines = vec![Line::of(LineKind::Subscription, plan, period, self.price_minor)];
        lines.extend(
            self.discounted(discount, |amount| amount)
                .map(|off| Line::of(LineKind::Discount, plan, period, -off)),
        );
        lines
    }

    /// The lines of what is left of a period.
    fn rest(&self, period: Period, now: Timestamp, discount: Option<&Discount>) -> Vec<Line> {
        let part = |amount| share(amount, period.left(now), period.seconds());
        let (plan, left) = (&self.plan.code, Period { start: now, ..period });
        let mut lines =
            vec![Line::of(LineKind::ProrationCharge, plan, left, part(self.price_minor))];
        lines.extend(
            self.discounted(discount, part)
                .map(|off| Line::of(LineKind::Discount, plan, left, -off)),
        );
        lines
    }

    /// What the discount takes off a part of the price, if anything.
    fn discounted(&self, discount: Option<&Discount>, part: impl Fn(i64) -> i64) -> Option<i64> {
        let remains = discount?.off.from(self.price_minor, self.currency);
        let off = part(self.price_minor) - part(remains);
        (off != 0).then_some(off)
    }
}

fn sum(lines: &[Line]) -> i64 {
    lines.iter().map(|line| line.amount_minor).sum()
}

/// Terms of a fresh subscription; nothing is charged yet during a trial.
pub fn begin(
    offer: &Offer<'_>,
    discount: Option<Discount>,
    trial_until: Option<Timestamp>,
    now: Timestamp,
) -> (State, Vec<Line>) {
    let (interval, next) = (offer.interval, Next::Renew);
    let nothing = Charged { net_minor: 0, tax_minor: 0, from: now };
    if let Some(end) = trial_until {
        let period = Period { start: now, end };
        let terms = Terms { interval, anchor: end, period, charged: nothing, next, discount };
        return (State::Trialing(terms), Vec::new());
    }
    let period = Period::first(now, interval);
    let lines = offer.whole(period, discount.as_ref());
    let charged = Charged { net_minor: sum(&lines), ..nothing };
    (State::Active(Terms { interval, anchor: now, period, charged, next, discount }), lines)
}

impl Terms {
    /// The unused part of what was charged: net, and its tax.
    pub fn unused(&self, now: Timestamp) -> (i64, i64) {
        let (left, whole) = (self.period.left(now), self.period.left(self.charged.from));
        let part = |amount| share(amount, left.min(whole), whole);
        (part(self.charged.net_minor), part(self.charged.tax_minor))
    }

    fn upgraded(
        self,
        from: &Plan,
        to: &Offer<'_>,
        now: Timestamp,
    ) -> Result<(Self, Vec<Line>), ChangeError> {
        let higher = to.plan.rank > from.rank && to.interval == self.interval;
        let longer = to.plan.rank >= from.rank && to.interval > self.interval;
        if !higher && !longer {
            return Err(ChangeError::NotAnUpgrade);
        }
        let (unused, unused_tax) = self.unused(now);
        let credit = Line::of(
            LineKind::ProrationCredit,
            &from.code,
            Period { start: now, ..self.period },
            -unused,
        );
        // A longer interval begins a period of its own.
        let discount = if longer {
            self.discount.and_then(Discount::for_the_next_period)
        } else {
            self.discount
        };
        let (anchor, period, mut lines) = if longer {
            let period = Period::first(now, to.interval);
            (now, period, to.whole(period, discount.as_ref()))
        } else {
            (self.anchor, self.period, to.rest(self.period, now, discount.as_ref()))
        };
        // The tax of what is credited stays paid: it is a part of the tax of what is charged now.
        let charged = Charged { net_minor: sum(&lines), tax_minor: unused_tax, from: now };
        if unused != 0 {
            lines.insert(0, credit);
        }
        if sum(&lines) < 0 {
            return Err(ChangeError::NotAnUpgrade);
        }
        let (interval, next) = (to.interval, Next::Renew);
        Ok((Self { interval, anchor, period, charged, next, discount }, lines))
    }
}

impl Subscription {
    fn paid(&self) -> Result<&Terms, ChangeError> {
        self.state.terms().ok_or(ChangeError::NotSubscribed)
    }

    fn with(self, change: impl FnOnce(&mut Terms)) -> Self {
        let mut next = self;
        match &mut next.state {
            State::Trialing(terms) | State::Active(terms) | State::PastDue { terms, .. } => {
                change(terms);
            }
            State::Free | State::Cancelled { .. } | State::Expired { .. } => {}
        }
        next
    }

    /// To a higher plan or a longer interval, at once. The lines are what it costs.
    pub fn upgrade(
        self,
        from: &Plan,
        to: &Offer<'_>,
        now: Timestamp,
    ) -> Result<(Self, Vec<Line>), ChangeError> {
        let plan = to.plan.id;
        match self.state {
            State::Active(terms) => {
                let (terms, lines) = terms.upgraded(from, to, now)?;
                Ok((Self { plan, state: State::Active(terms), ..self }, lines))
            }
            // The trial goes on, of the higher plan.
            State::Trialing(terms) => {
                let (changed, _) = terms.upgraded(from, to, now)?;
                let (interval, next) = (changed.interval, changed.next);
                let state = State::Trialing(Terms { interval, next, ..terms });
                Ok((Self { plan, state, ..self }, Vec::new()))
            }
            State::PastDue { .. } => Err(ChangeError::PastDue),
            State::Free | State::Cancelled { .. } | State::Expired { .. } => {
                Err(ChangeError::NotSubscribed)
            }
        }
    }

    /// To a lower plan or a shorter interval, when the period ends.
    pub fn downgrade(self, from: &Plan, to: &Offer<'_>) -> Result<Self, ChangeError> {
        let terms = self.paid()?;
        let lower = to.plan.rank < from.rank;
        let shorter = to.plan.rank == from.rank && to.interval < terms.interval;
        if !lower && !shorter {
            return Err(ChangeError::NotADowngrade);
        }
        let next = Next::Change { plan: to.plan.id, interval: to.interval };
        Ok(self.with(|terms| terms.next = next))
    }

    /// When the period ends.
    pub fn cancel_at_period_end(self) -> Result<Self, ChangeError> {
        self.paid()?;
        Ok(self.with(|terms| terms.next = Next::Cancel))
    }

    /// At once; what is not used is the caller's to credit (net, and its tax).
    pub fn cancel_now(self, now: Timestamp) -> Result<(Self, (i64, i64)), ChangeError> {
        let unused = self.paid()?.unused(now);
        Ok((Self { state: State::Cancelled { at: now }, ..self }, unused))
    }

    /// Takes back what was planned for the end of the period.
    pub fn resume(self) -> Result<Self, ChangeError> {
        if self.paid()?.next == Next::Renew {
            return Err(ChangeError::NothingToResume);
        }
        Ok(self.with(|terms| terms.next = Next::Renew))
    }

    /// So much (net, and its tax) of what was charged was given back: it is not credited once more.
    #[must_use]
    pub fn given_back(self, (net_minor, tax_minor): (i64, i64)) -> Self {
        self.with(|terms| {
            terms.charged.net_minor = (terms.charged.net_minor - net_minor).max(0);
            terms.charged.tax_minor = (terms.charged.tax_minor - tax_minor).max(0);
        })
    }

    /// What the newest invoice took as tax, on top of what was paid of it before.
    #[must_use]
    pub fn taxed(self, tax_minor: i64) -> Self {
        self.with(|terms| terms.charged.tax_minor += tax_minor)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use shared_kernel::domain::{Id, Owner, Text};
    use uuid::Uuid;

    use super::*;
    use crate::domain::{Lasts, Off, PlanEntitlements, Price, proration::at_rate};

    const TAX: u32 = 600;
    const DAY: u64 = 86_400;

    fn plan(rank: i32, amount_minor: i64) -> Plan {
        let (interval, currency) = (Interval::Month, Currency::CNY);
        Plan {
            id: Id::from(Uuid::from_u128(u128::from(rank.unsigned_abs()))),
            code: format!("plan{rank}"),
            version: 1,
            rank,
            name: Text::new("", ""),
            prices: vec![Price { interval, currency, amount_minor }],
            entitlements: PlanEntitlements {
                executions_per_month: None,
                pages_per_month: None,
                concurrent_executions: None,
                proxies: None,
                dataset_records: None,
                schedule_interval_seconds: None,
                history_days: None,
                history_bytes: None,
            },
        }
    }

    fn offer(plan: &Plan) -> Offer<'_> {
        let Price { interval, currency, amount_minor } = plan.prices[0];
        Offer { plan, interval, currency, price_minor: amount_minor }
    }

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_millis(0).plus(std::time::Duration::from_secs(seconds))
    }

    /// Net and tax of an invoice.
    fn invoiced(lines: &[Line]) -> (i64, i64) {
        let net = sum(lines);
        (net, at_rate(net, TAX))
    }

    proptest! {
        /// Plans that are each higher than the one before, taken one after the other within a
        /// period, and the end of it all before the period is over.
        #[test]
        fn what_is_paid_is_what_was_used_of_each_plan_and_no_change_yields_money(
            prices in proptest::collection::vec(0_i64..500_000, 2..6),
            mut times in proptest::collection::vec(0_u64..31 * DAY, 6),
            percent in proptest::option::of(1_u8..=100),
        ) {
            let mut prices = prices;
            prices.sort_unstable();
            times.sort_unstable();
            let plans: Vec<Plan> = (1..).zip(&prices).map(|(rank, price)| plan(rank, *price)).collect();
            let discount = percent.map(|percent| Discount {
                coupon: Id::from(Uuid::nil()),
                off: Off::Percent(percent),
                lasts: Lasts::Forever,
            });
            let (state, lines) = begin(&offer(&plans[0]), discount, None, at(0));
            let owner = Owner::new(Id::from(Uuid::nil()));
            let (mut net, mut tax) = invoiced(&lines);
            let subscription = Subscription {
                id: Id::from(Uuid::nil()), owner, plan: plans[0].id, started_at: at(0), state,
            };
            let mut now = subscription.taxed(tax);
            let whole = now.state.terms().unwrap().period.seconds();
            // By second × price, so that nothing is rounded.
            let (mut used, mut since, mut changes) = (0_i128, 0, 1);
            let priced = |plan: &Plan| {
                let price = plan.prices[0].amount_minor;
                i128::from(discount.map_or(price, |it| it.off.from(price, Currency::CNY)))
            };
            let mut place = 0;
            for (next, time) in (1..plans.len()).zip(&times) {
                let upgraded = now.upgrade(&plans[place], &offer(&plans[next]), at(*time));
                let Ok((changed, lines)) = upgraded else { continue };
                used += priced(&plans[place]) * i128::from(time - since);
                (place, since) = (next, *time);
                let (more, more_tax) = invoiced(&lines);
                prop_assert!(more >= 0, "an upgrade that costs {more}");
                (net, tax) = (net + more, tax + more_tax);
                now = changed.taxed(more_tax);
                changes += 2;
            }
            let end = times[5];
            let (_, (unused, unused_tax)) = now.cancel_now(at(end)).unwrap();
            used += priced(&plans[place]) * i128::from(end - since);
            prop_assert!((0..=net).contains(&unused), "{unused} of {net}");
            prop_assert!((0..=tax).contains(&unused_tax), "{unused_tax} of {tax} as tax");
            let (kept, kept_tax) = (net - unused, tax - unused_tax);
            let off = (i128::from(kept) * i128::from(whole) - used).abs();
            prop_assert!(off <= i128::from(whole) * changes, "{kept} is kept of {used}/{whole}");
            let fair = at_rate(kept, TAX);
            prop_assert!(i128::from((kept_tax - fair).abs()) <= changes, "{kept_tax} is not {fair}");
        }
    }
}
