//! Items of a step with `for_each`.

use std::collections::BTreeMap;

use axum::extract::State;
use garde::Validate;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared_kernel::{
    api::{ApiPath, ApiQuery, BadRequest, Envelope, ErrorEnvelope, Failure, PageQuery, Reply},
    application::Principal,
    domain::{Cursor, Execution, Id, Page, PageRequest, Timestamp},
};

use super::Api;
use crate::{
    application::executions::{ItemMap, ItemRow, OneItem},
    domain::execution::{ActionErrorView, AttemptView, StepStatus},
};

/// Which items.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ItemQuery {
    /// Only those in this state.
    #[garde(skip)]
    #[param(value_type = Option<String>, example = "failed")]
    status: Option<StepStatus>,
    /// Rows of a page, 1 to 200; 50 unless given.
    #[garde(skip)]
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[garde(length(max = 200))]
    cursor: Option<String>,
}

impl ItemQuery {
    fn page(&self) -> Result<PageRequest, BadRequest> {
        PageQuery::parse(self.limit, self.cursor.as_deref())
    }
}

/// Where a map goes on.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MapQuery {
    /// `next_cursor` of the part before.
    #[garde(length(max = 200))]
    cursor: Option<String>,
}

impl MapQuery {
    fn after(&self) -> Result<Option<Cursor>, BadRequest> {
        Ok(PageQuery::parse(None, self.cursor.as_deref())?.after)
    }
}

/// Why an item failed, in short.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ItemErrorView {
    #[schema(example = "HTTP_STATUS")]
    pub code: String,
    /// Its first 300 characters.
    pub message: String,
}

/// An item in a list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = StepItem)]
pub struct ItemRowView {
    /// Its place among the items, from 0.
    pub index: u32,
    pub status: StepStatus,
    /// How many attempts there were.
    pub attempts: u32,
    pub started_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
    pub error: Option<ItemErrorView>,
}

impl From<ItemRow> for ItemRowView {
    fn from(ItemRow { index, item }: ItemRow) -> Self {
        Self {
            index,
            status: item.status,
            attempts: item.attempts,
            started_at: item.started_at,
            finished_at: item.finished_at,
            error: item.error.map(|(code, message)| ItemErrorView { code, message }),
        }
    }
}

/// The states of many items at a glance.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = StepItemMap)]
pub struct ItemMapView {
    pub total: usize,
    /// How many are in each state.
    pub counts: BTreeMap<&'static str, u32>,
    /// One letter for each item, in their order: `p` pending, `r` running, `w` waiting,
    /// `s` succeeded, `f` failed, `k` skipped, `c` cancelled. Up to 10,000 at a time.
    #[schema(example = "sssfsrp")]
    pub states: String,
    /// Hand this back as `cursor` for what follows; absent on the last part.
    pub next_cursor: Option<String>,
}

const fn letter(status: StepStatus) -> char {
    match status {
        StepStatus::Pending => 'p',
        StepStatus::Running => 'r',
        StepStatus::Waiting => 'w',
        StepStatus::Succeeded => 's',
        StepStatus::Failed => 'f',
        StepStatus::Skipped => 'k',
        StepStatus::Cancelled => 'c',
    }
}

impl From<ItemMap> for ItemMapView {
    fn from(map: ItemMap) -> Self {
        let ItemMap { total, counts, states, next_cursor } = map;
        Self { total, counts, states: states.into_iter().map(letter).collect(), next_cursor }
    }
}

/// One item with all that is known of it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = StepItemDetail)]
pub struct OneItemView {
    #[serde(flatten)]
    pub row: ItemRowView,
    /// What `item` is in expressions.
    #[schema(value_type = Value)]
    pub item: Value,
    /// The newest, the oldest of them first.
    pub attempt_list: Vec<AttemptView>,
    #[schema(value_type = Option<Value>)]
    pub input: Option<Value>,
    #[schema(value_type = Option<Value>)]
    pub output: Option<Value>,
    /// In full.
    pub failure: Option<ActionErrorView>,
}

impl From<OneItem> for OneItemView {
    fn from(one: OneItem) -> Self {
        let OneItem { index, value, item, details } = one;
        Self {
            row: ItemRow { index, item }.into(),
            item: value,
            attempt_list: details.attempts,
            input: details.input,
            output: details.output,
            failure: details.error,
        }
    }
}

/// The items of a step with `for_each`, in their order.
#[utoipa::path(
    get, path = "/workflow/executions/{id}/steps/{step}/items", tag = "workflow",
    operation_id = "list_step_items",
    params(
        ("id" = uuid::Uuid, Path, description = "execution"),
        ("step" = String, Path, description = "id of the step"),
        ItemQuery,
    ),
    responses(
        (status = 200, body = Envelope<Page<ItemRowView>>),
        (status = 404, body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn list(
    State(api): Api,
    who: Principal,
    ApiPath((id, step)): ApiPath<(Id<Execution>, String)>,
    ApiQuery(query): ApiQuery<ItemQuery>,
) -> Result<Reply<Page<ItemRowView>>, Failure> {
    let items = api.executions.items(&who, id, &step, query.status, query.page()?).await?;
    Ok(Reply::ok(items.map(Into::into)))
}

/// The states of a step's items at a glance.
#[utoipa::path(
    get, path = "/workflow/executions/{id}/steps/{step}/items/map", tag = "workflow",
    operation_id = "map_step_items",
    params(
        ("id" = uuid::Uuid, Path, description = "execution"),
        ("step" = String, Path, description = "id of the step"),
        MapQuery,
    ),
    responses(
        (status = 200, body = Envelope<ItemMapView>),
        (status = 404, body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn map(
    State(api): Api,
    who: Principal,
    ApiPath((id, step)): ApiPath<(Id<Execution>, String)>,
    ApiQuery(query): ApiQuery<MapQuery>,
) -> Result<Reply<ItemMapView>, Failure> {
    Ok(Reply::ok(api.executions.item_map(&who, id, &step, query.after()?).await?.into()))
}

/// One item with its attempts, what it was given and what it gave.
#[utoipa::path(
    get, path = "/workflow/executions/{id}/steps/{step}/items/{index}", tag = "workflow",
    operation_id = "show_step_item",
    params(
        ("id" = uuid::Uuid, Path, description = "execution"),
        ("step" = String, Path, description = "id of the step"),
        ("index" = u32, Path, description = "place of the item, from 0"),
    ),
    responses(
        (status = 200, body = Envelope<OneItemView>),
        (status = 404, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn show(
    State(api): Api,
    who: Principal,
    ApiPath((id, step, index)): ApiPath<(Id<Execution>, String, u32)>,
) -> Result<Reply<OneItemView>, Failure> {
    Ok(Reply::ok(api.executions.item(&who, id, &step, index).await?.into()))
}
