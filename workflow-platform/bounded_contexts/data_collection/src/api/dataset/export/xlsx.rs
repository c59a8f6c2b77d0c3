//! Excel (ECMA-376): sheets of cells that hold their texts themselves, so that nothing has to be
//! remembered from one record to the next.

use serde_json::Value;

use super::{
    encode::{Encoder, ExportError, Field, shown},
    zip::Zip,
};
use crate::application::dataset::RecordRow;

/// Rows of a sheet, its head included.
const MOST_ROWS: u32 = 1_048_576;
/// Bytes of a sheet before compression, which four bytes must be able to say.
const MOST_BYTES: u64 = 3 << 30;
/// Characters of a cell, in UTF-16.
const MOST_CHARACTERS: usize = 32_767;
/// Integers that a spreadsheet, whose numbers are doubles, shows exactly.
const EXACT: u64 = 1 << 53;

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
const XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

/// A workbook under way.
pub struct Xlsx {
    fields: Vec<Field>,
    labels: bool,
    zip: Zip,
    sheets: u32,
    /// Of the open sheet.
    rows: u32,
}

impl Xlsx {
    pub fn new(fields: Vec<Field>, labels: bool) -> Self {
        Self { fields, labels, zip: Zip::new(), sheets: 0, rows: 0 }
    }

    fn begin_sheet(&mut self) -> Result<(), ExportError> {
        self.end_sheet()?;
        self.sheets += 1;
        self.zip.begin(&format!("xl/worksheets/sheet{}.xml", self.sheets))?;
        let mut xml = format!(
            "{XML}<worksheet xmlns=\"{MAIN}\"><sheetViews><sheetView workbookViewId=\"0\">\
             <pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/>\
             </sheetView></sheetViews><sheetData><row>"
        );
        for field in &self.fields {
            text_cell(&mut xml, field.head(self.labels));
        }
        xml.push_str("</row>");
        self.rows = 1;
        self.zip.write(xml.as_bytes())
    }

    fn end_sheet(&mut self) -> Result<(), ExportError> {
        if self.rows > 0 {
            self.zip.write(b"</sheetData></worksheet>")?;
        }
        self.zip.end()
    }

    fn row(&mut self, row: &RecordRow) -> Result<(), ExportError> {
        if self.rows == 0 || self.rows >= MOST_ROWS || self.zip.size() > MOST_BYTES {
            self.begin_sheet()?;
        }
        let mut xml = String::from("<row>");
        for field in &self.fields {
            cell(&mut xml, row.data.get(&field.name));
        }
        xml.push_str("</row>");
        self.rows += 1;
        self.zip.write(xml.as_bytes())
    }

    fn write_rest(&mut self) -> Result<(), ExportError> {
        let numbers = 1..=self.sheets;
        let of = |make: fn(u32) -> String| numbers.clone().map(make).collect::<String>();
        let overrides = of(|sheet| {
            format!(
                "<Override PartName=\"/xl/worksheets/sheet{sheet}.xml\" ContentType=\"application/\
                 vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/>"
            )
        });
        let sheets = of(|sheet| {
            format!("<sheet name=\"records {sheet}\" sheetId=\"{sheet}\" r:id=\"rId{sheet}\"/>")
        });
        let links = of(|sheet| {
            format!(
                "<Relationship Id=\"rId{sheet}\" Type=\"{RELATIONS}/worksheet\" \
                 Target=\"worksheets/sheet{sheet}.xml\"/>"
            )
        });
        let types = format!(
            "{XML}<Types xmlns=\"{PACKAGE}/content-types\">\
             <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
             <Default Extension=\"xml\" ContentType=\"application/xml\"/>\
             <Override PartName=\"/xl/workbook.xml\" ContentType=\"application/\
             vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/>{overrides}</Types>"
        );
        let root = format!(
            "{XML}<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"rId1\" \
             Type=\"{RELATIONS}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
        );
        let book = format!(
            "{XML}<workbook xmlns=\"{MAIN}\" xmlns:r=\"{RELATIONS}\"><sheets>{sheets}</sheets></workbook>"
        );
        let links = format!(
            "{XML}<Relationships xmlns=\"{PACKAGE}/relationships\">{links}</Relationships>"
        );
        self.zip.part("xl/workbook.xml", book.as_bytes())?;
        self.zip.part("xl/_rels/workbook.xml.rels", links.as_bytes())?;
        self.zip.part("_rels/.rels", root.as_bytes())?;
        self.zip.part("[Content_Types].xml", types.as_bytes())?;
        self.zip.finish()
    }
}

