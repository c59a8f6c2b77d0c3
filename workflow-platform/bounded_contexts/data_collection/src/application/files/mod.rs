//! Use cases of uploaded files, one a file.
//!
//! A file lies in the blob store in parts of a megabyte, all in a group of its own. A group is
//! written down as left over before its first part is stored, and taken off that list in the
//! transaction that makes it a file; whatever is on the list when its time has come is removed.
//! So nothing is lost or left, wherever a process dies.

mod delete;
mod error;
mod module;
pub mod ports;
mod read;
mod show;
mod sweep;
mod upload;

pub use error::FilesError;
pub use module::{FilesModule, UploadSettings};
pub use ports::{FileRow, FileStore};
pub use upload::{NewFile, Uploaded};
