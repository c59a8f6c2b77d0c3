//! Records from the text of a file, line by line.

use std::io::{BufRead, Read};

use serde::Deserialize;
use serde_json::{Map, Number, Value};

use super::import::BadLine;
use crate::domain::dataset::{Column, ColumnType, Columns, LARGEST_RECORD, is_formula};

/// Columns of a file.
const MOST_COLUMNS: usize = 1000;

/// What a file is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum FileFormat {
    /// RFC 4180 with a line of names first, in UTF-8 with or without a byte order mark.
    Csv,
    /// One JSON object a line.
    Jsonl,
}

/// What becomes of the cells of a CSV file, which are all text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum CellTypes {
    /// What the column is known to be; where it is not known, plain numbers and booleans are read
    /// as such. `007` stays a text. An empty cell is null.
    #[default]
    Auto,
    /// Everything stays a text.
    Text,
}

/// A line with its number: a record, or why it is none.
pub(super) type Line = Result<(u64, Value), BadLine>;

/// The lines of a file; the last one may be what ended the reading.
pub(super) fn lines(
    format: FileFormat,
    types: CellTypes,
    columns: Columns,
    reader: impl Read + 'static,
) -> Box<dyn Iterator<Item = std::io::Result<Line>>> {
    match format {
        FileFormat::Jsonl => Box::new(jsonl(std::io::BufReader::new(reader))),
        FileFormat::Csv => csv(types, columns, reader),
    }
}

fn bad(line: u64, message: impl Into<String>) -> BadLine {
    BadLine { line, message: message.into() }
}

fn jsonl(mut reader: impl BufRead) -> impl Iterator<Item = std::io::Result<Line>> {
    let mut number = 0;
    let mut too_long = false;
    std::iter::from_fn(move || {
        loop {
            let mut bytes = Vec::new();
            let most = LARGEST_RECORD as u64 + 2;
            match reader.by_ref().take(most).read_until(b'\n', &mut bytes) {
                Ok(0) => return None,
                Ok(_) => {}
                Err(error) => return Some(Err(error)),
            }
            let ended = bytes.ends_with(b"\n");
            if std::mem::replace(&mut too_long, !ended && bytes.len() as u64 == most) {
                continue;
            }
            number += 1;
            if too_long {
                return Some(Ok(Err(bad(
                    number,
                    format!("is longer than {LARGEST_RECORD} bytes"),
                ))));
            }
            let text = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes).trim_ascii();
            if !text.is_empty() {
                return Some(Ok(object(number, text)));
            }
        }
    })
}

fn object(line: u64, text: &[u8]) -> Line {
    match serde_json::from_slice::<Value>(text) {
        Ok(value @ Value::Object(_)) => Ok((line, value)),
        Ok(_) => Err(bad(line, "must be an object")),
        Err(error) => Err(bad(line, format!("is not JSON at column {}", error.column()))),
    }
}

fn csv(
    types: CellTypes,
    columns: Columns,
    reader: impl Read + 'static,
) -> Box<dyn Iterator<Item = std::io::Result<Line>>> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(reader);
    let names = match reader.byte_headers() {
        Ok(names) => header(names),
        Err(error) => Err(Stop::of(error)),
    };
    let names = match names {
        Ok(names) => names,
        Err(stop) => return Box::new(std::iter::once(stop.line(1))),
    };
    let rows = reader.into_byte_records().map(move |row| match row {
        Ok(row) => Ok(record(types, &columns, &names, &row)),
        Err(error) => Stop::of(error).line(0),
    });
    Box::new(rows)
}

/// Why the reading of a CSV file cannot go on.
enum Stop {
    Io(std::io::Error),
    Text(String),
}

impl Stop {
    fn of(error: csv::Error) -> Self {
        let text = error.to_string();
        match error.into_kind() {
            csv::ErrorKind::Io(error) => Self::Io(error),
            _ => Self::Text(text),
        }
    }

    fn line(self, line: u64) -> std::io::Result<Line> {
        match self {
            Self::Io(error) => Err(error),
            Self::Text(text) => Ok(Err(bad(line, text))),
        }
    }
}

fn header(names: &csv::ByteRecord) -> Result<Vec<String>, Stop> {
    let mut seen = std::collections::HashSet::new();
    if names.len() > MOST_COLUMNS {
        return Err(Stop::Text(format!("there are more than {MOST_COLUMNS} columns")));
    }
    let mut kept = Vec::with_capacity(names.len());
    for (place, name) in names.iter().enumerate() {
        let name =
            if place == 0 { name.strip_prefix(b"\xef\xbb\xbf").unwrap_or(name) } else { name };
        let name = std::str::from_utf8(name)
            .map_err(|_| Stop::Text("the names of columns are not UTF-8".to_owned()))?;
        if name.is_empty() || !seen.insert(name.to_owned()) {
            return Err(Stop::Text(format!("column {} has no name of its own", place + 1)));
        }
        kept.push(name.to_owned());
    }
    Ok(kept)
}

