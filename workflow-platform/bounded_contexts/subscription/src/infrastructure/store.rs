//! Plans and subscriptions in the database.

use std::collections::HashMap;

use async_trait::async_trait;
use sea_orm::{ConnectionTrait as _, QueryResult, Value};
use shared_kernel::{
    domain::{Locale, Owner, Text},
    infrastructure::db::{Database, UnitOfWork},
};
use uuid::Uuid;

use super::rows::{self, bad, column, to_json};
use crate::{
    application::ports::{StoreError, SubscriptionStore},
    domain::{FREE, Interval, Plan, PlanEntitlements, PlanId, Price, Subscription},
};

/// The newest versions on offer.
const NEWEST: &str = "SELECT p.* FROM plans p WHERE p.on_offer AND p.version = \
    (SELECT MAX(n.version) FROM plans n WHERE n.code = p.code AND n.on_offer)";

const CURRENT: &str = "SELECT p.*, s.id AS subscription_id, s.user_id, s.plan_id, s.started_at, \
    s.state FROM subscriptions s JOIN plans p ON p.id = s.plan_id \
    WHERE s.user_id = $1 AND s.ended_at IS NULL";

/// [`SubscriptionStore`] on SQLite or PostgreSQL.
#[derive(Debug)]
pub struct SqlSubscriptions {
    database: Database,
}

fn price(row: &QueryResult) -> Result<Price, StoreError> {
    let interval: String = column(row, "interval")?;
    Ok(Price {
        interval: interval.parse().map_err(|error| bad("interval", error))?,
        currency: rows::currency(row)?,
        amount_minor: column(row, "amount_minor")?,
    })
}

/// The plan of a row, its prices taken out of `prices`.
fn plan(row: &QueryResult, prices: &mut HashMap<Uuid, Vec<Price>>) -> Result<Plan, StoreError> {
    let id: Uuid = column(row, "id")?;
    let entitlements: PlanEntitlements = rows::json(row, "entitlements")?;
    let version: i32 = column(row, "version")?;
    let name = Text::new(column::<String>(row, "name_zh")?, column::<String>(row, "name_en")?);
    Ok(Plan {
        id: id.into(),
        code: column(row, "code")?,
        version: version.unsigned_abs(),
        rank: column(row, "rank")?,
        name,
        prices: prices.remove(&id).unwrap_or_default(),
        entitlements,
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

    async fn plan_names(&self) -> Result<Vec<(String, Text)>, StoreError> {
        let sql = "SELECT code, name_zh, name_en FROM plans p WHERE version = \
                   (SELECT MAX(n.version) FROM plans n WHERE n.code = p.code) ORDER BY code";
        let name = |row: &QueryResult| {
            let (zh, en) = (column::<String>(row, "name_zh")?, column::<String>(row, "name_en")?);
            Ok((column(row, "code")?, Text::new(zh, en)))
        };
        self.rows(sql, []).await?.iter().map(name).collect()
    }

    async fn current(&self, owner: Owner) -> Result<Option<(Subscription, Plan)>, StoreError> {
        let rows = self.rows(CURRENT, [owner.into()]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let plan = plan(row, &mut self.prices().await?)?;
        Ok(Some((rows::subscription(row)?, plan)))
    }

    async fn plan(&self, id: PlanId) -> Result<Option<Plan>, StoreError> {
        let rows = self.rows("SELECT * FROM plans WHERE id = $1", [id.into()]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        Ok(Some(plan(row, &mut self.prices().await?)?))
    }

    async fn start(
        &self,
        work: &mut UnitOfWork,
        subscription: &Subscription,
    ) -> Result<bool, StoreError> {
        let sql = "INSERT INTO subscriptions (id, user_id, plan_id, started_at, state) \
                   VALUES ($1, $2, $3, $4, $5) \
                   ON CONFLICT (user_id) WHERE ended_at IS NULL DO NOTHING";
        let values = [
            subscription.id.into(),
            subscription.owner.into(),
            subscription.plan.into(),
            subscription.started_at.into(),
            to_json(&subscription.state)?.into(),
        ];
        let statement = self.database.statement(sql, values);
        Ok(work.conn().execute_raw(statement).await?.rows_affected() > 0)
    }

    async fn newest_version(&self, work: &mut UnitOfWork, code: &str) -> Result<u32, StoreError> {
        let sql = "SELECT COALESCE(MAX(version), 0) AS version FROM plans WHERE code = $1";
        let statement = self.database.statement(sql, [code.into()]);
        let row = work.conn().query_one_raw(statement).await?;
        let version: i32 = row.map_or(Ok(0), |row| column(&row, "version"))?;
        Ok(version.unsigned_abs())
    }

    async fn withdraw(&self, work: &mut UnitOfWork, code: &str) -> Result<bool, StoreError> {
        let sql = "UPDATE plans SET on_offer = FALSE WHERE code = $1 AND on_offer";
        let statement = self.database.statement(sql, [code.into()]);
        Ok(work.conn().execute_raw(statement).await?.rows_affected() > 0)
    }

    async fn put_plan(&self, work: &mut UnitOfWork, plan: &Plan) -> Result<(), StoreError> {
        let sql = "INSERT INTO plans (id, code, version, rank, on_offer, name_zh, name_en, \
                   entitlements) VALUES ($1, $2, $3, $4, TRUE, $5, $6, $7)";
        let values = [
            plan.id.into(),
            plan.code.clone().into(),
            i64::from(plan.version).into(),
            plan.rank.into(),
            plan.name.of(Locale::ZhCn).into(),
            plan.name.of(Locale::En).into(),
            to_json(&plan.entitlements)?.into(),
        ];
        work.conn().execute_raw(self.database.statement(sql, values)).await?;
        for price in &plan.prices {
            let sql = "INSERT INTO plan_prices (plan_id, interval, currency, amount_minor) \
                       VALUES ($1, $2, $3, $4)";
            let values = [
                plan.id.into(),
                Interval::as_str(price.interval).into(),
                price.currency.as_str().into(),
                price.amount_minor.into(),
            ];
            work.conn().execute_raw(self.database.statement(sql, values)).await?;
        }
        Ok(())
    }
}
