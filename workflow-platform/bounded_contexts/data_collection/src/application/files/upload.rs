//! Keeps a file that arrives as a stream, in bounded memory.

use std::{pin::pin, time::Duration};

use bytes::{Bytes, BytesMut};
use futures::{Stream, StreamExt as _};
use shared_kernel::{
    application::{BlobKey, Principal},
    domain::{IdempotencyKey, Owner, Permission},
};
use uuid::Uuid;

use super::{FileRow, FilesError, FilesModule};
use crate::domain::file_name::FileName;

/// Bytes of a part.
const PART: usize = 1024 * 1024;
/// When parts that became no file are given up. No upload takes as long.
const GIVEN_UP_AFTER: Duration = Duration::from_hours(1);

/// What is known of a file before its content.
#[derive(Debug, Clone)]
pub struct NewFile {
    pub name: FileName,
    pub media_type: String,
    /// Bytes that its sender announced.
    pub announced: Option<u64>,
    /// The same key and content give the same file.
    pub key: Option<IdempotencyKey>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Uploaded {
    New(FileRow),
    /// It was uploaded under its key before.
    Known(FileRow),
}

/// What a stream came to.
struct Stored {
    parts: Vec<BlobKey>,
    bytes: u64,
    hash: String,
}

impl FilesModule {
    pub async fn upload<E>(
        &self,
        who: &Principal,
        new: NewFile,
        content: impl Stream<Item = Result<Bytes, E>> + Send,
    ) -> Result<Uploaded, FilesError>
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        who.require(Permission::DatasetWrite)?;
        if new.announced.is_some_and(|bytes| bytes > self.settings.most_bytes) {
            return Err(FilesError::TooLarge(self.settings.most_bytes));
        }
        let group = self.ambient.uuid();
        self.store.promise(group, self.ambient.now().plus(GIVEN_UP_AFTER)).await?;
        let kept = match self.receive(group, content).await {
            Ok(stored) => self.keep(who.owner(), group, &new, stored).await,
            Err(error) => Err(error),
        };
        if !matches!(kept, Ok(Uploaded::New(_))) {
            self.forget(group).await;
        }
        kept
    }

    async fn receive<E>(
        &self,
        group: Uuid,
        content: impl Stream<Item = Result<Bytes, E>> + Send,
    ) -> Result<Stored, FilesError>
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let mut content = pin!(content);
        let mut hasher = blake3::Hasher::new();
        let mut stored = Stored { parts: Vec::new(), bytes: 0, hash: String::new() };
        let mut part = BytesMut::with_capacity(PART);
        while let Some(piece) = content.next().await {
            let piece = piece.map_err(|error| FilesError::Body(error.into()))?;
            stored.bytes += u64::try_from(piece.len()).unwrap_or(u64::MAX);
            if stored.bytes > self.settings.most_bytes {
                return Err(FilesError::TooLarge(self.settings.most_bytes));
            }
            hasher.update(&piece);
            part.extend_from_slice(&piece);
            while part.len() >= PART {
                let whole = part.split_to(PART).freeze();
                stored.parts.push(self.blobs.put(group, whole).await?);
            }
        }
        if stored.bytes == 0 {
            return Err(FilesError::Empty);
        }
        if !part.is_empty() {
            stored.parts.push(self.blobs.put(group, part.freeze()).await?);
        }
        stored.hash = hasher.finalize().to_hex().to_string();
        Ok(stored)
    }

    async fn keep(
        &self,
        owner: Owner,
        group: Uuid,
        new: &NewFile,
        stored: Stored,
    ) -> Result<Uploaded, FilesError> {
        let now = self.ambient.now();
        let mut work = self.database.begin().await?;
        self.store.hold(&mut work, owner).await?;
        if let Some(key) = &new.key
            && let Some(known) = self.store.under_key(&mut work, owner, key).await?
        {
            let same = known.hash == stored.hash && known.name == new.name.as_str();
            return if same { Ok(Uploaded::Known(known)) } else { Err(FilesError::KeyReused) };
        }
        if self.store.count(&mut work, owner).await? >= self.settings.most_files {
            return Err(FilesError::TooMany(self.settings.most_files));
        }
        let file = FileRow {
            id: group,
            owner,
            name: new.name.as_str().to_owned(),
            media_type: new.media_type.clone(),
            bytes: stored.bytes,
            hash: stored.hash,
            parts: stored.parts,
            created_at: now,
            expires_at: now.plus(self.settings.kept),
        };
        if !self.store.keep(&mut work, &file, new.key.as_ref()).await? {
            return Err(FilesError::GivenUp);
        }
        work.commit().await?;
        Ok(Uploaded::New(file))
    }
}
