//! `qidian.catalog`: the chapters of one book.

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared_kernel::application::{
    Action, ActionContext, ActionDescriptor, ActionError, SiteReader, schema_of,
};

use super::input::{Route, SiteId, read_input};
use crate::domain::{ChapterRecord, parse_catalog};

/// The step kind.
pub struct CatalogAction {
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

#[derive(Debug, Serialize, JsonSchema)]
struct Output {
    book_id: String,
    /// In the order of the book.
    chapters: Vec<ChapterRecord>,
}

#[async_trait]
impl Action for CatalogAction {
    fn describe(&self) -> ActionDescriptor {
        ActionDescriptor {
            name: "qidian.catalog".to_owned(),
            title: "Qidian catalog".to_owned(),
            description: "The chapters of a book on Qidian's mobile site, with their volumes, \
                lengths and whether they are free. Their text is not read."
                .to_owned(),
            input_schema: schema_of::<Input>(),
            output_schema: schema_of::<Output>(),
        }
    }

    async fn run(&self, ctx: &ActionContext, input: Value) -> Result<Value, ActionError> {
        let input: Input = read_input(input)?;
        let route = Route::new(input.base_url.as_deref(), input.proxy_pool.as_deref())?;
        let book_id = input.book_id.digits("book_id")?;
        let url = route.address(&format!("/book/{book_id}/catalog/"), None);
        let chapters = self.site.live(ctx, &url, route.proxy_pool, parse_catalog).await?;
        Ok(json!(Output { book_id, chapters }))
    }
}
