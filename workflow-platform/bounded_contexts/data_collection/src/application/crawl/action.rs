//! The action.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Value, json};
use shared_kernel::{
    application::{Action, ActionContext, ActionDescriptor, ActionError, Fetcher},
    infrastructure::cpu::CpuPool,
};

use super::{
    input::{input_schema, plan},
    page::Reader,
    run::Crawl,
};

/// Crawls pages.
#[derive(Clone)]
pub struct CrawlPages {
    fetcher: Arc<dyn Fetcher>,
    cpu: CpuPool,
}

impl CrawlPages {
    pub fn new(fetcher: Arc<dyn Fetcher>, cpu: CpuPool) -> Self {
        Self { fetcher, cpu }
    }
}

#[async_trait]
impl Action for CrawlPages {
    fn describe(&self) -> ActionDescriptor {
        ActionDescriptor {
            name: "crawl.pages".to_owned(),
            title: "Crawl pages".to_owned(),
            description: "Follows links from start pages and reads fields of every HTML page. \
                          robots.txt is heeded; each page is fetched once; a crawl that was cut off \
                          goes on where it was."
                .to_owned(),
            input_schema: input_schema(),
            output_schema: json!({
                "type": "object",
                "properties": {
                    "pages": { "type": "array", "description": "A row for each page: url, status, depth, title and the fields." },
                    "failed": { "type": "array", "description": "Pages that could not be got, with the reason." },
                    "counts": {
                        "type": "object",
                        "properties": {
                            "pages": { "type": "integer" },
                            "failed": { "type": "integer" },
                            "skipped": { "type": "integer" },
                            "left": { "type": "integer", "description": "Found, and left out because of max_pages." },
                        },
                    },
                },
            }),
        }
    }

    async fn run(&self, ctx: &ActionContext, input: Value) -> Result<Value, ActionError> {
        let plan = plan(input)?;
        let reader = Reader::new(Arc::clone(&self.fetcher), self.cpu.clone(), ctx, &plan);
        Crawl::new(ctx, &plan).run(&reader).await
    }
}
