//! `xiaohongshu.creator`: one profile, from a saved page or live.

use async_trait::async_trait;
use serde_json::{Value, json};
use shared_kernel::application::{
    Action, ActionContext, ActionDescriptor, ActionError, SiteReader, schema_of,
};

use super::source::{Source, read_input};
use crate::domain::{CreatorRecord, parse_creator};

/// The step kind.
pub struct CreatorAction {
    pub site: SiteReader,
}

#[async_trait]
impl Action for CreatorAction {
    fn describe(&self) -> ActionDescriptor {
        ActionDescriptor {
            name: "xiaohongshu.creator".to_owned(),
            title: "Xiaohongshu creator".to_owned(),
            description:
                "A creator's profile with the notes it shows: from a saved page (`html`), \
                or live (`url`) where the operator allows it against the site's robots.txt."
                    .to_owned(),
            input_schema: schema_of::<Source>(),
            output_schema: schema_of::<CreatorRecord>(),
        }
    }

    async fn run(&self, ctx: &ActionContext, input: Value) -> Result<Value, ActionError> {
        let source: Source = read_input(input)?;
        Ok(json!(source.read(&self.site, ctx, parse_creator).await?))
    }
}
