//! Sessions and refresh tokens in the database.

use std::net::IpAddr;

use async_trait::async_trait;
use sea_orm::{ConnectionTrait as _, QueryResult};
use shared_kernel::{
    domain::{Cursor, Id, Page, PageRequest, Timestamp, User as UserMark, site_of},
    infrastructure::db::{AtOnce, Backend, UnitOfWork},
};
use uuid::Uuid;

use super::{SqlAccounts, rows, rows::TOP};
use crate::{
    application::ports::{
        Ending, NewSession, OpenSession, OpenState, PastLogin, Proved, Rehashed, Rotation,
        RotationTime, SessionState, SessionStore, StoreError, TokenHash,
    },
    domain::SessionId,
};

const OF_TOKEN: &str = "SELECT s.id, s.user_id, s.expires_at, s.ended_at, t.used_at FROM refresh_tokens t \
                        JOIN user_sessions s ON s.id = t.session_id WHERE t.hash = $1";

/// One row at least, whether or not a session is kept.
const PROVED: &str = "SELECT EXISTS (SELECT 1 FROM user_totp WHERE id = $1 \
                      AND confirmed_at IS NOT NULL) AS has_totp, l.user_agent, l.site, l.kept \
                      FROM (SELECT 1 AS one) AS always LEFT JOIN (SELECT user_agent, site, 1 AS kept \
                      FROM user_sessions WHERE user_id = $1 \
                      ORDER BY created_at DESC, id DESC LIMIT $2) AS l ON one = 1";

fn past_login(row: &QueryResult) -> Result<PastLogin, StoreError> {
    let (agent, site) = (rows::column(row, "user_agent")?, rows::column(row, "site")?);
    Ok(PastLogin { agent, site })
}

fn ids(row: &QueryResult) -> Result<(SessionId, Id<UserMark>), StoreError> {
    let (session, user): (Uuid, Uuid) = (rows::column(row, "id")?, rows::column(row, "user_id")?);
    Ok((session.into(), user.into()))
}

fn is_open(row: &QueryResult, now: Timestamp) -> Result<bool, StoreError> {
    let ended: Option<i64> = rows::column(row, "ended_at")?;
    let expires: i64 = rows::column(row, "expires_at")?;
    Ok(ended.is_none() && expires > now.micros())
}

fn open_session(row: &QueryResult) -> Result<OpenSession, StoreError> {
    let at = |name| rows::column(row, name).map(Timestamp::from_micros);
    Ok(OpenSession {
        id: rows::column::<Uuid>(row, "id")?.into(),
        created_at: at("created_at")?,
        last_used_at: at("last_used_at")?,
        expires_at: at("expires_at")?,
        agent: rows::column(row, "user_agent")?,
        address: rows::address(row, "address")?,
        last_address: rows::address(row, "last_address")?,
    })
}

fn text(address: Option<IpAddr>) -> Option<String> {
    address.map(|address| address.to_string())
}

impl SqlAccounts {
    /// It is not when another key of ours made the first successor.
    async fn is_known(&self, work: &UnitOfWork, token: &TokenHash) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM refresh_tokens WHERE hash = $1";
        let statement = self.database.statement(sql, [token.0.clone().into()]);
        Ok(work.conn().query_one_raw(statement).await?.is_some())
    }

    async fn revoked_of(&self, session: SessionId) -> Result<Vec<Uuid>, StoreError> {
        let sql = "SELECT id FROM revoked_tokens WHERE session_id = $1";
        let statement = self.database.statement(sql, [session.into()]);
        let rows = self.database.read().query_all_raw(statement).await?;
        rows.iter().map(|row| rows::column(row, "id")).collect()
    }

    async fn give(
        &self,
        work: &UnitOfWork,
        session: SessionId,
        token: &TokenHash,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO refresh_tokens (hash, session_id, issued_at) VALUES ($1, $2, $3)";
        self.change(work, sql, [token.0.clone().into(), session.into(), now.into()]).await?;
        Ok(())
    }
}

