//! The central directory (PKWARE APPNOTE 6.3, sections 4.3.7, 4.3.12 and 4.3.16).

use super::ArchiveError;
use crate::domain::page_text;

const END: [u8; 4] = *b"PK\x05\x06";
const ENTRY: [u8; 4] = *b"PK\x01\x02";
const LOCAL: [u8; 4] = *b"PK\x03\x04";
const END_LENGTH: usize = 22;
const ENTRY_LENGTH: usize = 46;
const LOCAL_LENGTH: usize = 30;
/// The comment behind the end is at most as long.
const LONGEST_COMMENT: usize = 65_535;
/// Names are cut there when shown.
const LONGEST_NAME: usize = 200;

/// What the directory says of an entry.
#[derive(Debug, Clone)]
pub(super) struct Listed {
    /// Fit to be shown.
    pub name: String,
    /// Whether the name stays within the archive.
    pub safe_name: bool,
    pub encrypted: bool,
    pub method: u16,
    pub checksum: u32,
    packed: usize,
    /// Where the entry's own head begins.
    at: usize,
}

pub(super) fn list(bytes: &[u8], most: usize) -> Result<Vec<Listed>, ArchiveError> {
    let end = end_of(bytes).ok_or(ArchiveError::NotZip)?;
    let head = &bytes[end..];
    let half = |at| u16_at(head, at).map(usize::from).ok_or(ArchiveError::Damaged);
    let word = |at| usize_at(head, at).ok_or(ArchiveError::Damaged);
    let (count, length, start) = (half(10)?, word(12)?, word(16)?);
    if half(4)? != 0 || count == 0xFFFF || start == 0xFFFF_FFFF {
        return Err(ArchiveError::Unsupported);
    }
    if count > most {
        return Err(ArchiveError::TooMany(most));
    }
    // programs put things before archives; offsets do not count them
    let begins = end.checked_sub(length).ok_or(ArchiveError::Damaged)?;
    let shift = begins.checked_sub(start).ok_or(ArchiveError::Damaged)?;
    let mut entries = Vec::with_capacity(count);
    let mut at = begins;
    for _ in 0..count {
        let (entry, next) = entry(bytes, at, shift).ok_or(ArchiveError::Damaged)?;
        entries.push(entry);
        at = next;
    }
    Ok(entries)
}

fn end_of(bytes: &[u8]) -> Option<usize> {
    let last = bytes.len().checked_sub(END_LENGTH)?;
    let first = last.saturating_sub(LONGEST_COMMENT);
    (first..=last).rev().find(|at| bytes[*at..].starts_with(&END))
}

fn entry(bytes: &[u8], at: usize, shift: usize) -> Option<(Listed, usize)> {
    let head =
        bytes.get(at..at.checked_add(ENTRY_LENGTH)?).filter(|head| head.starts_with(&ENTRY))?;
    let part = |place| u16_at(head, place).map(usize::from);
    let (name_length, extra, comment) = (part(28)?, part(30)?, part(32)?);
    let name_at = at + ENTRY_LENGTH;
    let raw = bytes.get(name_at..name_at.checked_add(name_length)?)?;
    let (name, safe_name) = shown(raw);
    let listed = Listed {
        name,
        safe_name,
        encrypted: u16_at(head, 8)? & 0x41 != 0,
        method: u16_at(head, 10)?,
        checksum: u32_at(head, 16)?,
        packed: usize_at(head, 20)?,
        at: usize_at(head, 42)?.checked_add(shift)?,
    };
    Some((listed, name_at + name_length + extra + comment))
}

/// The packed bytes of an entry.
pub(super) fn data_of<'a>(bytes: &'a [u8], entry: &Listed) -> Option<&'a [u8]> {
    let head = bytes.get(entry.at..entry.at.checked_add(LOCAL_LENGTH)?)?;
    let head = Some(head).filter(|head| head.starts_with(&LOCAL))?;
    let lengths = usize::from(u16_at(head, 26)?) + usize::from(u16_at(head, 28)?);
    let start = entry.at + LOCAL_LENGTH + lengths;
    bytes.get(start..start.checked_add(entry.packed)?)
}

/// Old archives of Chinese systems have names in GBK.
fn shown(raw: &[u8]) -> (String, bool) {
    let name = page_text::decode(raw).replace('\\', "/");
    let drive = name.as_bytes().get(1) == Some(&b':');
    let leaves = name.starts_with('/') || drive || name.split('/').any(|part| part == "..");
    let controls = name.chars().any(char::is_control);
    let tidy = name.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c });
    (tidy.take(LONGEST_NAME).collect(), !leaves && !controls && !name.is_empty())
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn usize_at(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32_at(bytes, at)?).ok()
}
