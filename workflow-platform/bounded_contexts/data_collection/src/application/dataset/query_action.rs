//! `dataset.query`.

use std::sync::Arc;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};
use shared_kernel::application::{Action, ActionContext, ActionDescriptor, ActionError};

use super::{
    super::input_of, DatasetsError, DatasetsModule, Found, Order, Query, upsert_action::failure,
};

const DEFAULT_LIMIT: u32 = 100;
const MOST: u32 = 1000;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    dataset: String,
    filter: Option<Value>,
    search: Option<String>,
    sort: Option<String>,
    order: Option<Direction>,
    columns: Option<Vec<String>>,
    limit: Option<u32>,
    cursor: Option<String>,
}

/// The way of an order.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Direction {
    Asc,
    Desc,
}

/// The action.
#[derive(Clone)]
pub struct DatasetQuery {
    module: Arc<DatasetsModule>,
}

impl DatasetQuery {
    pub fn new(module: Arc<DatasetsModule>) -> Self {
        Self { module }
    }

    async fn find(&self, ctx: &ActionContext, input: Input) -> Result<Found, DatasetsError> {
        let dataset = self.module.dataset_of(ctx.owner, &input.dataset).await?;
        let query = Query {
            filter: input.filter,
            search: input.search,
            sort: input.sort,
            order: input.order.map(|direction| match direction {
                Direction::Asc => Order::Ascending,
                Direction::Desc => Order::Descending,
            }),
            cursor: input.cursor,
            limit: input.limit.unwrap_or(DEFAULT_LIMIT),
            visible: input.columns,
        };
        self.module.find_all(&dataset, query).await
    }
}

#[async_trait]
impl Action for DatasetQuery {
    fn describe(&self) -> ActionDescriptor {
        ActionDescriptor {
            name: "dataset.query".to_owned(),
            title: "Find in dataset".to_owned(),
            description: "Records of a dataset, by their fields and texts and in an order, up to \
                          a limit."
                .to_owned(),
            input_schema: json!({
                "type": "object",
                "additionalProperties": false,
                "required": ["dataset"],
                "properties": {
                    "dataset": { "type": "string", "minLength": 1, "maxLength": 100 },
                    "filter": {
                        "type": "object",
                        "description": "From field to a value, or to what is asked of it: eq, ne, lt, lte, gt, gte, in, contains, null.",
                    },
                    "search": { "type": "string", "maxLength": 100 },
                    "sort": { "type": "string", "description": "A field with an index, @created_at or @updated_at." },
                    "order": { "enum": ["asc", "desc"] },
                    "columns": { "type": "array", "items": { "type": "string" }, "description": "Fields to give; all when left out." },
                    "limit": { "type": "integer", "minimum": 1, "maximum": MOST, "default": DEFAULT_LIMIT },
                    "cursor": { "type": "string", "description": "next_cursor of the page before." },
                },
            }),
            output_schema: json!({
                "type": "object",
                "properties": {
                    "records": { "type": "array", "items": { "type": "object" } },
                    "count": { "type": "integer" },
                    "next_cursor": { "type": ["string", "null"] },
                },
            }),
        }
    }

    async fn run(&self, ctx: &ActionContext, input: Value) -> Result<Value, ActionError> {
        let input: Input = input_of(input)?;
        if input.limit.is_some_and(|limit| !(1..=MOST).contains(&limit)) {
            let message = format!("must be between 1 and {MOST}");
            return Err(ActionError::invalid_input("limit", message));
        }
        let found = self.find(ctx, input).await.map_err(|error| failure(&error))?;
        let records: Vec<_> =
            found.records.into_iter().map(|row| Value::Object(row.data)).collect();
        Ok(json!({
            "count": records.len(),
            "records": records,
            "next_cursor": found.next_cursor,
        }))
    }
}
