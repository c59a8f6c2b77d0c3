//! What is wrong with a document, and where.

use serde::Serialize;
use shared_kernel::domain::Text;

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The definition cannot be saved.
    Error,
    /// It can, and is hardly meant so.
    Warning,
}

/// Where a value begins in the text, both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub line: u32,
    pub column: u32,
}

/// One problem of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Such as `steps[2].with.url`; empty for the document as a whole.
    pub path: String,
    /// Absent when the document came as JSON values.
    pub place: Option<Place>,
    /// Stable upper-case code.
    pub code: &'static str,
    pub message: Text,
    pub severity: Severity,
}

impl Problem {
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    pub fn new(
        path: impl Into<String>,
        place: Option<Place>,
        code: &'static str,
        zh: impl Into<String>,
        en: impl Into<String>,
    ) -> Self {
        let message = Text::new(zh.into(), en.into());
        Self { path: path.into(), place, code, message, severity: Severity::Error }
    }
}
