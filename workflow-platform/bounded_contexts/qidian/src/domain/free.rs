//! Books that cost nothing for a while: `/free` of either site.

use serde_json::Value;
use shared_kernel::domain::{PageError, SitePage};

use super::{desktop_rows, opened::Opened, record::FreeBook, row::book};

/// Reads the books that are free now.
pub fn parse_free(page: &SitePage<'_>) -> Result<Vec<FreeBook>, PageError> {
    let opened = Opened::new(page)?;
    opened.read(from_data, || from_markup(&opened))
}

fn from_data(data: &Value) -> Result<Vec<FreeBook>, PageError> {
    let rows = data
        .get("curFree")
        .and_then(Value::as_array)
        .ok_or_else(|| PageError::drift("pageData.curFree"))?;
    let books: Vec<FreeBook> = rows
        .iter()
        .filter_map(|row| Some(FreeBook { book: book(row)?, score: score(row) }))
        .collect();
    if books.is_empty() && !rows.is_empty() {
        return Err(PageError::drift("pageData.curFree[].bid"));
    }
    Ok(books)
}

/// -1 means that nobody gave one.
fn score(row: &Value) -> Option<f64> {
    let score = match row.get("score")? {
        Value::Number(score) => score.as_f64(),
        Value::String(score) => score.trim().parse().ok(),
        _ => None,
    };
    score.filter(|score| (0.0..=10.0).contains(score))
}

fn from_markup(opened: &Opened) -> Result<Vec<FreeBook>, PageError> {
    let books: Vec<FreeBook> = desktop_rows::read(opened)
        .into_iter()
        .flatten()
        .map(|book| FreeBook { book, score: None })
        .collect();
    if books.is_empty() {
        return Err(PageError::drift(format!("pageContext and {}", desktop_rows::ROW)));
    }
    Ok(books)
}
