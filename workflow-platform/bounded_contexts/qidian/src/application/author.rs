//! `qidian.author`: a writer and their books.

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use shared_kernel::application::{
    Action, ActionContext, ActionDescriptor, ActionError, SiteReader, schema_of,
};

use super::input::{Route, SiteId, read_input};
use crate::domain::{AuthorPage, parse_author};

/// The step kind.
pub struct AuthorAction {
    pub site: SiteReader,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Input {
    /// The writer's number on the site.
    author_id: SiteId,
    /// Name or id of the proxy pool to go through.
    proxy_pool: Option<String>,
    /// Another place that speaks like the mobile site. `https://m.qidian.com` by default.
    base_url: Option<String>,
}

#[async_trait]
impl Action for AuthorAction {
    fn describe(&self) -> ActionDescriptor {
        ActionDescriptor {
            name: "qidian.author".to_owned(),
            title: "Qidian author".to_owned(),
            description: "A writer's page on Qidian's mobile site, with their books.".to_owned(),
            input_schema: schema_of::<Input>(),
            output_schema: schema_of::<AuthorPage>(),
        }
    }

    async fn run(&self, ctx: &ActionContext, input: Value) -> Result<Value, ActionError> {
        let input: Input = read_input(input)?;
        let route = Route::new(input.base_url.as_deref(), input.proxy_pool.as_deref())?;
        let path = format!("/author/{}/", input.author_id.digits("author_id")?);
        let url = route.address(&path, None);
        let author = self.site.live(ctx, &url, route.proxy_pool, parse_author).await?;
        Ok(json!(author))
    }
}