/// `$1` to `$9`.
const OPEN: [&str; 2] = [
    "INSERT INTO user_sessions (id, user_id, created_at, last_used_at, expires_at, user_agent, \
     address, last_address, site, fresh_until) VALUES ($1, $2, $3, $3, $4, $5, $6, $6, $7, $8)",
    "INSERT INTO refresh_tokens (hash, session_id, issued_at) VALUES ($9, $1, $3)",
];
const SIGNED_IN: &str = "UPDATE users SET last_login_at = $3 WHERE id = $2";

/// `$1` to `$11`. A row is written once in a statement of PostgreSQL.
const REHASHING: &str = "UPDATE users SET last_login_at = $3, password_hash = CASE \
     WHEN password_hash = $10 THEN $11 ELSE password_hash END WHERE id = $2";

fn opening(
    backend: Backend,
    NewSession { session, token, rehashed, events }: &NewSession<'_>,
) -> AtOnce {
    let mut work = AtOnce::default();
    work.values.extend([
        session.id.into(),
        session.user.into(),
        session.created_at.into(),
        session.expires_at.into(),
        session.agent.clone().into(),
        text(session.address).into(),
        text(session.address.map(site_of)).into(),
        session.fresh_until.into(),
        token.0.clone().into(),
    ]);
    let user = match *rehashed {
        Some(Rehashed { old, new }) => {
            work.values.extend([old.into(), new.into()]);
            REHASHING
        }
        None => SIGNED_IN,
    };
    let mut parts: Vec<_> = OPEN.into_iter().chain([user]).map(str::to_owned).collect();
    parts.extend(work.record(backend, events));
    work.put_together(backend, &parts);
    work
}

#[async_trait]
impl SessionStore for SqlAccounts {
    async fn open(&self, new: NewSession<'_>) -> Result<(), StoreError> {
        self.database.at_once(opening(self.database.backend(), &new)).await?;
        Ok(())
    }

    async fn rotate(
        &self,
        work: &mut UnitOfWork,
        old: &TokenHash,
        new: &TokenHash,
        at: RotationTime,
    ) -> Result<Rotation, StoreError> {
        let RotationTime { now, grace_from, expires_at, address } = at;
        // The update comes first: of two callers with one token the second waits here for the
        // first, and then changes nothing.
        let sql = "UPDATE refresh_tokens SET used_at = $2 WHERE hash = $1 AND used_at IS NULL";
        let newly_used = self.change(work, sql, [old.0.clone().into(), now.into()]).await?;
        let statement = self.database.statement(OF_TOKEN, [old.0.clone().into()]);
        let Some(row) = work.conn().query_one_raw(statement).await? else {
            return Ok(Rotation::Unknown);
        };
        let (session, user) = ids(&row)?;
        if !is_open(&row, now)? {
            return Ok(Rotation::Ended);
        }
        if newly_used == 0 {
            let used: Option<i64> = rows::column(&row, "used_at")?;
            let lately = used.is_some_and(|used| used > grace_from.micros());
            return Ok(if lately && self.is_known(work, new).await? {
                Rotation::Repeated(session, user)
            } else {
                Rotation::Reused(session, user)
            });
        }
        self.give(work, session, new, now).await?;
        let sql = "UPDATE user_sessions SET last_used_at = $2, expires_at = $3, \
                   last_address = COALESCE($4, last_address) \
                   WHERE id = $1 AND ended_at IS NULL";
        let values = [session.into(), now.into(), expires_at.into(), text(address).into()];
        let kept = self.change(work, sql, values).await?;
        Ok(if kept == 0 { Rotation::Ended } else { Rotation::Rotated(session, user) })
    }

