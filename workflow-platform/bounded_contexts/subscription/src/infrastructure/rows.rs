//! Rows, and what they mean.

use sea_orm::{QueryResult, TryGetable};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use shared_kernel::domain::{Currency, Timestamp};
use uuid::Uuid;

use crate::{
    application::ports::StoreError,
    domain::{Coupon, CreditNote, Invoice, InvoiceStatus, Lasts, Off, Subscription},
};

pub(super) fn column<T: TryGetable>(row: &QueryResult, name: &str) -> Result<T, StoreError> {
    Ok(row.try_get("", name)?)
}

pub(super) fn bad(what: &str, error: impl std::fmt::Display) -> StoreError {
    StoreError::BadRow(format!("{what}: {error}"))
}

pub(super) fn at(row: &QueryResult, name: &str) -> Result<Timestamp, StoreError> {
    column(row, name).map(Timestamp::from_micros)
}

/// A column of JSON, or of a word that is one in JSON.
pub(super) fn json<T: DeserializeOwned>(row: &QueryResult, name: &str) -> Result<T, StoreError> {
    let text: String = column(row, name)?;
    serde_json::from_str(&text).map_err(|error| bad(name, error))
}

fn word<T: DeserializeOwned>(row: &QueryResult, name: &str) -> Result<T, StoreError> {
    let text: String = column(row, name)?;
    serde_json::from_value(text.into()).map_err(|error| bad(name, error))
}

pub(super) fn to_json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| bad("value", error))
}

/// A word as a column has it.
pub(super) fn to_word(value: &impl Serialize) -> Result<String, StoreError> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        Ok(other) => Err(bad("value", other)),
        Err(error) => Err(bad("value", error)),
    }
}

pub(super) fn currency(row: &QueryResult) -> Result<Currency, StoreError> {
    let code: String = column(row, "currency")?;
    Currency::try_from(code).map_err(|error| bad("currency", error))
}

/// From columns of `subscriptions`, its id as `subscription_id`.
pub(super) fn subscription(row: &QueryResult) -> Result<Subscription, StoreError> {
    Ok(Subscription {
        id: column::<Uuid>(row, "subscription_id")?.into(),
        owner: shared_kernel::domain::Owner::new(column::<Uuid>(row, "user_id")?.into()),
        plan: column::<Uuid>(row, "plan_id")?.into(),
        started_at: at(row, "started_at")?,
        state: json(row, "state")?,
    })
}

pub(super) fn invoice(row: &QueryResult) -> Result<Invoice, StoreError> {
    let status: String = column(row, "status")?;
    let status = InvoiceStatus::ALL.into_iter().find(|known| known.as_str() == status);
    Ok(Invoice {
        id: column::<Uuid>(row, "id")?.into(),
        number: column(row, "number")?,
        owner: shared_kernel::domain::Owner::new(column::<Uuid>(row, "user_id")?.into()),
        subscription: column::<Uuid>(row, "subscription_id")?.into(),
        reason: word(row, "reason")?,
        status: status.ok_or_else(|| bad("status", "unknown"))?,
        currency: currency(row)?,
        lines: json(row, "lines")?,
        credit_minor: column(row, "credit_minor")?,
        credited_minor: column(row, "credited_minor")?,
        paid_minor: column(row, "paid_minor")?,
        refunded_minor: column(row, "refunded_minor")?,
        issued_at: at(row, "issued_at")?,
        due_at: at(row, "due_at")?,
        settled_at: column::<Option<i64>>(row, "settled_at")?.map(Timestamp::from_micros),
    })
}

pub(super) fn credit_note(row: &QueryResult) -> Result<CreditNote, StoreError> {
    Ok(CreditNote {
        id: column::<Uuid>(row, "id")?.into(),
        number: column(row, "number")?,
        owner: shared_kernel::domain::Owner::new(column::<Uuid>(row, "user_id")?.into()),
        subscription: column::<Uuid>(row, "subscription_id")?.into(),
        currency: currency(row)?,
        net_minor: column(row, "net_minor")?,
        tax_minor: column(row, "tax_minor")?,
        invoice: column::<Option<Uuid>>(row, "invoice_id")?.map(Into::into),
        reason: column(row, "reason")?,
        issued_at: at(row, "issued_at")?,
    })
}

/// What never changes of a coupon.
#[derive(Serialize, Deserialize)]
pub(super) struct CouponTerms {
    off: Off,
    lasts: Lasts,
    plans: Option<Vec<String>>,
    expires_at: Option<Timestamp>,
}

impl From<&Coupon> for CouponTerms {
    fn from(coupon: &Coupon) -> Self {
        let Coupon { off, lasts, plans, expires_at, .. } = coupon.clone();
        Self { off, lasts, plans, expires_at }
    }
}

pub(super) fn coupon(row: &QueryResult) -> Result<Coupon, StoreError> {
    let CouponTerms { off, lasts, plans, expires_at } = json(row, "terms")?;
    let count = |number: i32| u32::try_from(number).unwrap_or(0);
    Ok(Coupon {
        id: column::<Uuid>(row, "id")?.into(),
        code: column(row, "code")?,
        off,
        lasts,
        plans,
        max_redemptions: column::<Option<i32>>(row, "max_redemptions")?.map(count),
        redeemed: count(column(row, "redeemed")?),
        expires_at,
        disabled: column(row, "disabled")?,
        created_at: at(row, "created_at")?,
    })
}
