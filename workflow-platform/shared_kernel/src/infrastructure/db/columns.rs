//! Many new rows of a table in one statement whose text stays the same.
//!
//! PostgreSQL takes each column as one array: a text with a place for each value would be another
//! one for each number of rows, to be read and planned anew. SQLite reads values sooner than it
//! takes arrays apart.

use sea_orm::{Value, sea_query::ValueType};
use uuid::Uuid;

use super::{AtOnce, Backend};

/// What a column holds.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    Uuid,
    Text,
    Int,
    BigInt,
}

/// A column and what it holds.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    name: &'static str,
    kind: Kind,
    nullable: bool,
}

/// A column that always holds something.
pub const fn must(name: &'static str, kind: Kind) -> Column {
    Column { name, kind, nullable: false }
}

/// A column that may be null.
pub const fn may(name: &'static str, kind: Kind) -> Column {
    Column { name, kind, nullable: true }
}

/// In the place of null, since arrays are bound without nulls: no name or key is called so, no time
/// and no limit is zero, and nothing has the nil id.
const NO_TEXT: &str = "\u{1}";

impl Kind {
    /// Type of an array of such, and how null is written in it.
    const fn in_postgres(self) -> (&'static str, &'static str) {
        match self {
            Self::Uuid => ("uuid[]", "'00000000-0000-0000-0000-000000000000'::uuid"),
            Self::Text => ("text[]", "chr(1)"),
            Self::Int => ("integer[]", "0"),
            Self::BigInt => ("bigint[]", "0"),
        }
    }

    fn array(self, cells: impl Iterator<Item = Value>) -> Value {
        match self {
            Self::Uuid => filled(cells, &Uuid::nil()).into(),
            Self::Text => filled(cells, &NO_TEXT.to_owned()).into(),
            Self::Int => filled(cells, &0_i32).into(),
            Self::BigInt => filled(cells, &0_i64).into(),
        }
    }
}

fn filled<T: Clone>(cells: impl Iterator<Item = Value>, null: &T) -> Vec<T>
where
    Option<T>: ValueType,
{
    let filled = cells.map(|cell| <Option<T> as ValueType>::try_from(cell).ok().flatten());
    filled.map(|cell| cell.unwrap_or_else(|| null.clone())).collect()
}

impl Column {
    /// Its name.
    pub const fn name(self) -> &'static str {
        self.name
    }

    fn taken(self) -> String {
        let Self { name, kind, nullable } = self;
        if nullable {
            format!("NULLIF(u.{name}, {}) AS {name}", kind.in_postgres().1)
        } else {
            format!("u.{name}")
        }
    }
}

/// How a statement begins that writes such rows.
pub fn into<const N: usize>(table: &str, columns: &[Column; N]) -> String {
    format!("INSERT INTO {table} ({})", columns.map(Column::name).join(", "))
}

/// Binds the rows, each with a cell for each column, and gives the statement that writes them.
pub fn insert<const N: usize>(
    backend: Backend,
    work: &mut AtOnce,
    table: &str,
    columns: &[Column; N],
    rows: Vec<[Value; N]>,
) -> String {
    let rows = match backend {
        Backend::Postgres => arrays(work, columns, rows),
        Backend::Sqlite => places(work, rows),
    };
    format!("{} {rows}", into(table, columns))
}

/// Binds the rows as arrays, and gives the query of PostgreSQL that has them with the columns' names.
pub fn arrays<const N: usize>(
    work: &mut AtOnce,
    columns: &[Column; N],
    rows: impl IntoIterator<Item = [Value; N]>,
) -> String {
    let mut cells = [const { Vec::new() }; N];
    for row in rows {
        for (column, cell) in cells.iter_mut().zip(row) {
            column.push(cell);
        }
    }
    let arrays = columns.iter().zip(cells).map(|(column, cells)| {
        let place = work.bind(column.kind.array(cells.into_iter()));
        format!("{place}::{}", column.kind.in_postgres().0)
    });
    let arrays: Vec<_> = arrays.collect();
    let (taken, names) = (columns.map(Column::taken), columns.map(Column::name));
    let (taken, arrays, names) = (taken.join(", "), arrays.join(", "), names.join(", "));
    format!("SELECT {taken} FROM unnest({arrays}) AS u({names})")
}

/// SQLite looks names of parameters up one by one, so they go by their place; each is used once, in
/// the order of the text.
fn places<const N: usize>(work: &mut AtOnce, rows: Vec<[Value; N]>) -> String {
    let row = format!("({})", ["?"; N].join(", "));
    let text = vec![row; rows.len()].join(", ");
    work.values.extend(rows.into_iter().flatten());
    format!("VALUES {text}")
}
