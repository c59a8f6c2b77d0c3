//! What time does to a subscription.

use std::time::Duration;

use shared_kernel::domain::Timestamp;

use super::{Charged, Line, Next, Offer, Period, State, Subscription, Terms};

const DAY: Duration = Duration::from_hours(24);
/// Reminders after an invoice became overdue.
pub const REMINDERS: [Duration; 2] = [DAY.saturating_mul(3), DAY.saturating_mul(7)];
/// An invoice that is overdue for so long is given up, and the subscription with it.
pub const GIVEN_UP_AFTER: Duration = DAY.saturating_mul(14);
/// How long an invoice may be paid before it is overdue.
pub const PAYABLE_FOR: Duration = DAY.saturating_mul(7);

/// What is next, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    PeriodEnds(Timestamp),
    InvoiceOverdue(Timestamp),
    Reminder(Timestamp),
    GivenUp(Timestamp),
}

impl Due {
    pub const fn at(self) -> Timestamp {
        match self {
            Self::PeriodEnds(at)
            | Self::InvoiceOverdue(at)
            | Self::Reminder(at)
            | Self::GivenUp(at) => at,
        }
    }
}

impl Subscription {
    /// `oldest_open` is when the oldest invoice that is not paid is due. A subscription that is past
    /// due does not renew: it is paid, or given up before a month is over.
    pub fn due(&self, oldest_open: Option<Timestamp>) -> Option<Due> {
        match self.state {
            State::Trialing(terms) => Some(Due::PeriodEnds(terms.period.end)),
            State::Active(terms) => {
                let end = Due::PeriodEnds(terms.period.end);
                let overdue = oldest_open.map(Due::InvoiceOverdue);
                Some(overdue.filter(|due| due.at() <= end.at()).unwrap_or(end))
            }
            State::PastDue { since, reminders, .. } => {
                let next = usize::try_from(reminders).ok().and_then(|sent| REMINDERS.get(sent));
                Some(match next {
                    Some(after) => Due::Reminder(since.plus(*after)),
                    None => Due::GivenUp(since.plus(GIVEN_UP_AFTER)),
                })
            }
            State::Free | State::Cancelled { .. } | State::Expired { .. } => None,
        }
    }

    /// The next period of the same plan, or of another, and what it costs.
    pub fn renewed(self, terms: &Terms, offer: &Offer<'_>) -> (Self, Vec<Line>) {
        let start = terms.period.end;
        let is_first = matches!(self.state, State::Trialing(_));
        let same_rhythm = offer.interval == terms.interval && !is_first;
        let (anchor, period) = if same_rhythm {
            (terms.anchor, terms.period.following(terms.anchor, terms.interval))
        } else {
            (start, Period::first(start, offer.interval))
        };
        let discount = if is_first {
            terms.discount
        } else {
            terms.discount.and_then(super::Discount::for_the_next_period)
        };
        let lines = offer.whole(period, discount.as_ref());
        let net_minor = lines.iter().map(|line| line.amount_minor).sum();
        let charged = Charged { net_minor, tax_minor: 0, from: start };
        let (interval, next) = (offer.interval, Next::Renew);
        let terms = Terms { interval, anchor, period, charged, next, discount };
        (Self { plan: offer.plan.id, state: State::Active(terms), ..self }, lines)
    }

    #[must_use]
    pub fn past_due(self, terms: Terms, since: Timestamp) -> Self {
        Self { state: State::PastDue { terms, since, reminders: 0 }, ..self }
    }

    #[must_use]
    pub fn reminded(self) -> Self {
        match self.state {
            State::PastDue { terms, since, reminders } => {
                let reminders = reminders.saturating_add(1);
                Self { state: State::PastDue { terms, since, reminders }, ..self }
            }
            _ => self,
        }
    }

    /// Everything overdue was paid.
    #[must_use]
    pub fn paid_up(self) -> Self {
        match self.state {
            State::PastDue { terms, .. } => Self { state: State::Active(terms), ..self },
            _ => self,
        }
    }

    #[must_use]
    pub fn ended(self, state: State) -> Self {
        Self { state, ..self }
    }
}
