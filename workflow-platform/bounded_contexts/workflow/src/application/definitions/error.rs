//! Why a use case of definitions did not do what was asked.

use serde_json::{Value, json};
use shared_kernel::{
    application::{AuthenticationError, EntitlementsError, RequestContext},
    domain::{ErrorKind, Fault, Text},
    infrastructure::cpu::CpuError,
};

use super::DefinitionStoreError;
use crate::domain::definition::Problem;

#[derive(Debug, thiserror::Error)]
pub enum DefinitionsError {
    #[error(transparent)]
    Authentication(#[from] AuthenticationError),
    #[error(transparent)]
    Quota(#[from] EntitlementsError),
    /// Absent, or another user's.
    #[error("there is no such definition")]
    NotFound,
    #[error("definition has {} problems", .0.len())]
    Invalid(Vec<Problem>),
    #[error("another definition has the name {0:?}")]
    NameTaken(String),
    /// Somebody saved another version meanwhile.
    #[error("definition was changed meanwhile")]
    Changed,
    #[error("definitions cannot be read or written")]
    Store(#[from] DefinitionStoreError),
    #[error("definition was not read to its end")]
    Cut(#[from] CpuError),
}

impl From<sea_orm::DbErr> for DefinitionsError {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Store(error.into())
    }
}

impl Fault for DefinitionsError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Authentication(error) => error.kind(),
            Self::Quota(error) => error.kind(),
            Self::NotFound => ErrorKind::NotFound,
            Self::Invalid(_) => ErrorKind::Invalid,
            Self::NameTaken(_) | Self::Changed => ErrorKind::Conflict,
            Self::Store(_) | Self::Cut(_) => ErrorKind::Bug,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Authentication(error) => error.code(),
            Self::Quota(error) => error.code(),
            Self::NotFound => "NOT_FOUND",
            Self::Invalid(_) => "DEFINITION_INVALID",
            Self::NameTaken(_) => "DEFINITION_NAME_TAKEN",
            Self::Changed => "DEFINITION_CHANGED",
            Self::Store(_) | Self::Cut(_) => "INTERNAL_ERROR",
        }
    }

    fn text(&self) -> Text {
        match self {
            Self::Authentication(error) => error.text(),
            Self::Quota(error) => error.text(),
            Self::NotFound => Text::new("工作流不存在", "There is no such workflow"),
            Self::Invalid(_) => Text::new("工作流定义有误", "The workflow has faults"),
            Self::NameTaken(_) => {
                Text::new("已有同名工作流", "You have a workflow of this name already")
            }
            Self::Changed => Text::new(
                "工作流已被修改，请刷新后重试",
                "The workflow was changed meanwhile, load it again",
            ),
            Self::Store(_) | Self::Cut(_) => {
                Text::new("服务器内部错误", "Something went wrong on our side")
            }
        }
    }

    fn details(&self) -> Value {
        match self {
            Self::Authentication(error) => error.details(),
            Self::Quota(error) => error.details(),
            Self::Invalid(problems) => json!({ "problems": rendered(problems) }),
            Self::NameTaken(name) => json!({ "name": name }),
            _ => json!({}),
        }
    }
}

/// Problems in the language of the request.
fn rendered(problems: &[Problem]) -> Vec<Value> {
    let locale = RequestContext::current().locale;
    problems
        .iter()
        .map(|problem| {
            json!({
                "path": problem.path,
                "line": problem.place.map(|place| place.line),
                "column": problem.place.map(|place| place.column),
                "code": problem.code,
                "message": problem.message.of(locale),
                "severity": problem.severity,
            })
        })
        .collect()
}
