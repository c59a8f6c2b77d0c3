//! How every archive begins. It is a skippable frame of zstd, so that an archive without a key is
//! also a file that `tar --zstd` reads.

use std::io::{self, Read};

use super::ArchiveError;

const FRAME: [u8; 8] = [0x50, 0x2A, 0x4D, 0x18, 58, 0, 0, 0];
const NAME: &[u8; 25] = b"workflow-platform backup\x01";
const PLAIN: u8 = 0;
const SEALED: u8 = 1;

/// Bytes of a header.
pub(super) const LENGTH: usize = 66;

/// Salt of the key of one archive.
pub type Salt = [u8; 32];

pub(super) fn write(salt: Option<&Salt>) -> [u8; LENGTH] {
    let mut header = [0; LENGTH];
    header[..8].copy_from_slice(&FRAME);
    header[8..33].copy_from_slice(NAME);
    if let Some(salt) = salt {
        header[33] = SEALED;
        header[34..].copy_from_slice(salt);
    }
    header
}

/// The header as it stands, and the salt when the archive is sealed.
pub(super) fn read(from: &mut impl Read) -> Result<([u8; LENGTH], Option<Salt>), ArchiveError> {
    let mut header = [0; LENGTH];
    from.read_exact(&mut header).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => ArchiveError::Foreign,
        _ => ArchiveError::Read(error),
    })?;
    if header[..8] != FRAME || header[8..33] != NAME[..] {
        return Err(ArchiveError::Foreign);
    }
    let mut salt = [0; 32];
    salt.copy_from_slice(&header[34..]);
    match header[33] {
        PLAIN if salt == [0; 32] => Ok((header, None)),
        SEALED => Ok((header, Some(salt))),
        _ => Err(ArchiveError::Foreign),
    }
}
