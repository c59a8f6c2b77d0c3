//! `qidian.book`: everything public about one book.

use async_trait::async_trait;
use schemars::{JsonSchema, schema_for};
use serde::Deserialize;
use serde_json::{Value, json};
use shared_kernel::application::{Action, ActionContext, ActionDescriptor, ActionError};

use super::site::{Route, Site, read_input};
use crate::domain::parse_book;

/// The step kind.
pub struct BookAction {
    site: Site,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Input {
    /// The book's number on the site.
    book_id: BookId,
    /// Name or id of the proxy pool to go through.
    proxy_pool: Option<String>,
    /// Another place that speaks like the mobile site. `https://m.qidian.com` by default.
    base_url: Option<String>,
}

/// Workflows hand it as a text or as a number.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
enum BookId {
    Text(#[schemars(regex(pattern = "^[0-9]{1,20}$"))] String),
    Number(u64),
}

impl BookId {
    fn digits(&self) -> Result<String, ActionError> {
        match self {
            Self::Number(number) => Ok(number.to_string()),
            Self::Text(text) => {
                let text = text.trim();
                let plain =
                    (1..=20).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
                plain
                    .then(|| text.to_owned())
                    .ok_or_else(|| ActionError::invalid_input("book_id", "is not a number"))
            }
        }
    }
}

impl BookAction {
    pub fn new(site: Site) -> Self {
        Self { site }
    }
}

#[async_trait]
impl Action for BookAction {
    fn describe(&self) -> ActionDescriptor {
        ActionDescriptor {
            name: "qidian.book".to_owned(),
            title: "起点书籍".to_owned(),
            description: "One book's page on Qidian's mobile site as a record.".to_owned(),
            input_schema: schema_for!(Input).to_value(),
            output_schema: book_schema(),
        }
    }

    async fn run(&self, ctx: &ActionContext, input: Value) -> Result<Value, ActionError> {
        let input: Input = read_input(input)?;
        let route = Route::new(input.base_url.as_deref(), input.proxy_pool.as_deref())?;
        let url = route.address(&format!("/book/{}/", input.book_id.digits()?), None);
        let book = self.site.read(ctx, &route, &url, parse_book).await?;
        Ok(json!(book))
    }
}

/// JSON Schema of a book record.
pub(super) fn book_schema() -> Value {
    let text = json!({"type": ["string", "null"]});
    json!({
        "type": "object",
        "required": ["book_id"],
        "properties": {
            "book_id": {"type": "string"},
            "title": text,
            "author": text,
            "author_id": text,
            "category": text,
            "sub_category": text,
            "tags": {"type": "array", "items": {"type": "string"}},
            "status": {"type": ["string", "null"], "description": "连载, 完本"},
            "words": {"type": ["integer", "null"], "description": "length in characters"},
            "rank": {"type": ["integer", "null"], "description": "place in the ranking, from 1"},
            "intro": text,
            "latest_chapter": text,
            "updated_at": {"type": ["string", "null"], "format": "date-time"},
            "counts": {
                "type": "object",
                "description": "what the site counts, by name: month_tickets, recommendations, collections, …",
                "additionalProperties": {
                    "type": "object",
                    "properties": {
                        "value": {"type": ["integer", "null"]},
                        "text": {"type": "string"},
                        "approximate": {"type": "boolean"},
                        "lower_bound": {"type": "boolean"},
                        "protected": {"type": "boolean"},
                    },
                },
            },
        },
    })
}
