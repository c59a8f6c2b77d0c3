//! Writing and reading archives.

use std::{
    fs::File,
    io::{self, BufReader, Read, Seek as _, Write},
};

use zstd::stream::{read::Decoder, write::Encoder};

use super::{
    ArchiveError, Entries, MANIFEST, Manifest,
    entries::{Hashing, LARGEST_MANIFEST, SUMS, is_plain, line},
    header::{self, Salt},
    seal::{SealReader, SealWriter},
};

/// Of zstd's levels the one where time is still small.
const LEVEL: i32 = 3;

enum Sink<W> {
    Plain(W),
    Sealed(Box<SealWriter<W>>),
}

impl<W: Write> Write for Sink<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(inner) => inner.write(bytes),
            Self::Sealed(inner) => inner.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(inner) => inner.flush(),
            Self::Sealed(inner) => inner.flush(),
        }
    }
}

/// Writes an archive; complete only after [`ArchiveWriter::finish`].
pub struct ArchiveWriter<W: Write> {
    tar: tar::Builder<Encoder<'static, Sink<W>>>,
    /// The sums, in a file without a name: there may be millions.
    sums: File,
}

impl<W: Write> ArchiveWriter<W> {
    /// `key` is the secret and a fresh salt. The manifest is the first entry.
    pub fn new(
        mut into: W,
        key: Option<(&[u8], Salt)>,
        manifest: &Manifest,
    ) -> Result<Self, ArchiveError> {
        let begin = || -> io::Result<Self> {
            let header = header::write(key.as_ref().map(|(_, salt)| salt));
            into.write_all(&header)?;
            let sink = match key {
                None => Sink::Plain(into),
                Some((secret, salt)) => {
                    Sink::Sealed(Box::new(SealWriter::new(into, secret, &salt, header)))
                }
            };
            let mut encoder = Encoder::new(sink, LEVEL)?;
            encoder.include_checksum(true)?;
            let sums = tempfile::tempfile()?;
            let mut writer = Self { tar: tar::Builder::new(encoder), sums };
            let text = serde_json::to_vec_pretty(manifest)?;
            writer.entry(MANIFEST, text.len() as u64, &text[..])?;
            Ok(writer)
        };
        begin().map_err(ArchiveError::Write)
    }

    /// Adds `length` bytes of `content`; fewer are an error.
    pub fn append(
        &mut self,
        name: &str,
        length: u64,
        content: impl Read,
    ) -> Result<(), ArchiveError> {
        self.entry(name, length, content).map_err(ArchiveError::Write)
    }

    fn entry(&mut self, name: &str, length: u64, content: impl Read) -> io::Result<()> {
        if !is_plain(name) {
            return Err(invalid(format!("{name:?} is no name of an entry")));
        }
        let mut content = Hashing::new(content.take(length));
        append(&mut self.tar, name, length, &mut content)?;
        if content.count < length {
            return Err(invalid(format!("{name} ended after {} bytes", content.count)));
        }
        self.sums.write_all(line(name, content.hasher.finalize()).as_bytes())
    }

    /// Writes the sums and all ends.
    pub fn finish(mut self) -> Result<W, ArchiveError> {
        let end = || -> io::Result<W> {
            let length = self.sums.stream_position()?;
            self.sums.rewind()?;
            append(&mut self.tar, SUMS, length, &mut BufReader::new(self.sums))?;
            let mut into = match self.tar.into_inner()?.finish()? {
                Sink::Plain(inner) => inner,
                Sink::Sealed(sealed) => sealed.finish()?,
            };
            into.flush()?;
            Ok(into)
        };
        end().map_err(ArchiveError::Write)
    }
}

fn append(
    tar: &mut tar::Builder<impl Write>,
    name: &str,
    length: u64,
    content: &mut dyn Read,
) -> io::Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_size(length);
    header.set_mode(0o600);
    tar.append_data(&mut header, name, content)
}

fn invalid(message: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}

/// Reads an archive from its beginning to its end.
pub struct ArchiveReader<'a> {
    tar: tar::Archive<Decoder<'static, BufReader<Box<dyn Read + 'a>>>>,
}

