//! `qidian.book`: everything public about one book.

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use shared_kernel::application::{
    Action, ActionContext, ActionDescriptor, ActionError, SiteReader, schema_of,
};

use super::input::{Route, SiteId, read_input};
use crate::domain::{BookRecord, parse_book};

/// The step kind.
pub struct BookAction {
    pub site: SiteReader,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Input {
    /// The book's number on the site.
    book_id: SiteId,
    /// Name or id of the proxy pool to go through.
    proxy_pool: Option<String>,
    /// Another place that speaks like the mobile site. `https://m.qidian.com` by default.
    base_url: Option<String>,
}

#[async_trait]
impl Action for BookAction {
    fn describe(&self) -> ActionDescriptor {
        ActionDescriptor {
            name: "qidian.book".to_owned(),
            title: "Qidian book".to_owned(),
            description: "One book's page on Qidian's mobile site as a record.".to_owned(),
            input_schema: schema_of::<Input>(),
            output_schema: schema_of::<BookRecord>(),
        }
    }

    async fn run(&self, ctx: &ActionContext, input: Value) -> Result<Value, ActionError> {
        let input: Input = read_input(input)?;
        let route = Route::new(input.base_url.as_deref(), input.proxy_pool.as_deref())?;
        let path = format!("/book/{}/", input.book_id.digits("book_id")?);
        let url = route.address(&path, None);
        let book = self.site.live(ctx, &url, route.proxy_pool, parse_book).await?;
        Ok(json!(book))
    }
}
