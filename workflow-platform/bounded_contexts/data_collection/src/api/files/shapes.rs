//! Bodies of answers, and parameters.

use garde::Validate;
use serde::{Deserialize, Serialize};
use shared_kernel::domain::Timestamp;
use uuid::Uuid;

use crate::application::files::FileRow;

/// An uploaded file.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct FileView {
    pub id: Uuid,
    pub name: String,
    /// As its sender called it.
    pub media_type: String,
    pub bytes: u64,
    /// BLAKE3 of the content, in hex.
    pub hash: String,
    pub created_at: Timestamp,
    /// When it will be forgotten.
    pub expires_at: Timestamp,
}

impl From<FileRow> for FileView {
    fn from(row: FileRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            media_type: row.media_type,
            bytes: row.bytes,
            hash: row.hash,
            created_at: row.created_at,
            expires_at: row.expires_at,
        }
    }
}

#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UploadQuery {
    /// What the file is called; no path.
    #[garde(length(chars, min = 1, max = 200))]
    #[param(example = "notes.zip", min_length = 1, max_length = 200)]
    pub name: String,
}