fn cell(xml: &mut String, value: Option<&Value>) {
    match value {
        Some(Value::Bool(value)) => {
            xml.push_str(&format!("<c t=\"b\"><v>{}</v></c>", u8::from(*value)));
        }
        Some(Value::Number(number)) if is_exact(number) => {
            xml.push_str(&format!("<c><v>{number}</v></c>"));
        }
        value => match shown(value) {
            Some(text) => text_cell(xml, &text),
            None => xml.push_str("<c/>"),
        },
    }
}

fn is_exact(number: &serde_json::Number) -> bool {
    let whole = number.as_i64().map(i64::unsigned_abs).or_else(|| number.as_u64());
    whole.is_none_or(|whole| whole <= EXACT)
}

/// Texts are marked as such, so none is ever taken for a formula.
fn text_cell(xml: &mut String, text: &str) {
    xml.push_str("<c t=\"inlineStr\"><is><t xml:space=\"preserve\">");
    let (mut room, mut rest) = (MOST_CHARACTERS, text);
    while let Some(c) = rest.chars().next() {
        if c.len_utf16() > room {
            break;
        }
        room -= c.len_utf16();
        character(xml, c, rest);
        rest = &rest[c.len_utf8()..];
    }
    xml.push_str("</t></is></c>");
}

/// What XML cannot hold is written as `_xHHHH_`, and what looks like that is kept from being read
/// so (ECMA-376 part 1, 22.4.2.4).
fn character(xml: &mut String, c: char, rest: &str) {
    match c {
        '&' => xml.push_str("&amp;"),
        '<' => xml.push_str("&lt;"),
        '>' => xml.push_str("&gt;"),
        '_' if is_escape(rest) => xml.push_str("_x005F_"),
        '\t' | '\n' => xml.push(c),
        '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {
            xml.push_str(&format!("_x{:04X}_", u32::from(c)));
        }
        c => xml.push(c),
    }
}

fn is_escape(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 7
        && bytes[1] == b'x'
        && bytes[2..6].iter().all(u8::is_ascii_hexdigit)
        && bytes[6] == b'_'
}

impl Encoder for Xlsx {
    fn rows(&mut self, rows: &[RecordRow]) -> Result<Vec<u8>, ExportError> {
        for row in rows {
            self.row(row)?;
        }
        Ok(self.zip.take())
    }

    fn end(mut self: Box<Self>) -> Result<Vec<u8>, ExportError> {
        if self.sheets == 0 {
            self.begin_sheet()?;
        }
        self.end_sheet()?;
        self.write_rest()?;
        Ok(self.zip.take())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn xml(value: &Value) -> String {
        let mut xml = String::new();
        cell(&mut xml, Some(value));
        xml
    }

    #[test]
    fn cells_keep_their_kind() {
        assert_eq!(xml(&json!(1.5)), "<c><v>1.5</v></c>");
        assert_eq!(xml(&json!(true)), "<c t=\"b\"><v>1</v></c>");
        assert_eq!(xml(&json!(null)), "<c/>");
        assert!(xml(&json!(9_007_199_254_740_993_u64)).contains(">9007199254740993<"));
        assert!(xml(&json!(9_007_199_254_740_993_u64)).contains("inlineStr"));
        assert!(xml(&json!("=1+1")).contains("inlineStr"));
        assert!(xml(&json!("<\u{1}_x0041_&")).contains(">&lt;_x0001__x005F_x0041_&amp;<"));
    }

    #[test]
    fn a_text_is_cut_where_a_cell_ends() {
        let cut = xml(&json!("𠮷".repeat(20_000)));
        assert_eq!(cut.chars().filter(|c| *c == '𠮷').count(), 16_383);
    }
}
