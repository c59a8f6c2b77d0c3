//! The audit log in the database, read.

use async_trait::async_trait;
use sea_orm::{ConnectionTrait as _, QueryResult, Value};
use shared_kernel::{
    domain::{AuditTarget, Cursor, Id, Origin, Page, PageRequest, Timestamp, User as UserMark},
    infrastructure::db::UnitOfWork,
};
use uuid::Uuid;

use super::{SqlAccounts, rows, rows::TOP};
use crate::application::ports::{AuditFilter, AuditLine, AuditStore, Named, StoreError};

const LINES: &str = "SELECT l.*, a.username AS actor_name, u.username AS user_name \
     FROM audit_log l LEFT JOIN users a ON a.id = l.actor_id LEFT JOIN users u ON u.id = l.user_id \
     WHERE (l.at, l.id) < ($1, $2)";

fn named(row: &QueryResult, id: &str, name: &str) -> Result<Option<Named>, StoreError> {
    let id: Option<Uuid> = rows::column(row, id)?;
    let username = rows::column(row, name)?;
    Ok(id.map(|id| Named { id: id.into(), username }))
}

fn target(row: &QueryResult) -> Result<Option<AuditTarget>, StoreError> {
    let kind: Option<String> = rows::column(row, "target_kind")?;
    let id: Option<String> = rows::column(row, "target_id")?;
    Ok(kind.zip(id).map(|(kind, id)| AuditTarget { kind: kind.into(), id }))
}

fn origin(row: &QueryResult) -> Result<Origin, StoreError> {
    let address: Option<String> = rows::column(row, "address")?;
    Ok(Origin {
        address: address.and_then(|text| text.parse().ok()),
        agent: rows::column(row, "user_agent")?,
        request_id: rows::column(row, "request_id")?,
    })
}

fn line(row: &QueryResult) -> Result<AuditLine, StoreError> {
    let details: String = rows::column(row, "details")?;
    Ok(AuditLine {
        id: rows::column::<Uuid>(row, "id")?.into(),
        at: Timestamp::from_micros(rows::column(row, "at")?),
        actor_kind: rows::parsed(row, "actor_kind")?,
        actor: named(row, "actor_id", "actor_name")?,
        api_key: rows::column(row, "actor_key")?,
        action: rows::column(row, "action")?,
        user: named(row, "user_id", "user_name")?,
        target: target(row)?,
        outcome: rows::parsed(row, "outcome")?,
        reason: rows::column(row, "reason")?,
        origin: origin(row)?,
        details: serde_json::from_str(&details)
            .map_err(|error| StoreError::BadRow(format!("details: {error}")))?,
    })
}

fn conditions(filter: &AuditFilter) -> Vec<(&'static str, Value)> {
    let AuditFilter { actor, user, action, target, outcome, request_id, from, to } = filter;
    let found = [
        actor.map(|id| ("l.actor_id = ", id.into())),
        user.map(|id| ("l.user_id = ", id.into())),
        action.as_deref().map(|name| ("l.action = ", name.into())),
        target.as_deref().map(|id| ("l.target_id = ", id.into())),
        outcome.map(|outcome| ("l.outcome = ", outcome.as_str().into())),
        request_id.as_deref().map(|id| ("l.request_id = ", id.into())),
        from.map(|at| ("l.at >= ", at.into())),
        to.map(|at| ("l.at < ", at.into())),
    ];
    found.into_iter().flatten().collect()
}

#[async_trait]
impl AuditStore for SqlAccounts {
    async fn lines(
        &self,
        filter: &AuditFilter,
        page: PageRequest,
    ) -> Result<Page<AuditLine>, StoreError> {
        let (at, id) = page.after.map_or(TOP, |after| (after.at.micros(), after.id));
        let limit = i64::from(page.limit).saturating_add(1);
        let (mut sql, mut values) = (LINES.to_owned(), vec![at.into(), id.into()]);
        for (condition, value) in conditions(filter) {
            values.push(value);
            sql.push_str(&format!(" AND {condition}${}", values.len()));
        }
        values.push(limit.into());
        sql.push_str(&format!(" ORDER BY l.at DESC, l.id DESC LIMIT ${}", values.len()));
        let statement = self.database.statement(&sql, values);
        let rows = self.database.read().query_all_raw(statement).await?;
        let found = rows.iter().map(line).collect::<Result<Vec<_>, _>>()?;
        Ok(Page::cut(found, page.limit, |one| Cursor { at: one.at, id: one.id.uuid() }))
    }

    async fn make_anonymous(
        &self,
        work: &mut UnitOfWork,
        user: Id<UserMark>,
    ) -> Result<(), StoreError> {
        for whose in ["user_id", "actor_id"] {
            let sql = format!(
                "UPDATE audit_log SET address = NULL, user_agent = NULL, details = '{{}}' \
                 WHERE {whose} = $1"
            );
            self.change(work, &sql, [user.into()]).await?;
        }
        Ok(())
    }

    async fn remove_old_entries(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let sql = "DELETE FROM audit_log WHERE id IN \
                   (SELECT id FROM audit_log WHERE at < $1 ORDER BY at LIMIT $2)";
        let statement = self.database.statement(sql, [before.into(), i64::from(limit).into()]);
        Ok(self.database.write().execute_raw(statement).await?.rows_affected())
    }
}
