//! JSON Lines.

use super::encode::{Encoder, ExportError};
use crate::application::dataset::RecordRow;

/// One object a line.
#[derive(Debug)]
pub struct JsonLines;

impl Encoder for JsonLines {
    fn rows(&mut self, rows: &[RecordRow]) -> Result<Vec<u8>, ExportError> {
        let mut bytes = Vec::new();
        for row in rows {
            serde_json::to_writer(&mut bytes, &row.data).map_err(std::io::Error::from)?;
            bytes.push(b'\n');
        }
        Ok(bytes)
    }

    fn end(self: Box<Self>) -> Result<Vec<u8>, ExportError> {
        Ok(Vec::new())
    }
}
