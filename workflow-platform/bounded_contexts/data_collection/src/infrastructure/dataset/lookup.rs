//! Ways through the records of a dataset, each along one index.

use std::{collections::BTreeSet, ops::Bound};

use sea_orm::Value as SqlValue;
use shared_kernel::infrastructure::db::Backend;

use super::index::token_of;
use crate::{
    application::dataset::ports::{DatasetRow, Driver, Lookup, Order, Spot},
    domain::dataset::{Cell, Range},
};

/// A statement on its way, with its parameters.
pub(super) struct Statement {
    pub sql: String,
    pub values: Vec<SqlValue>,
}

impl Statement {
    pub fn new() -> Self {
        Self { sql: String::new(), values: Vec::new() }
    }

    pub fn bind(&mut self, value: impl Into<SqlValue>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }
}

const fn sense(order: Order) -> (&'static str, &'static str) {
    match order {
        Order::Ascending => (">", "ASC"),
        Order::Descending => ("<", "DESC"),
    }
}

/// ` AND value …` within the bounds.
pub(super) fn within(statement: &mut Statement, (low, high): &Range) -> String {
    let bounds = [(low, ">=", ">"), (high, "<=", "<")];
    let mut sql = String::new();
    if let (Bound::Included(low), Bound::Included(high)) = (low, high)
        && low == high
    {
        return format!(" AND value = {}", statement.bind(low.0.clone()));
    }
    for (bound, included, excluded) in bounds {
        let (cell, sign) = match bound {
            Bound::Included(cell) => (cell, included),
            Bound::Excluded(cell) => (cell, excluded),
            Bound::Unbounded => continue,
        };
        sql.push_str(&format!(" AND value {sign} {}", statement.bind(cell.0.clone())));
    }
    sql
}

fn after_number(
    statement: &mut Statement,
    column: &str,
    after: Option<&Spot>,
    sign: &str,
) -> String {
    after.map_or_else(String::new, |spot| {
        format!(" AND {column} {sign} {}", statement.bind(spot.number))
    })
}

fn after_cell(statement: &mut Statement, after: Option<&Spot>, sign: &str) -> String {
    let Some(Spot { cell: Some(Cell(bytes)), number }) = after else { return String::new() };
    let (value, number) = (statement.bind(bytes.clone()), statement.bind(*number));
    format!(" AND (value, number) {sign} ({value}, {number})")
}

fn all(statement: &mut Statement, way: &Lookup<'_>) -> String {
    let (sign, order) = sense(way.order);
    let (low, high) = way.dataset.numbers();
    let (low, high) = (statement.bind(low), statement.bind(high));
    let after = after_number(statement, "number", way.after, sign);
    format!(
        "SELECT NULL AS value, number FROM dataset_records \
         WHERE number > {low} AND number < {high}{after} ORDER BY number {order} LIMIT {}",
        way.limit
    )
}

fn cells(statement: &mut Statement, way: &Lookup<'_>, field: i16, ranges: &[Range]) -> String {
    let (sign, order) = sense(way.order);
    let sorted = if way.by_cell {
        format!("ORDER BY value {order}, number {order}")
    } else {
        format!("ORDER BY number {order}")
    };
    let (dataset, field) = (statement.bind(way.dataset.number), statement.bind(field));
    let mut parts = Vec::with_capacity(ranges.len());
    for (place, range) in ranges.iter().enumerate() {
        let within = within(statement, range);
        let after = if way.by_cell {
            after_cell(statement, way.after, sign)
        } else {
            after_number(statement, "number", way.after, sign)
        };
        parts.push(format!(
            "SELECT value, number FROM (SELECT value, number FROM dataset_cells \
             WHERE dataset = {dataset} AND field = {field}{within}{after} {sorted} LIMIT {}) AS p{place}",
            way.limit
        ));
    }
    format!(
        "SELECT value, number FROM ({}) AS w {sorted} LIMIT {}",
        parts.join(" UNION ALL "),
        way.limit
    )
}

/// The condition that a record has every token's beginning.
pub(super) fn has_tokens(
    statement: &mut Statement,
    backend: Backend,
    dataset: &DatasetRow,
    tokens: &BTreeSet<String>,
) -> String {
    // Tokens are letters and digits, so quoting them is enough.
    let (form, and) = match backend {
        Backend::Postgres => ("'{}':*", " & "),
        Backend::Sqlite => ("\"{}\"*", " AND "),
    };
    let wanted: Vec<_> =
        tokens.iter().map(|token| form.replace("{}", &token_of(dataset, token))).collect();
    let wanted = statement.bind(wanted.join(and));
    match backend {
        Backend::Postgres => format!("tokens @@ {wanted}::tsquery"),
        Backend::Sqlite => format!("dataset_texts MATCH {wanted}"),
    }
}

fn by_tokens(
    statement: &mut Statement,
    backend: Backend,
    way: &Lookup<'_>,
    tokens: &BTreeSet<String>,
) -> String {
    let (sign, order) = sense(way.order);
    let column = if backend == Backend::Sqlite { "rowid" } else { "number" };
    let matching = has_tokens(statement, backend, way.dataset, tokens);
    let after = after_number(statement, column, way.after, sign);
    format!(
        "SELECT NULL AS value, {column} AS number FROM dataset_texts \
         WHERE {matching}{after} ORDER BY {column} {order} LIMIT {}",
        way.limit
    )
}

/// Places along the way; the bare index.
pub(super) fn places(statement: &mut Statement, backend: Backend, way: &Lookup<'_>) -> String {
    match way.driver {
        Driver::All => all(statement, way),
        Driver::Cells { field, ranges } => cells(statement, way, *field, ranges),
        Driver::Tokens(tokens) => by_tokens(statement, backend, way, tokens),
    }
}

/// Records along the way.
pub(super) fn records(backend: Backend, way: &Lookup<'_>) -> Statement {
    let mut statement = Statement::new();
    let places = places(&mut statement, backend, way);
    let order = sense(way.order).1;
    let sorted = if way.by_cell {
        format!("p.value {order}, p.number {order}")
    } else {
        format!("p.number {order}")
    };
    statement.sql = format!(
        "SELECT p.value AS cell, r.number, r.key, r.data, r.version, r.created_at, r.updated_at, \
         COALESCE(s.seen_at, r.updated_at) AS seen_at FROM ({places}) AS p \
         JOIN dataset_records r ON r.number = p.number \
         LEFT JOIN dataset_seen s ON s.number = p.number ORDER BY {sorted}"
    );
    statement
}
