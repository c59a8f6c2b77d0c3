//! Files of a log: a new one every so often, the oldest removed.

use std::path::PathBuf;

use tracing_appender::rolling::{InitError, RollingFileAppender, Rotation as Appender};

/// How often a new file is begun, by UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    Minutely,
    Hourly,
    Daily,
    Never,
}

impl Rotation {
    pub const ALL: [Self; 4] = [Self::Minutely, Self::Hourly, Self::Daily, Self::Never];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Minutely => "minutely",
            Self::Hourly => "hourly",
            Self::Daily => "daily",
            Self::Never => "never",
        }
    }
}

/// Where log files are: `logs/platform.log` becomes `logs/platform.2026-11-26.log` and so on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogFiles {
    pub path: PathBuf,
    pub rotation: Rotation,
    /// Files that are kept, the one being written included.
    pub kept: usize,
}

impl LogFiles {
    pub(super) fn open(&self) -> Result<RollingFileAppender, InitError> {
        let rotation = match self.rotation {
            Rotation::Minutely => Appender::MINUTELY,
            Rotation::Hourly => Appender::HOURLY,
            Rotation::Daily => Appender::DAILY,
            Rotation::Never => Appender::NEVER,
        };
        let mut builder =
            RollingFileAppender::builder().rotation(rotation).max_log_files(self.kept);
        if let Some(name) = self.path.file_stem() {
            builder = builder.filename_prefix(name.to_string_lossy());
        }
        if let Some(end) = self.path.extension() {
            builder = builder.filename_suffix(end.to_string_lossy());
        }
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        builder.build(folder.unwrap_or_else(|| std::path::Path::new(".")))
    }
}