impl<'a> ArchiveReader<'a> {
    /// Refuses what is foreign, and what the key does not open.
    pub fn open(mut from: impl Read + 'a, secret: Option<&[u8]>) -> Result<Self, ArchiveError> {
        let (header, salt) = header::read(&mut from)?;
        let source: Box<dyn Read + 'a> = match salt {
            None => Box::new(from),
            Some(salt) => {
                let secret = secret.ok_or(ArchiveError::KeyMissing)?;
                let mut opened = SealReader::new(from, secret, &salt, header);
                opened.advance().map_err(|_| ArchiveError::WrongKey)?;
                Box::new(opened)
            }
        };
        let decoder = Decoder::new(source).map_err(ArchiveError::Damaged)?;
        Ok(Self { tar: tar::Archive::new(decoder) })
    }

    /// What it says of itself. Whether the rest is there is not looked at.
    pub fn manifest(mut self) -> Result<Manifest, ArchiveError> {
        let mut entries = self.tar.entries().map_err(ArchiveError::Damaged)?;
        let entry = entries.next().ok_or_else(without_manifest)?;
        let entry = entry.map_err(ArchiveError::Damaged)?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        first(&name, &mut Hashing::new(entry))
    }

    /// Hands every entry on, and then says whether all were as they had been written.
    pub fn read<E: Entries>(mut self, into: &mut E) -> Result<Manifest, E::Error> {
        let manifest = entries(&mut self.tar, into)?;
        // Whatever follows the tar must be there too: the sums of zstd and the last sealed chunk.
        let mut rest = self.tar.into_inner();
        io::copy(&mut rest, &mut io::sink()).map_err(ArchiveError::Damaged)?;
        Ok(manifest)
    }
}

fn entries<E: Entries>(
    tar: &mut tar::Archive<impl Read>,
    into: &mut E,
) -> Result<Manifest, E::Error> {
    let (mut manifest, mut expected, mut found) = (None, blake3::Hasher::new(), None);
    for entry in tar.entries().map_err(ArchiveError::Damaged)? {
        let entry = entry.map_err(ArchiveError::Damaged)?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        if found.is_some() || !is_plain(&name) || !entry.header().entry_type().is_file() {
            let out_of_place = format!("entry {name:?} has no place here");
            return Err(ArchiveError::Inconsistent(out_of_place).into());
        }
        let mut content = Hashing::new(entry);
        match &manifest {
            None => {
                let read = first(&name, &mut content)?;
                into.begin(&read)?;
                manifest = Some(read);
            }
            Some(_) if name == SUMS => {}
            Some(_) => {
                let taken = into.entry(&name, &mut content);
                if let Some(error) = content.failed.take() {
                    return Err(ArchiveError::Damaged(error).into());
                }
                taken?;
            }
        }
        io::copy(&mut content, &mut io::sink()).map_err(ArchiveError::Damaged)?;
        let sum = content.hasher.finalize();
        if name == SUMS {
            found = Some(sum);
        } else {
            expected.update(line(&name, sum).as_bytes());
        }
    }
    if found != Some(expected.finalize()) {
        let other = "its sums are not those of its entries".to_owned();
        return Err(ArchiveError::Inconsistent(other).into());
    }
    Ok(manifest.ok_or_else(without_manifest)?)
}

fn without_manifest() -> ArchiveError {
    ArchiveError::Inconsistent(format!("it has no {MANIFEST}"))
}

fn first(name: &str, content: &mut Hashing<impl Read>) -> Result<Manifest, ArchiveError> {
    if name != MANIFEST {
        return Err(ArchiveError::Inconsistent(format!("it does not begin with {MANIFEST}")));
    }
    let mut text = Vec::new();
    let limited = &mut content.take(LARGEST_MANIFEST);
    limited.read_to_end(&mut text).map_err(ArchiveError::Damaged)?;
    serde_json::from_slice(&text)
        .map_err(|error| ArchiveError::Inconsistent(format!("{MANIFEST} cannot be read: {error}")))
}
