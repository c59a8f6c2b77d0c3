//! Sealing a stream with AES-256-GCM in chunks, by the STREAM construction: the nonce counts the
//! chunks and marks the last, so that none can be changed, moved, left out or cut off.
//!
//! The key is made of the secret and a salt of the archive's own; nonces may therefore begin at
//! zero in every archive. The header is authenticated with every chunk.

use std::io::{self, Read, Write};

use aes_gcm::{
    Aes256Gcm, Key, KeyInit as _, Nonce,
    aead::{Aead as _, Payload},
};

use super::header::{self, Salt};

/// Bytes of a chunk before it is sealed.
const CHUNK: usize = 64 * 1024;
const TAG: usize = 16;
const CONTEXT: &str = "workflow-platform 2026 backup archive v1";

struct Chunks {
    cipher: Aes256Gcm,
    header: [u8; header::LENGTH],
    counter: u32,
}

impl Chunks {
    fn new(secret: &[u8], salt: &Salt, header: [u8; header::LENGTH]) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key(CONTEXT);
        hasher.update(salt).update(secret);
        let key = Key::<Aes256Gcm>::from(*hasher.finalize().as_bytes());
        Self { cipher: Aes256Gcm::new(&key), header, counter: 0 }
    }

    fn next(
        &mut self,
        last: bool,
        apply: impl FnOnce(&Aes256Gcm, &[u8; 12], &[u8]) -> Option<Vec<u8>>,
    ) -> io::Result<Vec<u8>> {
        let mut nonce = [0; 12];
        nonce[7..11].copy_from_slice(&self.counter.to_be_bytes());
        nonce[11] = u8::from(last);
        let done = apply(&self.cipher, &nonce, &self.header)
            .ok_or_else(|| invalid("a chunk does not open"))?;
        self.counter =
            self.counter.checked_add(1).ok_or_else(|| invalid("there are too many chunks"))?;
        Ok(done)
    }

    fn seal(&mut self, msg: &[u8], last: bool) -> io::Result<Vec<u8>> {
        self.next(last, |cipher, nonce, aad| {
            cipher.encrypt(&Nonce::from(*nonce), Payload { msg, aad }).ok()
        })
    }

    fn open(&mut self, msg: &[u8], last: bool) -> io::Result<Vec<u8>> {
        self.next(last, |cipher, nonce, aad| {
            cipher.decrypt(&Nonce::from(*nonce), Payload { msg, aad }).ok()
        })
    }
}

fn invalid(message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message.to_owned())
}

/// Seals what is written to it; complete only after [`SealWriter::finish`].
pub(super) struct SealWriter<W> {
    inner: W,
    chunks: Chunks,
    pending: Vec<u8>,
}

impl<W: Write> SealWriter<W> {
    pub(super) fn new(inner: W, secret: &[u8], salt: &Salt, header: [u8; header::LENGTH]) -> Self {
        let chunks = Chunks::new(secret, salt, header);
        Self { inner, chunks, pending: Vec::with_capacity(CHUNK) }
    }

    /// Seals the last chunk, which may be empty.
    pub(super) fn finish(mut self) -> io::Result<W> {
        let sealed = self.chunks.seal(&self.pending, true)?;
        self.inner.write_all(&sealed)?;
        Ok(self.inner)
    }
}

impl<W: Write> Write for SealWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.pending.len() == CHUNK {
            let sealed = self.chunks.seal(&self.pending, false)?;
            self.inner.write_all(&sealed)?;
            self.pending.clear();
        }
        let taken = bytes.len().min(CHUNK - self.pending.len());
        self.pending.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    /// A chunk that has begun waits for its end: its nonce must say whether it is the last.
    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Opens what a [`SealWriter`] wrote. Gives nothing that was not authenticated, and an end only
/// after the chunk that was sealed as the last.
pub(super) struct SealReader<R> {
    inner: R,
    chunks: Chunks,
    /// Sealed bytes that were read ahead: whether a chunk is the last shows when nothing follows.
    ahead: Vec<u8>,
    opened: Vec<u8>,
    taken: usize,
    ended: bool,
}

impl<R: Read> SealReader<R> {
    pub(super) fn new(inner: R, secret: &[u8], salt: &Salt, header: [u8; header::LENGTH]) -> Self {
        let chunks = Chunks::new(secret, salt, header);
        Self { inner, chunks, ahead: Vec::new(), opened: Vec::new(), taken: 0, ended: false }
    }

    /// Opens the next chunk. Called before anything is read, it tells a wrong key.
    pub(super) fn advance(&mut self) -> io::Result<()> {
        let wanted = CHUNK + TAG + 1 - self.ahead.len();
        self.inner.by_ref().take(wanted as u64).read_to_end(&mut self.ahead)?;
        let last = self.ahead.len() <= CHUNK + TAG;
        let rest = if last { Vec::new() } else { self.ahead.split_off(CHUNK + TAG) };
        self.opened = self.chunks.open(&self.ahead, last)?;
        (self.taken, self.ended, self.ahead) = (0, last, rest);
        Ok(())
    }
}

impl<R: Read> Read for SealReader<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.taken == self.opened.len() && !self.ended {
            self.advance()?;
        }
        let count = into.len().min(self.opened.len() - self.taken);
        into[..count].copy_from_slice(&self.opened[self.taken..self.taken + count]);
        self.taken += count;
        Ok(count)
    }
}