fn record(types: CellTypes, columns: &Columns, names: &[String], row: &csv::ByteRecord) -> Line {
    let line = row.position().map_or(0, csv::Position::line);
    if row.len() != names.len() {
        return Err(bad(line, format!("has {} cells where {} are wanted", row.len(), names.len())));
    }
    let mut data = Map::new();
    for (name, cell) in names.iter().zip(row) {
        let text = std::str::from_utf8(cell)
            .map_err(|_| bad(line, format!("the cell of {name:?} is not UTF-8")))?;
        data.insert(name.clone(), value(types, columns.get(name), text));
    }
    Ok((line, Value::Object(data)))
}

/// The apostrophe that an export puts before formulas is taken away again.
fn plain(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if is_formula(rest) => rest,
        _ => text,
    }
}

fn value(types: CellTypes, column: Option<&Column>, text: &str) -> Value {
    if types == CellTypes::Text {
        return plain(text).into();
    }
    if text.is_empty() {
        return Value::Null;
    }
    let kind = column.map(|column| column.kind);
    let read = match kind {
        Some(ColumnType::String) => None,
        Some(ColumnType::Boolean) => boolean(text),
        Some(ColumnType::Integer | ColumnType::Number) => number(text),
        Some(ColumnType::Array | ColumnType::Object) => serde_json::from_str(text).ok(),
        Some(ColumnType::Null | ColumnType::Mixed) | None => boolean(text).or_else(|| number(text)),
    };
    read.unwrap_or_else(|| plain(text).into())
}

fn boolean(text: &str) -> Option<Value> {
    match text {
        "true" => Some(true.into()),
        "false" => Some(false.into()),
        _ => None,
    }
}

/// A number that is written as one, and comes out the same.
fn number(text: &str) -> Option<Value> {
    let number: Number = serde_json::from_str(text).ok()?;
    (number.to_string() == text).then_some(Value::Number(number))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(format: FileFormat, types: CellTypes, text: &str) -> Vec<Line> {
        let mut columns = Columns::default();
        columns.observe(json!({ "code": "x", "tags": [] }).as_object().unwrap());
        let bytes = std::io::Cursor::new(text.as_bytes().to_vec());
        lines(format, types, columns, bytes).map(Result::unwrap).collect()
    }

    #[test]
    fn cells_become_what_they_look_like() {
        let text =
            "\u{feff}id,code,price,ok,tags,note\r\n007,12,1.5,true,\"[1]\",'=1+1\n8,,x,no,a,\n";
        let found = read(FileFormat::Csv, CellTypes::Auto, text);
        let expected = [
            json!({ "id": "007", "code": "12", "price": 1.5, "ok": true, "tags": [1], "note": "=1+1" }),
            json!({ "id": 8, "code": null, "price": "x", "ok": "no", "tags": "a", "note": null }),
        ];
        let found: Vec<_> = found.into_iter().map(|line| line.unwrap().1).collect();
        assert_eq!(found, expected);
        let texts = read(FileFormat::Csv, CellTypes::Text, "id\n8\n");
        assert_eq!(texts[0].as_ref().unwrap().1, json!({ "id": "8" }));
    }

    #[test]
    fn bad_lines_are_named_and_the_others_go_on() {
        let long = "x".repeat(LARGEST_RECORD + 10);
        let text = format!("{{\"a\":1}}\n\n[1]\n{{\"a\":\n{{\"a\":\"{long}\"}}\n{{\"a\":2}}");
        let found = read(FileFormat::Jsonl, CellTypes::Auto, &text);
        let number = |line: &Line| line.as_ref().map(|(line, _)| *line).map_err(|bad| bad.line);
        let lines: Vec<_> = found.iter().map(number).collect();
        assert_eq!(lines, [Ok(1), Err(3), Err(4), Err(5), Ok(6)]);
        let found = read(FileFormat::Csv, CellTypes::Auto, "a,b\n1\n1,2\n");
        assert_eq!(found[0].as_ref().unwrap_err().line, 2);
        assert!(found[1].is_ok());
        for header in ["a,a\n1,2\n", ",b\n1,2\n"] {
            let found = read(FileFormat::Csv, CellTypes::Auto, header);
            assert_eq!((found.len(), found[0].as_ref().unwrap_err().line), (1, 1), "{header}");
        }
    }
}
