//! The action.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;
use shared_kernel::{
    application::{Action, ActionContext, ActionDescriptor, ActionError, Fetcher},
    infrastructure::cpu::CpuPool,
};

use super::{
    input::plan,
    page::Reader,
    run::Crawl,
    schema::{input_schema, output_schema},
    sink::RowSink,
};

/// Crawls pages.
#[derive(Clone)]
pub struct CrawlPages {
    fetcher: Arc<dyn Fetcher>,
    sink: Arc<dyn RowSink>,
    cpu: CpuPool,
}

impl CrawlPages {
    pub fn new(fetcher: Arc<dyn Fetcher>, sink: Arc<dyn RowSink>, cpu: CpuPool) -> Self {
        Self { fetcher, sink, cpu }
    }
}

#[async_trait]
impl Action for CrawlPages {
    fn describe(&self) -> ActionDescriptor {
        ActionDescriptor {
            name: "crawl.pages".to_owned(),
            title: "Crawl pages".to_owned(),
            description: "Follows links from start pages and sitemaps and reads fields of every \
                          HTML page. robots.txt is heeded; each page is fetched once; a crawl that \
                          was cut off goes on where it was."
                .to_owned(),
            input_schema: input_schema(),
            output_schema: output_schema(),
        }
    }

    fn needs_journal(&self) -> bool {
        true
    }

    async fn run(&self, ctx: &ActionContext, input: Value) -> Result<Value, ActionError> {
        let plan = Arc::new(plan(input)?);
        let reader =
            Reader::new(Arc::clone(&self.fetcher), self.cpu.clone(), ctx, Arc::clone(&plan));
        Crawl::new(ctx, plan, self.sink.as_ref()).run(&reader).await
    }
}
