//! What is counted of billing once it is real: not before the commit, and nothing of what was rolled
//! back.

use shared_kernel::domain::Currency;

use crate::domain::ledger::{Account, Posting};

/// Kinds of events that are counted, with the series and its label.
const COUNTED: [(&str, &str, &str, &str); 13] = [
    ("subscription.started", "subscription_changes_total", "change", "started"),
    ("subscription.upgraded", "subscription_changes_total", "change", "upgraded"),
    ("subscription.downgrade_planned", "subscription_changes_total", "change", "downgrade_planned"),
    ("subscription.cancel_planned", "subscription_changes_total", "change", "cancel_planned"),
    ("subscription.renewed", "subscription_changes_total", "change", "renewed"),
    ("subscription.cancelled", "subscription_changes_total", "change", "cancelled"),
    ("subscription.expired", "subscription_changes_total", "change", "expired"),
    ("invoice.issued", "invoice_changes_total", "change", "issued"),
    ("invoice.paid", "invoice_changes_total", "change", "paid"),
    ("invoice.overdue", "invoice_changes_total", "change", "overdue"),
    ("invoice.given_up", "invoice_changes_total", "change", "given_up"),
    ("payment.succeeded", "payments_total", "outcome", "succeeded"),
    ("payment.failed", "payments_total", "outcome", "failed"),
];

/// What one transaction comes to.
#[derive(Debug, Default)]
pub(super) struct Tally {
    events: Vec<&'static str>,
    revenue: Vec<(Currency, u64)>,
    received: Vec<(Currency, u64)>,
}

impl Tally {
    /// Something is told of.
    pub fn happened(&mut self, kind: &'static str) {
        self.events.push(kind);
    }

    /// Money moves. Revenue is what was invoiced without tax; what credit notes take back has a
    /// posting of its own and is not taken off, since a counter only grows.
    pub fn posted(&mut self, posting: &Posting) {
        for (account, amount) in posting.entries() {
            match account {
                Account::Revenue if *amount < 0 => {
                    self.revenue.push((posting.currency(), amount.unsigned_abs()));
                }
                Account::Cash => {
                    self.received.push((posting.currency(), amount.unsigned_abs()));
                }
                _ => {}
            }
        }
    }

    /// The transaction was committed.
    pub fn count(self) {
        for kind in self.events {
            count(kind, 1);
        }
        for (currency, minor) in self.revenue {
            count_money("revenue_minor_units_total", currency, minor);
        }
        for (currency, minor) in self.received {
            count_money("payments_received_minor_units_total", currency, minor);
        }
    }
}

fn count(kind: &str, times: u64) {
    let counted = COUNTED.iter().find(|(counted, ..)| *counted == kind);
    if let Some((_, series, label, value)) = counted {
        metrics::counter!(*series, *label => *value).increment(times);
    }
}

fn count_money(series: &'static str, currency: Currency, minor: u64) {
    metrics::counter!(series, "currency" => currency.as_str().to_owned()).increment(minor);
}

/// Series that are there before anything happened, so that a first time is an increase.
pub fn register_metrics(currency: Currency) {
    for (kind, ..) in COUNTED {
        count(kind, 0);
    }
    for series in ["revenue_minor_units_total", "payments_received_minor_units_total"] {
        count_money(series, currency, 0);
    }
}
