//! How archives are called.

use std::{fmt, str::FromStr};

use chrono::NaiveDateTime;
use shared_kernel::domain::Timestamp;

const BEGIN: &str = "workflow-platform-";
const TIME: &str = "%Y%m%dT%H%M%SZ";
const PLAIN: &str = ".tar.zst";
const SEALED: &str = ".tar.zst.sealed";

/// `workflow-platform-20260102T030405Z.tar.zst`, with `.sealed` behind when it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ArchiveName {
    /// In whole seconds.
    pub made_at: Timestamp,
    pub sealed: bool,
}

impl ArchiveName {
    pub fn new(made_at: Timestamp, sealed: bool) -> Self {
        Self { made_at: Timestamp::from_millis(made_at.seconds() * 1000), sealed }
    }
}

impl fmt::Display for ArchiveName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = if self.sealed { SEALED } else { PLAIN };
        write!(f, "{BEGIN}{}{end}", self.made_at.to_chrono().format(TIME))
    }
}

/// Another file.
#[derive(Debug, thiserror::Error)]
#[error("not the name of an archive")]
pub struct NotAnArchive;

impl FromStr for ArchiveName {
    type Err = NotAnArchive;

    fn from_str(text: &str) -> Result<Self, NotAnArchive> {
        let rest = text.strip_prefix(BEGIN).ok_or(NotAnArchive)?;
        let (time, sealed) = match rest.strip_suffix(SEALED) {
            Some(time) => (time, true),
            None => (rest.strip_suffix(PLAIN).ok_or(NotAnArchive)?, false),
        };
        let at = NaiveDateTime::parse_from_str(time, TIME).map_err(|_| NotAnArchive)?;
        let name = Self { made_at: at.and_utc().into(), sealed };
        // What is read leniently would be written otherwise.
        if name.to_string() == text { Ok(name) } else { Err(NotAnArchive) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_when_and_whether_it_is_sealed() {
        let at = Timestamp::from_micros(1_767_323_045_999_999);
        for sealed in [false, true] {
            let name = ArchiveName::new(at, sealed);
            let text = name.to_string();
            assert!(text.starts_with("workflow-platform-20260102T030405Z.tar.zst"), "{text}");
            assert_eq!(text.parse::<ArchiveName>().unwrap(), name);
        }
    }

    #[test]
    fn other_files_are_no_archives() {
        for name in [
            "",
            "workflow-platform-.tar.zst",
            "workflow-platform-20260102T030405Z.tar.gz",
            "workflow-platform-20261302T030405Z.tar.zst",
            "workflow-platform-20260102T030405Z.tar.zst.old",
            "workflow-platform-20260102T3405Z.tar.zst",
            "my-workflow-platform-20260102T030405Z.tar.zst",
            "workflow-platform-2026 102T030405Z.tar.zst",
        ] {
            assert!(name.parse::<ArchiveName>().is_err(), "{name}");
        }
    }
}
