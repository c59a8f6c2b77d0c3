//! `xiaohongshu.note`: one note, from a saved page or live.

use async_trait::async_trait;
use serde_json::{Value, json};
use shared_kernel::application::{
    Action, ActionContext, ActionDescriptor, ActionError, SiteReader, schema_of,
};

use super::source::{Source, read_input};
use crate::domain::{NoteRecord, parse_note};

/// The step kind.
pub struct NoteAction {
    pub site: SiteReader,
}

#[async_trait]
impl Action for NoteAction {
    fn describe(&self) -> ActionDescriptor {
        ActionDescriptor {
            name: "xiaohongshu.note".to_owned(),
            title: "Xiaohongshu note".to_owned(),
            description:
                "One note's page as a record: from a saved page (`html`), or live (`url`) \
                where the operator allows it against the site's robots.txt."
                    .to_owned(),
            input_schema: schema_of::<Source>(),
            output_schema: schema_of::<NoteRecord>(),
        }
    }

    async fn run(&self, ctx: &ActionContext, input: Value) -> Result<Value, ActionError> {
        let source: Source = read_input(input)?;
        Ok(json!(source.read(&self.site, ctx, parse_note).await?))
    }
}
