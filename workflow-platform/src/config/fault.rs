//! What is wrong with the configuration.

use std::fmt;

/// One variable at fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigFault {
    pub variable: String,
    pub message: String,
}

/// The configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// All faults, in the order of the variables.
    Faults(Vec<ConfigFault>),
    /// A file that cannot be read or written.
    File { path: String, source: std::io::Error },
    /// A file that is there and cannot be understood.
    Syntax { path: String, message: String },
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Faults(faults) => {
                write!(f, "configuration has {} fault(s):", faults.len())?;
                for fault in faults {
                    write!(f, "\n  {}: {}", fault.variable, fault.message)?;
                }
                Ok(())
            }
            Self::File { path, .. } => write!(f, "file {path} cannot be used"),
            Self::Syntax { path, message } => {
                write!(f, "file {path} cannot be understood: {message}")
            }
        }
    }
}
