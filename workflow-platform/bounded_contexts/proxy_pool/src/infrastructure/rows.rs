//! Between rows and the domain.

use std::time::Duration;

use sea_orm::QueryResult;
use shared_kernel::{
    application::ProxyScheme,
    domain::{Id, Owner, Timestamp},
};
use uuid::Uuid;

use crate::{
    application::ports::StoreError,
    domain::{
        Anonymity, Breaker, Evidence, Health, Manual, Pair, Pool, PoolTerms, Proxy, ProxyEndpoint,
        Sight, StickyTerms, StoredHost, Tally,
    },
};

pub fn database(error: impl Into<sea_orm::DbErr>) -> StoreError {
    StoreError::Database(Box::new(error.into()))
}

/// A column of a row.
pub fn column<T: sea_orm::TryGetable>(row: &QueryResult, name: &str) -> Result<T, StoreError> {
    row.try_get("", name).map_err(database)
}

/// A count, which the database keeps as a signed number.
pub fn count(row: &QueryResult, name: &str) -> Result<u64, StoreError> {
    column::<i64>(row, name).map(|number| u64::try_from(number).unwrap_or(0))
}

pub fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub fn small(row: &QueryResult, name: &str) -> Result<u32, StoreError> {
    column::<i32>(row, name).map(|number| u32::try_from(number).unwrap_or(0))
}

pub fn moment(row: &QueryResult, name: &str) -> Result<Option<Timestamp>, StoreError> {
    Ok(column::<Option<i64>>(row, name)?.map(Timestamp::from_micros))
}

pub fn bad(what: &str, value: &str) -> StoreError {
    StoreError::BadRow(format!("{what} {value:?}"))
}

pub fn pool(row: &QueryResult) -> Result<Pool, StoreError> {
    let name: String = column(row, "name")?;
    Ok(Pool {
        id: column::<Uuid>(row, "id")?.into(),
        owner: Owner::new(column::<Uuid>(row, "owner_id")?.into()),
        name: name.parse().map_err(|_| bad("name", &name))?,
        terms: terms(row)?,
        list_version: count(row, "list_version")?,
        created_at: Timestamp::from_micros(column(row, "created_at")?),
    })
}

fn terms(row: &QueryResult) -> Result<PoolTerms, StoreError> {
    let strategy: String = column(row, "strategy")?;
    let seconds = |number: u32| Duration::from_secs(number.into());
    Ok(PoolTerms {
        strategy: strategy.parse().map_err(|_| bad("strategy", &strategy))?,
        parallel_limit: small(row, "parallel_limit")?,
        test_target: column(row, "test_target")?,
        judge: column(row, "judge")?,
        sticky: StickyTerms {
            ttl: seconds(small(row, "sticky_seconds")?),
            uses: small_or_none(row, "sticky_uses")?,
        },
        check_every: small_or_none(row, "check_seconds")?.map(seconds),
    })
}

fn small_or_none(row: &QueryResult, name: &str) -> Result<Option<u32>, StoreError> {
    Ok(column::<Option<i32>>(row, name)?.map(|number| u32::try_from(number).unwrap_or(0)))
}

pub fn manual(row: &QueryResult) -> Result<Manual, StoreError> {
    Ok(Manual {
        enabled: column(row, "enabled")?,
        cost: column(row, "cost")?,
        label: column(row, "label")?,
    })
}

pub fn sight(row: &QueryResult) -> Result<Sight, StoreError> {
    let anonymity: Option<String> = column(row, "anonymity")?;
    let known = |name: String| Anonymity::ALL.into_iter().find(|one| one.as_str() == name);
    Ok(Sight { anonymity: anonymity.and_then(known), exit_address: column(row, "exit_address")? })
}

/// Columns of a breaker: state, failures in a row, strikes, end of the pause. A probe does not
/// outlive its process: it is kept as a pause until the moment it counts as lost.
pub fn breaker_columns(breaker: Breaker) -> (&'static str, u32, u32, Option<i64>) {
    match breaker {
        Breaker::Closed { failures } => ("closed", failures, 0, None),
        Breaker::Open { until, strikes } | Breaker::HalfOpen { until, strikes, .. } => {
            ("open", 0, strikes, Some(until.micros()))
        }
    }
}

