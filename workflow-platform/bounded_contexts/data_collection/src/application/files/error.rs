//! Why a use case of files did not do what was asked.

use serde_json::{Value, json};
use shared_kernel::{
    application::{AuthenticationError, BlobError},
    domain::{ErrorKind, Fault, Text},
};

use super::ports::FileStoreError;

#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    #[error(transparent)]
    Authentication(#[from] AuthenticationError),
    /// Absent, over, or another user's.
    #[error("there is no such file")]
    NotFound,
    #[error("file has more than {0} bytes")]
    TooLarge(u64),
    #[error("user has {0} files")]
    TooMany(u64),
    #[error("file is empty")]
    Empty,
    /// The body ended before its end.
    #[error("body could not be read")]
    Body(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("key belongs to another upload")]
    KeyReused,
    /// It took so long that its parts were given up.
    #[error("upload took too long")]
    GivenUp,
    #[error("files cannot be read or written")]
    Store(#[from] FileStoreError),
    #[error("content cannot be read or written")]
    Blobs(#[from] BlobError),
}

impl From<sea_orm::DbErr> for FilesError {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Store(error.into())
    }
}

impl Fault for FilesError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Authentication(error) => error.kind(),
            Self::NotFound => ErrorKind::NotFound,
            Self::TooLarge(_) => ErrorKind::TooLarge,
            Self::TooMany(_) => ErrorKind::Conflict,
            Self::Empty | Self::KeyReused => ErrorKind::Invalid,
            Self::Body(_) => ErrorKind::Malformed,
            Self::GivenUp => ErrorKind::Timeout,
            Self::Store(_) | Self::Blobs(_) => ErrorKind::Bug,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Authentication(error) => error.code(),
            Self::NotFound => "NOT_FOUND",
            Self::TooLarge(_) => "PAYLOAD_TOO_LARGE",
            Self::TooMany(_) => "TOO_MANY_FILES",
            Self::Empty => "VALIDATION_ERROR",
            Self::Body(_) => "MALFORMED_BODY",
            Self::KeyReused => "IDEMPOTENCY_KEY_REUSED",
            Self::GivenUp => "TIMEOUT",
            Self::Store(_) | Self::Blobs(_) => "INTERNAL_ERROR",
        }
    }

    fn text(&self) -> Text {
        match self {
            Self::Authentication(error) => error.text(),
            Self::NotFound => Text::new("文件不存在", "There is no such file"),
            Self::TooLarge(most) => Text::new(
                format!("文件不能超过 {most} 字节"),
                format!("A file may have up to {most} bytes"),
            ),
            Self::TooMany(most) => Text::new(
                format!("最多保存 {most} 个文件，请先删除一些"),
                format!("You may keep up to {most} files; delete some first"),
            ),
            Self::Empty => Text::new("文件是空的", "The file is empty"),
            Self::Body(_) => Text::new("请求体无法读取", "The body could not be read"),
            Self::KeyReused => Text::new(
                "该 Idempotency-Key 已用于另一个请求",
                "This Idempotency-Key was used for another request",
            ),
            Self::GivenUp => Text::new("上传超时", "The upload took too long"),
            Self::Store(_) | Self::Blobs(_) => {
                Text::new("服务器内部错误", "Something went wrong on our side")
            }
        }
    }

    fn details(&self) -> Value {
        match self {
            Self::Authentication(error) => error.details(),
            Self::Empty => json!({ "body": ["is empty"] }),
            Self::TooLarge(most) => json!({ "most_bytes": most }),
            Self::TooMany(most) => json!({ "most_files": most }),
            _ => json!({}),
        }
    }
}
