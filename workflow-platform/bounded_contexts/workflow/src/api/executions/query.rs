//! Filters of lists.

use garde::Validate;
use serde::Deserialize;
use shared_kernel::{
    api::{BadRequest, PageQuery},
    application::LogLevel,
    domain::{PageRequest, Timestamp},
};
use uuid::Uuid;

use crate::{
    application::executions::{ExecutionFilter, LogFilter},
    domain::execution::{Origin, Status},
};

/// Which executions are meant.
#[derive(Debug, Default, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FilterBody {
    /// Only those in this state.
    #[garde(length(max = 20))]
    #[schema(example = "failed")]
    pub status: Option<String>,
    /// Only those of this workflow.
    #[garde(skip)]
    pub definition_id: Option<Uuid>,
    /// Only those that were started so.
    #[garde(skip)]
    pub trigger: Option<Origin>,
    /// Only those of which a step waits for somebody's signal; with `false` only the others.
    #[garde(skip)]
    pub awaits_signal: Option<bool>,
    /// Asked for at or after this time.
    #[garde(skip)]
    pub created_from: Option<Timestamp>,
    /// Asked for before this time.
    #[garde(skip)]
    pub created_before: Option<Timestamp>,
    /// Only those with this label, `name:value`.
    #[garde(length(max = 270))]
    #[schema(example = "team:books")]
    pub label: Option<String>,
    /// Part of the workflow's name, or the id of the execution.
    #[garde(length(max = 200))]
    pub q: Option<String>,
}

impl FilterBody {
    pub fn filter(&self) -> Result<ExecutionFilter, BadRequest> {
        let status = self.status.as_deref().map(str::parse::<Status>).transpose();
        let status = status.map_err(|error| BadRequest::field("status", error.to_string()))?;
        Ok(ExecutionFilter {
            status,
            definition_id: self.definition_id,
            origin: self.trigger,
            awaits_signal: self.awaits_signal,
            created_from: self.created_from,
            created_before: self.created_before,
            label: self.label.as_deref().map(label).transpose()?,
            text: text("q", self.q.as_deref())?,
        })
    }
}

fn label(text: &str) -> Result<(String, String), BadRequest> {
    let bad = || BadRequest::field("label", "must be name:value");
    let (name, value) = self::text("label", Some(text))?
        .ok_or_else(bad)?
        .split_once(':')
        .map_or_else(|| Err(bad()), |(name, value)| Ok((name.to_owned(), value.to_owned())))?;
    Ok((name, value))
}

fn text(field: &'static str, text: Option<&str>) -> Result<Option<String>, BadRequest> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    BadRequest::unless_plain(field, Some(text))?;
    Ok(Some(text.to_owned()))
}

/// Filters of the list.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Only those in this state.
    #[garde(length(max = 20))]
    #[param(example = "running")]
    status: Option<String>,
    /// Only those of this workflow.
    #[garde(skip)]
    definition_id: Option<Uuid>,
    /// Only those that were started so: `manual`, `schedule`, `backfill`, `webhook`, `event`,
    /// `automation`, `workflow` or `rerun`.
    #[garde(skip)]
    #[param(value_type = Option<String>, example = "schedule")]
    trigger: Option<Origin>,
    /// Only those of which a step waits for somebody's signal; with `false` only the others.
    #[garde(skip)]
    #[param(example = true)]
    awaits_signal: Option<bool>,
    /// Asked for at or after this time.
    #[garde(skip)]
    created_from: Option<Timestamp>,
    /// Asked for before this time.
    #[garde(skip)]
    created_before: Option<Timestamp>,
    /// Only those with this label, `name:value`.
    #[garde(length(max = 270))]
    #[param(example = "team:books")]
    label: Option<String>,
    /// Part of the workflow's name, or the id of the execution.
    #[garde(length(max = 200))]
    q: Option<String>,
    /// Rows of a page, 1 to 200; 50 unless given.
    #[garde(skip)]
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[garde(length(max = 200))]
    cursor: Option<String>,
}

impl ListQuery {
    pub fn filter(&self) -> Result<ExecutionFilter, BadRequest> {
        FilterBody {
            status: self.status.clone(),
            definition_id: self.definition_id,
            trigger: self.trigger,
            awaits_signal: self.awaits_signal,
            created_from: self.created_from,
            created_before: self.created_before,
            label: self.label.clone(),
            q: self.q.clone(),
        }
        .filter()
    }

    pub fn page(&self) -> Result<PageRequest, BadRequest> {
        PageQuery::parse(self.limit, self.cursor.as_deref())
    }
}

/// Filters of a log.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LogQuery {
    /// Lines of this level and those above it: `debug`, `info`, `warn` or `error`.
    #[garde(skip)]
    #[param(value_type = Option<String>, example = "warn")]
    level: Option<LogLevel>,
    /// Only those of this step.
    #[garde(length(max = 64))]
    step: Option<String>,
    /// Part of the message.
    #[garde(length(max = 200))]
    q: Option<String>,
    /// Rows of a page, 1 to 200; 50 unless given.
    #[garde(skip)]
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[garde(length(max = 200))]
    cursor: Option<String>,
}

impl LogQuery {
    pub fn filter(&self) -> Result<LogFilter, BadRequest> {
        Ok(LogFilter {
            level: self.level,
            step: text("step", self.step.as_deref())?,
            text: text("q", self.q.as_deref())?,
        })
    }

    pub fn page(&self) -> Result<PageRequest, BadRequest> {
        PageQuery::parse(self.limit, self.cursor.as_deref())
    }
}
