//! `qidian.import`: records of pages that somebody saved.

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use shared_kernel::{
    application::{
        Action, ActionContext, ActionDescriptor, ActionError, FileReport, ImportInput, Importer,
        schema_of,
    },
    domain::{PageError, SitePage},
};

use super::input::read_input;
use crate::domain::{ChapterRecord, FreeBook, Page, Record, recognise};

/// The step kind.
pub struct ImportAction {
    pub importer: Importer,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Output {
    /// Books of rankings, book pages, authors' pages and lists of free books; the last with the
    /// `score` that the page gives.
    books: Vec<FreeBook>,
    /// Chapters of catalogs.
    chapters: Vec<ChapterRecord>,
    /// Every file, or every page of an archive, with what came of it.
    files: Vec<FileReport>,
    /// How many of them gave no records because of an error.
    failed: usize,
    /// Entries of archives that are no pages.
    skipped: usize,
}

/// Reads the page as what it is said or recognised to be.
fn read(page: &SitePage<'_>, kind: Option<&str>) -> Result<(&'static str, Vec<Record>), PageError> {
    let named = kind.and_then(|kind| Page::ALL.into_iter().find(|page| page.name() == kind));
    let kind = named.map_or_else(|| recognise(page), Ok)?;
    Ok((kind.name(), kind.parse(page)?))
}

#[async_trait]
impl Action for ImportAction {
    fn describe(&self) -> ActionDescriptor {
        let mut input_schema = schema_of::<ImportInput>();
        let kinds = Page::ALL.map(Page::name);
        input_schema["properties"]["page"]["enum"] =
            kinds.iter().map(|kind| json!(kind)).chain([Value::Null]).collect();
        ActionDescriptor {
            name: "qidian.import".to_owned(),
            title: "Import Qidian pages".to_owned(),
            description:
                "Records of saved Qidian pages, of either site and generation: from text, \
                uploaded files, or ZIP archives of them."
                    .to_owned(),
            input_schema,
            output_schema: schema_of::<Output>(),
        }
    }

    async fn run(&self, ctx: &ActionContext, input: Value) -> Result<Value, ActionError> {
        let input: ImportInput = read_input(input)?;
        if input
            .page
            .as_deref()
            .is_some_and(|page| !Page::ALL.iter().any(|kind| kind.name() == page))
        {
            let kinds = Page::ALL.map(Page::name).join(", ");
            return Err(ActionError::invalid_input("page", format!("is none of {kinds}")));
        }
        let imported = self.importer.run(ctx, input, read).await?;
        let (failed, skipped) = (imported.failed(), imported.skipped);
        let (mut books, mut chapters) = (Vec::new(), Vec::new());
        for record in imported.records {
            match record {
                Record::Book(book) => books.push(FreeBook { book: *book, score: None }),
                Record::Free(free) => books.push(*free),
                Record::Chapter(chapter) => chapters.push(chapter),
            }
        }
        Ok(json!(Output { books, chapters, files: imported.files, failed, skipped }))
    }
}
