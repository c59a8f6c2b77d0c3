//! Backup and restore of a whole platform: database, blobs, and the secret of the data folder.
//!
//! A backup runs beside processes that work. The database is dumped first, as of one instant, and
//! the blobs afterwards: they are named by their content and only removed after the rows that name
//! them, so whatever a row of the dump needs is there, unless its time was up. A restore reads the
//! archive to its end into a folder of its own, proves the database, and only then changes places.

mod archive;
mod census;
mod desk;
mod error;
mod make;
mod name;
mod postgres;
mod restore;
mod retention;
mod shelf;
mod sqlite;
mod stage;
mod verify;

pub use archive::{
    ArchiveError, ArchiveReader, ArchiveWriter, Engine, Entries, MANIFEST, Manifest, Salt,
};
pub use census::{Balance, Census};
pub use error::BackupError;
pub use make::{BlobTally, Made, make};
pub use name::ArchiveName;
pub use restore::{Restored, restore};
pub use retention::{Swept, sweep};
pub use shelf::{BucketShelf, FolderShelf, Listed, Shelf};
pub use verify::{Verified, verify};
