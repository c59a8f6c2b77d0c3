//! Plans and subscriptions in the database.

use std::collections::HashMap;

use async_trait::async_trait;
use sea_orm::{ConnectionTrait as _, QueryResult, TryGetable, Value};
use shared_kernel::{
    domain::{Currency, Owner, Text, Timestamp},
    infrastructure::db::{Database, UnitOfWork},
};
use uuid::Uuid;

use crate::{
    application::ports::{StoreError, SubscriptionStore},
    domain::{FREE, Plan, PlanEntitlements, Price, Subscription},
};

/// The newest versions on offer.
const NEWEST: &str = "SELECT p.* FROM plans p WHERE p.on_offer AND p.version = \
    (SELECT MAX(n.version) FROM plans n WHERE n.code = p.code AND n.on_offer)";

const CURRENT: &str = "SELECT p.*, s.id AS subscription_id, s.interval, s.started_at, \
    s.period_ends_at FROM subscriptions s JOIN plans p ON p.id = s.plan_id \
    WHERE s.user_id = $1 AND s.ended_at IS NULL";

/// [`SubscriptionStore`] on SQLite or PostgreSQL.
#[derive(Debug)]
pub struct SqlSubscriptions {
    database: Database,
}

fn column<T: TryGetable>(row: &QueryResult, name: &str) -> Result<T, StoreError> {
    Ok(row.try_get("", name)?)
}

fn bad(what: &str, error: impl std::fmt::Display) -> StoreError {
    StoreError::BadRow(format!("{what}: {error}"))
}

fn price(row: &QueryResult) -> Result<Price, StoreError> {
    let interval: String = column(row, "interval")?;
    let currency: String = column(row, "currency")?;
    Ok(Price {
        interval: interval.parse().map_err(|error| bad("interval", error))?,
        currency: Currency::try_from(currency).map_err(|error| bad("currency", error))?,
        amount_minor: column(row, "amount_minor")?,
    })
}

/// The plan of a row, its prices taken out of `prices`.
fn plan(row: &QueryResult, prices: &mut HashMap<Uuid, Vec<Price>>) -> Result<Plan, StoreError> {
    let id: Uuid = column(row, "id")?;
    let entitlements: String = column(row, "entitlements")?;
    let entitlements: PlanEntitlements =
        serde_json::from_str(&entitlements).map_err(|error| bad("entitlements", error))?;
    let version: i32 = column(row, "version")?;
    let name = Text::new(column::<String>(row, "name_zh")?, column::<String>(row, "name_en")?);
    Ok(Plan {
        id: id.into(),
        code: column(row, "code")?,
        version: version.unsigned_abs(),
        name,
        prices: prices.remove(&id).unwrap_or_default(),
        entitlements,
    })
}

fn subscription(row: &QueryResult, owner: Owner) -> Result<Subscription, StoreError> {
    let interval: Option<String> = column(row, "interval")?;
    let interval = interval.map(|text| text.parse()).transpose();
    Ok(Subscription {
        id: column::<Uuid>(row, "subscription_id")?.into(),
        owner,
        plan: column::<Uuid>(row, "id")?.into(),
        interval: interval.map_err(|error| bad("interval", error))?,
        started_at: Timestamp::from_micros(column(row, "started_at")?),
        period_ends_at: column::<Option<i64>>(row, "period_ends_at")?.map(Timestamp::from_micros),
    })
}

impl SqlSubscriptions {
    pub fn new(database: Database) -> Self {
        Self { database }
    }

    async fn rows(
        &self,
        sql: impl Into<String>,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<Vec<QueryResult>, StoreError> {
        let statement = self.database.statement(sql, values);
        Ok(self.database.read().query_all_raw(statement).await?)
    }

    /// There are few prices and they seldom change, so all are read.
    async fn prices(&self) -> Result<HashMap<Uuid, Vec<Price>>, StoreError> {
        let sql = "SELECT * FROM plan_prices ORDER BY interval, currency";
        let mut prices: HashMap<Uuid, Vec<Price>> = HashMap::new();
        for row in self.rows(sql, []).await? {
            prices.entry(column(&row, "plan_id")?).or_default().push(price(&row)?);
        }
        Ok(prices)
    }
}

#[async_trait]
impl SubscriptionStore for SqlSubscriptions {
    async fn plans(&self) -> Result<Vec<Plan>, StoreError> {
        let mut prices = self.prices().await?;
        let rows = self.rows(format!("{NEWEST} ORDER BY p.rank, p.code"), []).await?;
        rows.iter().map(|row| plan(row, &mut prices)).collect()
    }

    async fn free_plan(&self) -> Result<Plan, StoreError> {
        let mut prices = self.prices().await?;
        let rows = self.rows(format!("{NEWEST} AND p.code = $1"), [FREE.into()]).await?;
        plan(rows.first().ok_or(StoreError::NoFreePlan)?, &mut prices)
    }

    async fn current(&self, owner: Owner) -> Result<Option<(Subscription, Plan)>, StoreError> {
        let rows = self.rows(CURRENT, [owner.into()]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let plan = plan(row, &mut self.prices().await?)?;
        Ok(Some((subscription(row, owner)?, plan)))
    }

    async fn start(
        &self,
        work: &mut UnitOfWork,
        subscription: &Subscription,
    ) -> Result<bool, StoreError> {
        let sql = "INSERT INTO subscriptions (id, user_id, plan_id, interval, started_at, period_ends_at) \
                   VALUES ($1, $2, $3, $4, $5, $6) \
                   ON CONFLICT (user_id) WHERE ended_at IS NULL DO NOTHING";
        let values = [
            subscription.id.into(),
            subscription.owner.into(),
            subscription.plan.into(),
            subscription.interval.map(crate::domain::Interval::as_str).into(),
            subscription.started_at.into(),
            subscription.period_ends_at.map(Timestamp::micros).into(),
        ];
        let statement = self.database.statement(sql, values);
        Ok(work.conn().execute_raw(statement).await?.rows_affected() > 0)
    }
}
