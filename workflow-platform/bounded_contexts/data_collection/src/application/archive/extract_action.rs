//! `page.extract`: an extraction over pages of the archive, without fetching them again.

use std::sync::Arc;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use shared_kernel::{
    application::{Action, ActionContext, ActionDescriptor, ActionError},
    domain::{Cursor, PageRequest, Timestamp},
    infrastructure::cpu::CpuPool,
};
use url::Url;
use uuid::Uuid;

use super::{
    super::{
        html_extract::{bad_fields, problems_schema, stopped},
        input_of,
    },
    ArchivedPage, PageFilter, PageStore, PageStoreError,
};
use crate::domain::{
    charset,
    extract::{Extraction, Fields, Problem, Rows, TooDeep, extract_rows, schema},
};

/// Most pages that one step reads, and pages looked up at once.
const MOST: usize = 10_000;
const LOOKED_UP: u32 = 100;
/// Most problems that are told.
const TOLD: usize = 100;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    pages: Option<Vec<Uuid>>,
    host: Option<String>,
    url_prefix: Option<String>,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    #[serde(default = "most")]
    limit: usize,
    #[serde(default = "yes")]
    newest_only: bool,
    fields: Fields,
    each: Option<String>,
}

const fn most() -> usize {
    1000
}

const fn yes() -> bool {
    true
}

/// The action.
#[derive(Clone)]
pub struct PageExtract {
    store: Arc<dyn PageStore>,
    cpu: CpuPool,
}

/// What came of the pages.
#[derive(Debug, Default)]
struct Read {
    records: Vec<Value>,
    problems: Vec<Value>,
    pages: usize,
}

impl PageExtract {
    pub fn new(store: Arc<dyn PageStore>, cpu: CpuPool) -> Self {
        Self { store, cpu }
    }

    /// The pages of the input, each address once when only the newest are wanted.
    async fn pages(
        &self,
        ctx: &ActionContext,
        input: &Input,
    ) -> Result<Vec<ArchivedPage>, ActionError> {
        if let Some(ids) = &input.pages {
            let mut pages = Vec::with_capacity(ids.len());
            for (index, id) in ids.iter().enumerate() {
                let page = self.store.find(ctx.owner, *id).await.map_err(|e| unavailable(&e))?;
                pages.push(page.ok_or_else(|| {
                    ActionError::invalid_input(&format!("pages[{index}]"), "there is no such page")
                })?);
            }
            return Ok(pages);
        }
        let filter = PageFilter {
            host: input.host.clone(),
            url_prefix: input.url_prefix.clone(),
            since: input.since,
            until: input.until,
        };
        let mut pages: Vec<ArchivedPage> = Vec::new();
        let mut known = std::collections::HashSet::new();
        let mut request = PageRequest::first(LOOKED_UP);
        while pages.len() < input.limit && !ctx.cancel.is_cancelled() {
            let found = self.store.list(ctx.owner, &filter, request).await;
            let found = found.map_err(|error| unavailable(&error))?;
            for page in found.items {
                if !input.newest_only || known.insert(page.url.clone()) {
                    pages.push(page);
                }
            }
            match found.next_cursor.as_deref().and_then(|text| Cursor::decode(text).ok()) {
                Some(after) => request.after = Some(after),
                None => break,
            }
        }
        pages.truncate(input.limit);
        Ok(pages)
    }

    async fn read(
        &self,
        page: &ArchivedPage,
        extraction: &Arc<Extraction>,
        read: &mut Read,
    ) -> Result<(), ActionError> {
        let content = self.store.content(page).await.map_err(|error| unavailable(&error))?;
        let (extraction, url) = (Arc::clone(extraction), Url::parse(&page.url).ok());
        let (kind, seen_at) = (page.content_type.clone(), Some(page.fetched_at));
        let work = move || {
            let text = charset::decode(&content, kind.as_deref());
            extract_rows(&text, url.as_ref(), seen_at, &extraction)
        };
        let rows = self.cpu.run(work).await.map_err(|_| stopped())?;
        let Rows { records, problems } = rows.unwrap_or_else(unread);
        read.pages += 1;
        read.records.extend(records.into_iter().map(|record| row(page, record)));
        for Problem { path, message, .. } in problems {
            if read.problems.len() < TOLD {
                read.problems.push(json!({ "url": page.url, "path": path, "message": message }));
            }
        }
        Ok(())
    }
}