    async fn end_many(
        &self,
        work: &mut UnitOfWork,
        user: Id<UserMark>,
        ending: Ending,
        reason: &str,
        now: Timestamp,
    ) -> Result<Vec<SessionId>, StoreError> {
        let (which, session) = match ending {
            Ending::One(session) => ("id = $4", session.uuid()),
            Ending::Others(session) => ("id <> $4", session.uuid()),
            Ending::All => ("id <> $4", Uuid::nil()),
        };
        let sql = format!(
            "UPDATE user_sessions SET ended_at = $2, end_reason = $3 \
             WHERE user_id = $1 AND {which} AND ended_at IS NULL AND expires_at > $2 RETURNING id"
        );
        if ending == Ending::All {
            let sql = "UPDATE users SET tokens_not_before = $2 WHERE id = $1";
            self.change(work, sql, [user.into(), now.into()]).await?;
        }
        let values = [user.into(), now.into(), reason.into(), session.into()];
        let rows = work.conn().query_all_raw(self.database.statement(&sql, values)).await?;
        rows.iter().map(|row| rows::column::<Uuid>(row, "id").map(Id::from)).collect()
    }

    async fn open_of(
        &self,
        user: Id<UserMark>,
        now: Timestamp,
    ) -> Result<Vec<SessionId>, StoreError> {
        let sql = "SELECT id FROM user_sessions \
                   WHERE user_id = $1 AND ended_at IS NULL AND expires_at > $2";
        let statement = self.database.statement(sql, [user.into(), now.into()]);
        let rows = self.database.read().query_all_raw(statement).await?;
        rows.iter().map(|row| rows::column::<Uuid>(row, "id").map(Id::from)).collect()
    }

    async fn list(
        &self,
        user: Id<UserMark>,
        now: Timestamp,
        page: PageRequest,
    ) -> Result<Page<OpenSession>, StoreError> {
        let (at, id) = page.after.map_or(TOP, |after| (after.at.micros(), after.id));
        let sql = "SELECT id, created_at, last_used_at, expires_at, user_agent, address, \
                   last_address FROM user_sessions WHERE user_id = $1 AND ended_at IS NULL AND expires_at > $2 \
                   AND (created_at, id) < ($3, $4) ORDER BY created_at DESC, id DESC LIMIT $5";
        let limit = i64::from(page.limit).saturating_add(1);
        let values = [user.into(), now.into(), at.into(), id.into(), limit.into()];
        let rows = self.database.read().query_all_raw(self.database.statement(sql, values)).await?;
        let found = rows.iter().map(open_session).collect::<Result<Vec<_>, _>>()?;
        Ok(Page::cut(found, page.limit, |one| Cursor { at: one.created_at, id: one.id.uuid() }))
    }

    async fn of_token(
        &self,
        token: &TokenHash,
    ) -> Result<Option<(SessionId, Id<UserMark>)>, StoreError> {
        let row = self.one(OF_TOKEN, [token.0.clone().into()]).await?;
        row.as_ref().map(ids).transpose()
    }

    async fn signed_in_from(
        &self,
        user: Id<UserMark>,
        site: &str,
        since: Timestamp,
    ) -> Result<bool, StoreError> {
        let sql = "SELECT 1 AS found FROM user_sessions \
                   WHERE user_id = $1 AND created_at > $2 AND site = $3 LIMIT 1";
        Ok(self.one(sql, [user.into(), since.into(), site.into()]).await?.is_some())
    }

    async fn past_logins(
        &self,
        user: Id<UserMark>,
        most: u32,
    ) -> Result<Vec<PastLogin>, StoreError> {
        let sql = "SELECT DISTINCT user_agent, site FROM (SELECT user_agent, site \
                   FROM user_sessions WHERE user_id = $1 \
                   ORDER BY created_at DESC, id DESC LIMIT $2) AS latest";
        let statement = self.database.statement(sql, [user.into(), i64::from(most).into()]);
        self.database.read().query_all_raw(statement).await?.iter().map(past_login).collect()
    }

