//! `xiaohongshu.feed`: the notes of a list, from a saved page or live.

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use shared_kernel::application::{
    Action, ActionContext, ActionDescriptor, ActionError, SiteReader, schema_of,
};

use super::source::{Source, read_input};
use crate::domain::{NoteRecord, parse_feed};

/// The step kind.
pub struct FeedAction {
    pub site: SiteReader,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Output {
    notes: Vec<NoteRecord>,
}

#[async_trait]
impl Action for FeedAction {
    fn describe(&self) -> ActionDescriptor {
        ActionDescriptor {
            name: "xiaohongshu.feed".to_owned(),
            title: "Xiaohongshu list".to_owned(),
            description: "The notes of a list: from a saved page (`html`), or live (`url`) where \
                the operator allows it against the site's robots.txt."
                .to_owned(),
            input_schema: schema_of::<Source>(),
            output_schema: schema_of::<Output>(),
        }
    }

    async fn run(&self, ctx: &ActionContext, input: Value) -> Result<Value, ActionError> {
        let source: Source = read_input(input)?;
        Ok(json!(Output { notes: source.read(&self.site, ctx, parse_feed).await? }))
    }
}
