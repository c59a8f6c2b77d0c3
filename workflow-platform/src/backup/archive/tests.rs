use std::{collections::BTreeMap, io, io::Read};

use proptest::prelude::*;
use shared_kernel::domain::Timestamp;

use super::*;
use crate::backup::Census;

const KEY: &[u8] = b"a key of thirty-two bytes or more";
const SALT: [u8; 32] = [7; 32];

#[derive(Default)]
struct Seen(BTreeMap<String, Vec<u8>>);

impl Entries for Seen {
    type Error = ArchiveError;

    fn begin(&mut self, _: &Manifest) -> Result<(), ArchiveError> {
        Ok(())
    }

    fn entry(&mut self, name: &str, content: &mut dyn Read) -> Result<(), ArchiveError> {
        let mut bytes = Vec::new();
        // A taker with a full disk: whose fault it was shows all the same.
        content.read_to_end(&mut bytes).map_err(ArchiveError::Write)?;
        self.0.insert(name.to_owned(), bytes);
        Ok(())
    }
}

fn manifest() -> Manifest {
    Manifest {
        product: "1.0.0".into(),
        made_at: Timestamp::from_millis(1_764_126_705_000),
        database: Engine::Sqlite,
        census: Census {
            migrations: vec!["m1".into()],
            rows: BTreeMap::from([("users".into(), 3)]),
            ledger: Vec::new(),
        },
        blobs: true,
    }
}

fn archive(key: Option<&[u8]>, entries: &[(&str, &[u8])]) -> Vec<u8> {
    let key = key.map(|secret| (secret, SALT));
    let mut writer = ArchiveWriter::new(Vec::new(), key, &manifest()).unwrap();
    for (name, content) in entries {
        writer.append(name, content.len() as u64, *content).unwrap();
    }
    writer.finish().unwrap()
}

fn read(bytes: &[u8], key: Option<&[u8]>) -> Result<(Manifest, Seen), ArchiveError> {
    let mut seen = Seen::default();
    let manifest = ArchiveReader::open(bytes, key)?.read(&mut seen)?;
    Ok((manifest, seen))
}

/// Does not compress, so that chunks are crossed.
fn noise(length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    blake3::Hasher::new().finalize_xof().fill(&mut bytes);
    bytes
}

#[test]
fn what_was_written_is_read_with_and_without_a_key() {
    let long = noise(300_000);
    for key in [None, Some(KEY)] {
        let bytes = archive(key, &[("blobs/ab/cd", &long), ("database", b"rows"), ("empty", b"")]);
        let (found, seen) = read(&bytes, key).unwrap();
        assert_eq!(found, manifest());
        assert_eq!(seen.0["blobs/ab/cd"], long);
        assert_eq!((&seen.0["database"][..], seen.0["empty"].len()), (&b"rows"[..], 0));
    }
}

#[test]
fn a_wrong_key_and_a_missing_one_are_told_before_any_entry() {
    let bytes = archive(Some(KEY), &[("database", b"rows")]);
    assert!(matches!(read(&bytes, Some(b"another")), Err(ArchiveError::WrongKey)));
    assert!(matches!(read(&bytes, None), Err(ArchiveError::KeyMissing)));
}

#[test]
fn a_foreign_file_is_no_archive() {
    for bytes in [&b""[..], b"short", &[b'x'; 200]] {
        assert!(matches!(read(bytes, Some(KEY)), Err(ArchiveError::Foreign)));
    }
}

#[test]
fn an_archive_without_a_key_is_a_file_of_tar_and_zstd() {
    let bytes = archive(None, &[("database", b"rows")]);
    let mut tar = tar::Archive::new(zstd::Decoder::new(&bytes[..]).unwrap());
    let names: Vec<_> = tar
        .entries()
        .unwrap()
        .map(|entry| entry.unwrap().path().unwrap().display().to_string())
        .collect();
    assert_eq!(names, [MANIFEST, "database", "b3sums.txt"]);
}

struct FullDisk;

impl Entries for FullDisk {
    type Error = ArchiveError;

    fn begin(&mut self, _: &Manifest) -> Result<(), ArchiveError> {
        Ok(())
    }

    fn entry(&mut self, _: &str, _: &mut dyn Read) -> Result<(), ArchiveError> {
        Err(ArchiveError::Write(io::ErrorKind::StorageFull.into()))
    }
}

#[test]
fn a_fault_of_the_taker_is_not_laid_on_the_archive() {
    let bytes = archive(None, &[("database", b"rows")]);
    let read = ArchiveReader::open(&bytes[..], None).unwrap().read(&mut FullDisk);
    assert!(matches!(read, Err(ArchiveError::Write(_))));
}

#[test]
fn the_manifest_can_be_read_alone() {
    for key in [None, Some(KEY)] {
        let bytes = archive(key, &[("blob", &noise(300_000))]);
        let reader = ArchiveReader::open(&bytes[..150_000], key).unwrap();
        assert_eq!(reader.manifest().unwrap(), manifest());
    }
}

#[test]
fn names_that_leave_the_archive_are_refused() {
    for name in ["../x", "/x", "a//b", "a/./b", "", "a\nb"] {
        let mut writer = ArchiveWriter::new(Vec::new(), None, &manifest()).unwrap();
        assert!(matches!(writer.append(name, 0, io::empty()), Err(ArchiveError::Write(_))));
    }
}

#[test]
fn an_entry_that_ends_early_is_not_archived() {
    let mut writer = ArchiveWriter::new(Vec::new(), None, &manifest()).unwrap();
    assert!(matches!(writer.append("blob", 9, &b"short"[..]), Err(ArchiveError::Write(_))));
}

#[test]
fn sealed_chunks_cannot_change_places() {
    let mut bytes = archive(Some(KEY), &[("blob", &noise(300_000))]);
    let (header, chunk) = (66, 64 * 1024 + 16);
    let (first, second) = bytes[header..].split_at_mut(chunk);
    first.swap_with_slice(&mut second[..chunk]);
    assert!(read(&bytes, Some(KEY)).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_flipped_bit_is_refused(at in any::<prop::sample::Index>(), bit in 0..8u32, sealed: bool) {
        let key = sealed.then_some(KEY);
        let mut bytes = archive(key, &[("blob", &noise(70_000)), ("database", b"rows")]);
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        let error = read(&bytes, key).err();
        prop_assert!(error.is_some_and(|error| error.kind() == ErrorKind::Invalid));
    }

    #[test]
    fn a_cut_off_archive_is_refused(at in any::<prop::sample::Index>(), sealed: bool) {
        let key = sealed.then_some(KEY);
        let bytes = archive(key, &[("blob", &noise(70_000)), ("database", b"rows")]);
        let error = read(&bytes[..at.index(bytes.len())], key).err();
        prop_assert!(error.is_some_and(|error| error.kind() == ErrorKind::Invalid));
    }

    #[test]
    fn any_length_comes_back(length in 0..200_000usize) {
        let content = noise(length);
        let (_, seen) = read(&archive(Some(KEY), &[("blob", &content)]), Some(KEY)).unwrap();
        prop_assert_eq!(&seen.0["blob"], &content);
    }
}