    async fn proved(&self, user: Id<UserMark>, most: u32) -> Result<Proved, StoreError> {
        let statement = self.database.statement(PROVED, [user.into(), i64::from(most).into()]);
        let rows = self.database.read().query_all_raw(statement).await?;
        let (mut has_totp, mut latest) = (false, Vec::with_capacity(rows.len()));
        for row in &rows {
            has_totp = rows::column(row, "has_totp")?;
            if rows::column::<Option<i32>>(row, "kept")?.is_some() {
                latest.push(past_login(row)?);
            }
        }
        Ok(Proved { has_totp, latest })
    }

    async fn state(
        &self,
        session: SessionId,
        now: Timestamp,
    ) -> Result<Option<SessionState>, StoreError> {
        let sql = "SELECT s.expires_at, s.ended_at, u.id AS user_id, u.role, u.status, u.locale, \
                   u.tokens_not_before FROM user_sessions s JOIN users u ON u.id = s.user_id WHERE s.id = $1";
        let Some(row) = self.one(sql, [session.into()]).await? else { return Ok(None) };
        if !is_open(&row, now)? {
            return Ok(Some(SessionState::Ended));
        }
        let not_before: Option<i64> = rows::column(&row, "tokens_not_before")?;
        Ok(Some(SessionState::Open(OpenState {
            user: rows::column(&row, "user_id")?,
            role: rows::parsed(&row, "role")?,
            status: rows::parsed(&row, "status")?,
            locale: rows::parsed(&row, "locale")?,
            not_before: not_before.map_or(0, |at| Timestamp::from_micros(at).seconds()),
            revoked: self.revoked_of(session).await?,
        })))
    }

    async fn fresh_until(&self, session: SessionId) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT fresh_until FROM user_sessions WHERE id = $1";
        let row = self.one(sql, [session.into()]).await?;
        let until = row.map(|row| rows::column::<Option<i64>>(&row, "fresh_until")).transpose()?;
        Ok(until.flatten().map(Timestamp::from_micros))
    }

    async fn refresh_proof(
        &self,
        work: &mut UnitOfWork,
        session: SessionId,
        until: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE user_sessions SET fresh_until = $2 WHERE id = $1";
        self.change(work, sql, [session.into(), until.into()]).await?;
        Ok(())
    }

    async fn stale_others(
        &self,
        work: &mut UnitOfWork,
        user: Id<UserMark>,
        session: SessionId,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE user_sessions SET fresh_until = NULL WHERE user_id = $1 AND id <> $2";
        self.change(work, sql, [user.into(), session.into()]).await?;
        Ok(())
    }

    async fn revoke_token(
        &self,
        work: &mut UnitOfWork,
        session: SessionId,
        token: Uuid,
        expires_at: i64,
    ) -> Result<(), StoreError> {
        let expires_at = Timestamp::from_millis(expires_at.saturating_mul(1000));
        let sql = "INSERT INTO revoked_tokens (id, session_id, expires_at) VALUES ($1, $2, $3) \
                   ON CONFLICT (id) DO NOTHING";
        self.change(work, sql, [token.into(), session.into(), expires_at.into()]).await?;
        Ok(())
    }

    async fn remove_revoked(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let sql = "DELETE FROM revoked_tokens WHERE id IN \
                   (SELECT id FROM revoked_tokens WHERE expires_at < $1 LIMIT $2)";
        let statement = self.database.statement(sql, [before.into(), i64::from(limit).into()]);
        Ok(self.database.write().execute_raw(statement).await?.rows_affected())
    }

    async fn remove_old(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let sql = "DELETE FROM user_sessions WHERE id IN \
                   (SELECT id FROM user_sessions WHERE expires_at < $1 LIMIT $2)";
        let statement = self.database.statement(sql, [before.into(), i64::from(limit).into()]);
        Ok(self.database.write().execute_raw(statement).await?.rows_affected())
    }
}
