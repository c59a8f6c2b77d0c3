use std::io::Write as _;

use flate2::{Compression, write::DeflateEncoder};
use proptest::prelude::*;

use super::*;

const LIMITS: ArchiveLimits = ArchiveLimits { entries: 100, entry_bytes: 10_000 };

struct Made<'a> {
    name: &'a [u8],
    content: &'a [u8],
    method: u16,
    flags: u16,
}

fn deflated<'a>(name: &'a str, content: &'a [u8]) -> Made<'a> {
    Made { name: name.as_bytes(), content, method: 8, flags: 0x0800 }
}

fn archive(entries: &[Made<'_>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut directory = Vec::new();
    for made in entries {
        let packed = if made.method == 8 {
            let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(made.content).unwrap();
            encoder.finish().unwrap()
        } else {
            made.content.to_vec()
        };
        let at = u32::try_from(bytes.len()).unwrap();
        let sizes: Vec<u8> = [
            checksum(made.content),
            u32::try_from(packed.len()).unwrap(),
            u32::try_from(made.content.len()).unwrap(),
        ]
        .iter()
        .flat_map(|word| word.to_le_bytes())
        .collect();
        let name_length = u16::try_from(made.name.len()).unwrap();
        let common: Vec<u8> = [20, made.flags, made.method, 0, 0]
            .iter()
            .flat_map(|half: &u16| half.to_le_bytes())
            .collect();
        bytes.extend(b"PK\x03\x04");
        bytes.extend(
            [common.as_slice(), &sizes, &name_length.to_le_bytes(), &[0; 2], made.name, &packed]
                .concat(),
        );
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(
            [
                common.as_slice(),
                &sizes,
                &name_length.to_le_bytes(),
                &[0; 12],
                &at.to_le_bytes(),
                made.name,
            ]
            .concat(),
        );
    }
    let count = u16::try_from(entries.len()).unwrap().to_le_bytes();
    let start = u32::try_from(bytes.len()).unwrap().to_le_bytes();
    let length = u32::try_from(directory.len()).unwrap().to_le_bytes();
    bytes.extend(directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([count.as_slice(), &count, &length, &start, &[0; 2]].concat());
    bytes
}

fn open(entries: &[Made<'_>]) -> Archive {
    Archive::open(archive(entries).into(), LIMITS).unwrap()
}

fn read(archive: &Archive, index: usize) -> Result<Vec<u8>, EntryError> {
    archive.read(index, &mut 1_000_000)
}

#[test]
fn stored_and_deflated_entries_are_read() {
    let stored = Made { method: 0, ..deflated("b.json", b"{}") };
    let archive = open(&[deflated("笔记/a.html", b"<p>a</p>"), stored, deflated("dir/", b"")]);
    assert_eq!(
        (archive.len(), archive.name(0), archive.is_folder(2)),
        (3, Some("笔记/a.html"), true)
    );
    assert_eq!(read(&archive, 0).unwrap(), b"<p>a</p>");
    assert_eq!(read(&archive, 1).unwrap(), b"{}");
    let prefixed = [b"#!/bin/sh\n".as_slice(), &self::archive(&[deflated("a", b"x")])].concat();
    assert_eq!(read(&Archive::open(prefixed.into(), LIMITS).unwrap(), 0).unwrap(), b"x");
}

#[test]
fn names_in_gbk_are_shown_and_names_that_lead_outside_refused() {
    let gbk = Made { flags: 0, name: &[0xB1, 0xCA, 0xBC, 0xC7], ..deflated("", b"x") };
    let outside = ["../a", "a/../../b", "/etc/passwd", "C:\\a", "a\\..\\..\\b", "a\0b", ""];
    let mut entries: Vec<_> = outside.iter().map(|name| deflated(name, b"x")).collect();
    entries.push(gbk);
    let archive = open(&entries);
    for (index, name) in outside.iter().enumerate() {
        assert_eq!(read(&archive, index), Err(EntryError::UnsafeName), "{name:?}");
    }
    assert_eq!(archive.name(outside.len()), Some("笔记"));
    assert!(read(&archive, outside.len()).is_ok());
}

#[test]
fn bombs_end_at_their_bounds() {
    let zeros = vec![0; 10_001];
    let archive = open(&[
        deflated("a", &zeros),
        deflated("b", &zeros[..9_000]),
        deflated("c", &zeros[..9_000]),
    ]);
    assert_eq!(read(&archive, 0), Err(EntryError::TooLarge(10_000)));
    let mut budget = 10_000;
    assert!(archive.read(1, &mut budget).is_ok());
    assert_eq!(archive.read(2, &mut budget), Err(EntryError::Budget));
    assert_eq!(budget, 0);
}

#[test]
fn what_cannot_be_read_says_why() {
    let inner = self::archive(&[deflated("x", b"x")]);
    let archive = open(&[
        Made { flags: 1, ..deflated("secret", b"x") },
        Made { method: 14, ..deflated("lzma", b"x") },
        deflated("inner.zip", &inner),
    ]);
    assert_eq!(read(&archive, 0), Err(EntryError::Encrypted));
    assert_eq!(read(&archive, 1), Err(EntryError::Method(14)));
    assert_eq!(read(&archive, 2), Err(EntryError::Nested));
    let many: Vec<_> = (0..101).map(|_| deflated("a", b"")).collect();
    let error = Archive::open(self::archive(&many).into(), LIMITS).unwrap_err();
    assert_eq!(error, ArchiveError::TooMany(100));
    assert_eq!(
        Archive::open(Bytes::from_static(b"<html>"), LIMITS).unwrap_err(),
        ArchiveError::NotZip
    );
}

#[test]
fn a_changed_byte_is_noticed() {
    let mut bytes = archive(&[Made { method: 0, ..deflated("a", b"page") }]);
    let at = bytes.windows(4).position(|window| window == b"page").unwrap();
    bytes[at] = b'P';
    let archive = Archive::open(bytes.into(), LIMITS).unwrap();
    assert_eq!(read(&archive, 0), Err(EntryError::Damaged));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes: Vec<u8>) {
        let _ = Archive::open(bytes.into(), LIMITS);
    }

    #[test]
    fn harmed_archives_are_read_or_refused(at in any::<prop::sample::Index>(), byte: u8, cut in any::<prop::sample::Index>()) {
        let mut bytes = archive(&[deflated("a.html", b"<p>a</p>"), deflated("b.html", &[7; 500])]);
        let index = at.index(bytes.len());
        bytes[index] = byte;
        for bytes in [bytes[..cut.index(bytes.len())].to_vec(), bytes] {
            let Ok(archive) = Archive::open(bytes.into(), LIMITS) else { continue };
            for index in 0..archive.len() {
                let read = read(&archive, index);
                prop_assert!(read.is_err() || read.unwrap().len() <= LIMITS.entry_bytes);
            }
        }
    }
}
