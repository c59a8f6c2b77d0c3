//! `qidian.free`: books that cost nothing for a while.

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared_kernel::application::{
    Action, ActionContext, ActionDescriptor, ActionError, SiteReader, schema_of,
};

use super::input::{Route, read_input};
use crate::domain::{FreeBook, parse_free};

/// The step kind.
pub struct FreeAction {
    pub site: SiteReader,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Input {
    /// Name or id of the proxy pool to go through.
    proxy_pool: Option<String>,
    /// Another place that speaks like the mobile site. `https://m.qidian.com` by default.
    base_url: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Output {
    books: Vec<FreeBook>,
}

#[async_trait]
impl Action for FreeAction {
    fn describe(&self) -> ActionDescriptor {
        ActionDescriptor {
            name: "qidian.free".to_owned(),
            title: "Qidian free books".to_owned(),
            description: "The books that are free for now on Qidian's mobile site.".to_owned(),
            input_schema: schema_of::<Input>(),
            output_schema: schema_of::<Output>(),
        }
    }

    async fn run(&self, ctx: &ActionContext, input: Value) -> Result<Value, ActionError> {
        let input: Input = read_input(input)?;
        let route = Route::new(input.base_url.as_deref(), input.proxy_pool.as_deref())?;
        let url = route.address("/free", None);
        let books = self.site.live(ctx, &url, route.proxy_pool, parse_free).await?;
        Ok(json!(Output { books }))
    }
}
