//! Workflows ready to be copied.

/// A workflow that a context hands in for users to copy and change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Template {
    /// Names it in addresses, such as `ranking-watch`.
    pub name: &'static str,
    /// YAML of the workflow format. Its first comment is what users read about it.
    pub source: &'static str,
}