fn breaker(row: &QueryResult, failures: u32) -> Result<Breaker, StoreError> {
    let state: String = column(row, "state")?;
    match state.as_str() {
        "closed" => Ok(Breaker::Closed { failures }),
        "open" => Ok(Breaker::Open {
            until: moment(row, "pause_until")?.unwrap_or_default(),
            strikes: small(row, "strikes")?,
        }),
        other => Err(bad("state", other)),
    }
}

pub fn host(row: &QueryResult) -> Result<StoredHost, StoreError> {
    Ok(StoredHost {
        id: column::<Uuid>(row, "id")?.into(),
        host: column(row, "host")?,
        breaker: breaker(row, 0)?,
        first_at: Timestamp::from_micros(column(row, "created_at")?),
        last_at: Timestamp::from_micros(column(row, "last_at")?),
    })
}

pub fn tally(row: &QueryResult) -> Result<Tally, StoreError> {
    Ok(Tally {
        requests: count(row, "requests")?,
        successes: count(row, "successes")?,
        failures: count(row, "failures")?,
        refused: count(row, "refused")?,
    })
}

pub fn pair(row: &QueryResult) -> Result<Pair, StoreError> {
    Ok(Pair {
        evidence: Evidence::new(
            column(row, "good")?,
            column(row, "bad")?,
            Timestamp::from_micros(column(row, "evidence_at")?),
        ),
        fresh: Evidence::default(),
        latency_ms: column(row, "latency_ms")?,
        breaker: breaker(row, small(row, "failures_in_row")?)?,
        tally: tally(row)?,
        last_at: Timestamp::from_micros(column(row, "last_at")?),
    })
}

pub fn endpoint(row: &QueryResult) -> Result<ProxyEndpoint, StoreError> {
    let scheme: String = column(row, "scheme")?;
    let port: i32 = column(row, "port")?;
    Ok(ProxyEndpoint {
        scheme: scheme.parse::<ProxyScheme>().map_err(|()| bad("scheme", &scheme))?,
        host: column(row, "host")?,
        port: u16::try_from(port).map_err(|_| bad("port", &port.to_string()))?,
        username: column(row, "username")?,
    })
}

pub fn health(row: &QueryResult) -> Result<Health, StoreError> {
    let state: String = column(row, "state")?;
    match state.as_str() {
        "unknown" => Ok(Health::Unknown),
        "healthy" => Ok(Health::Healthy),
        "degraded" => Ok(Health::Degraded { failures: small(row, "failures_in_row")? }),
        "quarantined" => Ok(Health::Quarantined {
            until: moment(row, "cool_down_until")?.unwrap_or_default(),
            strikes: small(row, "strikes")?,
        }),
        other => Err(bad("state", other)),
    }
}

/// State, failures in a row, strikes and end of the cool-down. A probe does not outlive its
/// process: it is kept as a quarantine until the moment the probe counts as lost.
pub fn health_columns(health: Health) -> (&'static str, u32, u32, Option<i64>) {
    match health {
        Health::Unknown => ("unknown", 0, 0, None),
        Health::Healthy => ("healthy", 0, 0, None),
        Health::Degraded { failures } => ("degraded", failures, 0, None),
        Health::Quarantined { until, strikes }
        | Health::HalfOpen { probe_until: until, strikes } => {
            ("quarantined", 0, strikes, Some(until.micros()))
        }
    }
}

pub fn proxy(row: &QueryResult) -> Result<Proxy, StoreError> {
    Ok(Proxy {
        id: Id::from(column::<Uuid>(row, "id")?),
        pool: Id::from(column::<Uuid>(row, "pool_id")?),
        endpoint: endpoint(row)?,
        manual: manual(row)?,
        health: health(row)?,
        sight: sight(row)?,
        checked_at: moment(row, "checked_at")?,
        source: column::<Option<Uuid>>(row, "source_id")?.map(Id::from),
        retires_at: moment(row, "retires_at")?,
        requests: count(row, "requests")?,
        successes: count(row, "successes")?,
        failures: count(row, "failures")?,
        bytes: count(row, "bytes")?,
        latency_ms: column(row, "latency_ms")?,
        last_error: column(row, "last_error")?,
        last_used_at: moment(row, "last_used_at")?,
        created_at: Timestamp::from_micros(column(row, "created_at")?),
    })
}
