//! A ZIP archive written from front to back (PKWARE APPNOTE 6.3): sizes and checksums of a part
//! follow it, so nothing has to be known before.

use std::io::Write as _;

use flate2::{Compression, Crc, write::DeflateEncoder};

use super::encode::ExportError;

/// Sizes follow the data; names are UTF-8.
const FLAGS: u16 = 0x0808;
const DEFLATED: u16 = 8;
const VERSION: u16 = 20;
/// 1 January 1980: the same records make the same file.
const DATE: u16 = 0x0021;

struct Part {
    name: String,
    at: u32,
    crc: u32,
    packed: u32,
    size: u32,
}

/// The archive so far.
pub struct Zip {
    written: u64,
    parts: Vec<Part>,
    out: Vec<u8>,
    open: Option<Open>,
}

struct Open {
    name: String,
    at: u32,
    crc: Crc,
    deflate: DeflateEncoder<Vec<u8>>,
    packed: u64,
    size: u64,
}

fn short(value: u64) -> Result<u32, ExportError> {
    u32::try_from(value).map_err(|_| ExportError::TooLarge)
}

fn length(text: &str) -> u16 {
    u16::try_from(text.len()).unwrap_or(u16::MAX)
}

impl Zip {
    pub const fn new() -> Self {
        Self { written: 0, parts: Vec::new(), out: Vec::new(), open: None }
    }

    fn put(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
        self.written += bytes.len() as u64;
    }

    fn put_all(&mut self, fields: &[&[u8]]) {
        for field in fields {
            self.put(field);
        }
    }

    /// Begins a part.
    pub fn begin(&mut self, name: &str) -> Result<(), ExportError> {
        let at = short(self.written)?;
        self.put_all(&[
            &0x0403_4b50_u32.to_le_bytes(),
            &VERSION.to_le_bytes(),
            &FLAGS.to_le_bytes(),
            &DEFLATED.to_le_bytes(),
            &[0; 2],
            &DATE.to_le_bytes(),
            &[0; 12],
            &length(name).to_le_bytes(),
            &[0; 2],
            name.as_bytes(),
        ]);
        let deflate = DeflateEncoder::new(Vec::new(), Compression::fast());
        let name = name.to_owned();
        self.open = Some(Open { name, at, crc: Crc::new(), deflate, packed: 0, size: 0 });
        Ok(())
    }

    /// Adds to the part that is open.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), ExportError> {
        let Some(open) = &mut self.open else { return Ok(()) };
        open.crc.update(bytes);
        open.size += bytes.len() as u64;
        open.deflate.write_all(bytes)?;
        let packed = std::mem::take(open.deflate.get_mut());
        open.packed += packed.len() as u64;
        self.put(&packed);
        Ok(())
    }

    /// Bytes of the open part before compression.
    pub fn size(&self) -> u64 {
        self.open.as_ref().map_or(0, |open| open.size)
    }

    /// Ends the part that is open.
    pub fn end(&mut self) -> Result<(), ExportError> {
        let Some(open) = self.open.take() else { return Ok(()) };
        let crc = open.crc.sum();
        let rest = open.deflate.finish()?;
        let packed = short(open.packed + rest.len() as u64)?;
        let size = short(open.size)?;
        self.put_all(&[
            &rest,
            &0x0807_4b50_u32.to_le_bytes(),
            &crc.to_le_bytes(),
            &packed.to_le_bytes(),
            &size.to_le_bytes(),
        ]);
        self.parts.push(Part { name: open.name, at: open.at, crc, packed, size });
        Ok(())
    }

    /// A whole part.
    pub fn part(&mut self, name: &str, bytes: &[u8]) -> Result<(), ExportError> {
        self.begin(name)?;
        self.write(bytes)?;
        self.end()
    }

    /// What was written since it was last taken.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }

    /// The directory, with which the archive ends.
    pub fn finish(&mut self) -> Result<(), ExportError> {
        let begin = short(self.written)?;
        let count = u16::try_from(self.parts.len()).map_err(|_| ExportError::TooLarge)?;
        for part in std::mem::take(&mut self.parts) {
            self.put_all(&[
                &0x0201_4b50_u32.to_le_bytes(),
                &VERSION.to_le_bytes(),
                &VERSION.to_le_bytes(),
                &FLAGS.to_le_bytes(),
                &DEFLATED.to_le_bytes(),
                &[0; 2],
                &DATE.to_le_bytes(),
                &part.crc.to_le_bytes(),
                &part.packed.to_le_bytes(),
                &part.size.to_le_bytes(),
                &length(&part.name).to_le_bytes(),
                &[0; 12],
                &part.at.to_le_bytes(),
                part.name.as_bytes(),
            ]);
        }
        let size = short(self.written)? - begin;
        self.put_all(&[
            &0x0605_4b50_u32.to_le_bytes(),
            &[0; 4],
            &count.to_le_bytes(),
            &count.to_le_bytes(),
            &size.to_le_bytes(),
            &begin.to_le_bytes(),
            &[0; 2],
        ]);
        Ok(())
    }
}