/// One page that nobody can read does not keep the others from being read.
fn unread(error: TooDeep) -> Rows {
    let problem = Problem { path: String::new(), message: error.to_string(), missing: true };
    Rows { records: Vec::new(), problems: vec![problem] }
}

fn unavailable(error: &PageStoreError) -> ActionError {
    ActionError::retryable("ARCHIVE_UNAVAILABLE", error.to_string())
}

/// The fields, and where they come from.
fn row(page: &ArchivedPage, record: Value) -> Value {
    let mut row = match record {
        Value::Object(fields) => fields,
        _ => Map::new(),
    };
    row.insert("url".to_owned(), json!(page.url));
    row.insert("fetched_at".to_owned(), json!(page.fetched_at));
    Value::Object(row)
}

#[async_trait]
impl Action for PageExtract {
    fn describe(&self) -> ActionDescriptor {
        ActionDescriptor {
            name: "page.extract".to_owned(),
            title: "Extract from archived pages".to_owned(),
            description: "Reads fields of pages that were fetched before, without fetching them \
                          again: the given ones, or those of a host, of addresses and of a time."
                .to_owned(),
            input_schema: input_schema(),
            output_schema: json!({
                "type": "object",
                "properties": {
                    "records": { "type": "array", "items": { "type": "object" }, "description": "The rows, each with url and fetched_at." },
                    "pages": { "type": "integer", "description": "Pages that were read." },
                    "problems": problems_schema(),
                },
            }),
        }
    }

    async fn run(&self, ctx: &ActionContext, input: Value) -> Result<Value, ActionError> {
        let input: Input = input_of(input)?;
        if !(1..=MOST).contains(&input.limit) {
            return Err(ActionError::invalid_input(
                "limit",
                format!("must be between 1 and {MOST}"),
            ));
        }
        if input.pages.as_ref().is_some_and(|pages| pages.len() > MOST) {
            return Err(ActionError::invalid_input("pages", format!("are at most {MOST}")));
        }
        let extraction = Extraction::compile(&input.fields, input.each.as_deref(), "fields");
        let extraction = Arc::new(extraction.map_err(|error| bad_fields(&error))?);
        let pages = self.pages(ctx, &input).await?;
        let mut read = Read::default();
        for page in &pages {
            if ctx.cancel.is_cancelled() {
                return Err(ActionError::cancelled());
            }
            self.read(page, &extraction, &mut read).await?;
            ctx.progress(read.pages as u64, Some(pages.len() as u64), &page.url);
        }
        let Read { records, problems, pages } = read;
        Ok(json!({ "records": records, "pages": pages, "problems": problems }))
    }
}

fn input_schema() -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["fields"],
        "properties": {
            "pages": { "type": "array", "items": { "type": "string", "format": "uuid" }, "description": "These pages; without it those that fit what follows." },
            "host": { "type": "string", "description": "Name, or name:port.", "examples": ["example.com"] },
            "url_prefix": { "type": "string", "description": "How the address begins.", "examples": ["https://example.com/books/"] },
            "since": { "type": "string", "format": "date-time" },
            "until": { "type": "string", "format": "date-time" },
            "limit": { "type": "integer", "minimum": 1, "maximum": MOST, "default": 1000, "description": "Most pages." },
            "newest_only": { "type": "boolean", "default": true, "description": "Of several pages of one address the newest alone." },
            "fields": schema(),
            "each": { "type": "string", "description": "CSS selector of the rows." },
        },
        "examples": [{ "host": "example.com", "url_prefix": "https://example.com/books/", "fields": { "title": "h1" } }],
    })
}
