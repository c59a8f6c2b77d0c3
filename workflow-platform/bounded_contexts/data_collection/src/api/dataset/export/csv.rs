//! CSV (RFC 4180).

use csv::{Terminator, WriterBuilder};
use serde_json::Value;

use super::encode::{Encoder, ExportError, Field, shown};
use crate::{application::dataset::RecordRow, domain::dataset::is_formula};

/// Names first, then a line a record.
#[derive(Debug)]
pub struct Csv {
    fields: Vec<Field>,
    /// What is to be written before anything else.
    head: Vec<u8>,
}

impl Csv {
    pub fn new(fields: Vec<Field>, labels: bool, bom: bool) -> Self {
        let mut head = if bom { "\u{feff}".as_bytes().to_vec() } else { Vec::new() };
        let names = fields.iter().map(|field| harmless(field.head(labels).to_owned())).collect();
        head.extend(lines(std::iter::once(names)));
        Self { fields, head }
    }
}

fn lines(lines: impl Iterator<Item = Vec<String>>) -> Vec<u8> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    for line in lines {
        // Writing into memory cannot fail, and all lines have the same length.
        let _ = writer.write_record(&line);
    }
    writer.into_inner().unwrap_or_default()
}

fn harmless(text: String) -> String {
    if is_formula(&text) { format!("'{text}") } else { text }
}

fn cell(value: Option<&Value>) -> String {
    let text = shown(value).unwrap_or_default();
    if matches!(value, Some(Value::String(_))) { harmless(text) } else { text }
}

impl Encoder for Csv {
    fn rows(&mut self, rows: &[RecordRow]) -> Result<Vec<u8>, ExportError> {
        let mut bytes = std::mem::take(&mut self.head);
        let line = |row: &RecordRow| {
            self.fields.iter().map(|field| cell(row.data.get(&field.name))).collect()
        };
        bytes.extend(lines(rows.iter().map(line)));
        Ok(bytes)
    }

    fn end(self: Box<Self>) -> Result<Vec<u8>, ExportError> {
        Ok(self.head)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::dataset::ColumnType;

    #[test]
    fn a_formula_is_made_harmless_and_numbers_stay() {
        for formula in ["=HYPERLINK(1)", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", "＝1"] {
            assert_eq!(cell(Some(&json!(formula))), format!("'{formula}"));
        }
        assert_eq!(cell(Some(&json!(-5))), "-5");
        assert_eq!(cell(Some(&json!(["a"]))), "[\"a\"]");
        assert_eq!(cell(None), "");
    }

    #[test]
    fn names_are_made_harmless_too() {
        let field = Field { name: "=1+1".to_owned(), label: None, kind: ColumnType::String };
        assert_eq!(Csv::new(vec![field], true, false).head, b"'=1+1\r\n");
    }

    #[test]
    fn quotes_and_line_ends_are_kept() {
        let lines = lines([vec!["a\"b".to_owned(), "c\nd,e".to_owned()]].into_iter());
        assert_eq!(lines, b"\"a\"\"b\",\"c\nd,e\"\r\n");
    }
}
