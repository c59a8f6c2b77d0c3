//! Imports of saved pages: of one handed in with the step, of uploaded files, and of ZIP archives
//! of them. Every file is answered for: what it was recognised as, how many records it gave, or
//! why it gave none.

use std::sync::Arc;

use bytes::Bytes;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{ActionContext, ActionError, UserFiles};
use crate::{
    domain::{
        PageError, SitePage, Timestamp,
        archive::{Archive, ArchiveLimits},
    },
    infrastructure::cpu::CpuPool,
};

/// Most files that one import names.
const MOST_FILES: usize = 50;
/// Most pages that one import reads, those within archives counted one by one.
const MOST_PAGES: usize = 2000;
/// Most records that one import gives.
const MOST_RECORDS: usize = 50_000;
const ARCHIVE: ArchiveLimits = ArchiveLimits { entries: 5000, entry_bytes: 32 * 1024 * 1024 };
/// Most bytes that are unpacked of all archives of one import.
const UNPACKED: usize = 256 * 1024 * 1024;
/// Pages of an archive that are read before the step looks whether it is still wanted.
const AT_ONCE: usize = 16;
/// What a page saved as a whole brings along.
const BESIDE: [&str; 20] = [
    "css", "js", "mjs", "map", "png", "jpg", "jpeg", "gif", "webp", "avif", "svg", "ico", "woff",
    "woff2", "ttf", "otf", "mp4", "mp3", "download", "ds_store",
];

/// What an import is given.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportInput {
    /// A saved page (HTML) or its page state (JSON), as text. Instead of `files`.
    pub content: Option<String>,
    /// Ids of uploaded files: pages, page states, or ZIP archives of them. Instead of `content`.
    #[serde(default)]
    #[schemars(length(max = MOST_FILES))]
    pub files: Vec<Uuid>,
    /// What the pages are. Every page is recognised by itself unless this says what it is.
    pub page: Option<String>,
    /// When the pages were saved, which relative times ("3小时前") are counted from. Without it
    /// they stay unknown.
    pub seen_at: Option<Timestamp>,
}

/// Reads one saved page as the kind named, or as the one it is recognised as.
pub type ReadSaved<R> =
    fn(&SitePage<'_>, Option<&str>) -> Result<(&'static str, Vec<R>), PageError>;

/// What came of an import.
#[derive(Debug)]
pub struct Imported<R> {
    pub records: Vec<R>,
    pub files: Vec<FileReport>,
    /// Entries of archives that are no pages: folders, pictures, styles.
    pub skipped: usize,
}

/// What came of one file, or of one entry of an archive.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct FileReport {
    /// The uploaded file.
    pub file: Option<Uuid>,
    /// Its name, or the entry's behind the archive's.
    pub name: Option<String>,
    /// What it was read as, such as `note`.
    pub page: Option<String>,
    pub records: usize,
    pub error: Option<FileProblem>,
}

/// Why a file gave no records.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct FileProblem {
    /// `challenge`, `login_wall`, `gone`, `parse_drift`, or `unreadable`.
    pub kind: String,
    pub message: String,
}

impl FileProblem {
    fn unreadable(error: &dyn std::error::Error) -> Self {
        Self { kind: "unreadable".to_owned(), message: error.to_string() }
    }
}

impl From<PageError> for FileProblem {
    fn from(error: PageError) -> Self {
        let kind = match &error {
            PageError::Challenge { .. } => "challenge",
            PageError::LoginWall { .. } => "login_wall",
            PageError::Gone { .. } => "gone",
            PageError::ParseDrift { .. } => "parse_drift",
        };
        Self { kind: kind.to_owned(), message: error.to_string() }
    }
}

impl<R> Imported<R> {
    /// Files that gave no records because of an error.
    pub fn failed(&self) -> usize {
        self.files.iter().filter(|file| file.error.is_some()).count()
    }

    fn add(&mut self, mut report: FileReport, read: Result<(&'static str, Vec<R>), FileProblem>) {
        match read {
            Ok((page, records)) => {
                report.page = Some(page.to_owned());
                report.records = records.len();
                self.records.extend(records);
            }
            Err(problem) => report.error = Some(problem),
        }
        self.files.push(report);
    }
}

/// Reads saved pages. Cheap to clone.
#[derive(Clone)]
pub struct Importer {
    files: Arc<dyn UserFiles>,
    cpu: CpuPool,
}

/// How pages of one import are read.
#[derive(Clone)]
struct Way<R> {
    page: Option<Arc<str>>,
    seen_at: Option<Timestamp>,
    read: ReadSaved<R>,
}

impl<R> Way<R> {
    fn read(&self, body: &[u8]) -> Result<(&'static str, Vec<R>), FileProblem> {
        let page = SitePage { seen_at: self.seen_at, ..SitePage::saved(body) };
        (self.read)(&page, self.page.as_deref()).map_err(FileProblem::from)
    }
}

impl Importer {
    pub fn new(files: Arc<dyn UserFiles>, cpu: CpuPool) -> Self {
        Self { files, cpu }
    }

    /// Reads all that the input names. Files that cannot be read are told of in the answer; a
    /// file that is not there fails the step.
    pub async fn run<R: Clone + Send + 'static>(
        &self,
        ctx: &ActionContext,
        input: ImportInput,
        read: ReadSaved<R>,
    ) -> Result<Imported<R>, ActionError> {
        let way = Way { page: input.page.map(Into::into), seen_at: input.seen_at, read };
        let mut done = Imported { records: Vec::new(), files: Vec::new(), skipped: 0 };
        match (input.content, input.files.as_slice()) {
            (Some(content), []) => {
                self.single(&mut done, named(None, None), content.into(), &way).await?;
            }
            (None, ids @ [_, ..]) if ids.len() <= MOST_FILES => {
                self.all_files(ctx, &mut done, ids, &way).await?;
            }
            (None, [_, ..]) => {
                return Err(ActionError::invalid_input(
                    "files",
                    format!("are more than {MOST_FILES}"),
                ));
            }
            _ => return Err(ActionError::invalid_input("content", "give either content or files")),
        }
        Ok(done)
    }

    async fn all_files<R: Clone + Send + 'static>(
        &self,
        ctx: &ActionContext,
        done: &mut Imported<R>,
        ids: &[Uuid],
        way: &Way<R>,
    ) -> Result<(), ActionError> {
        let mut budget = UNPACKED;
        let total = u64::try_from(ids.len()).ok();
        for (index, id) in ids.iter().enumerate() {
            let found = self.files.read(ctx.owner, *id).await;
            let found = found
                .map_err(|error| ActionError::retryable("FILES_UNAVAILABLE", error.to_string()))?;
            let Some((file, bytes)) = found else {
                let place = format!("files[{index}]");
                return Err(ActionError::invalid_input(&place, "there is no such file"));
            };
            ctx.progress(u64::try_from(index).unwrap_or_default(), total, &file.name);
            let report = named(Some(*id), Some(file.name));
            if Archive::looks_like_one(&bytes) {
                self.archive(ctx, done, report, bytes, way, &mut budget).await?;
            } else {
                self.single(done, report, bytes, way).await?;
            }
        }
        Ok(())
    }

    async fn single<R: Clone + Send + 'static>(
        &self,
        done: &mut Imported<R>,
        report: FileReport,
        body: Bytes,
        way: &Way<R>,
    ) -> Result<(), ActionError> {
        let way = way.clone();
        let read = self.on_cpu(move || way.read(&body)).await?;
        done.add(report, read);
        bounded(done)
    }

    async fn archive<R: Clone + Send + 'static>(
        &self,
        ctx: &ActionContext,
        done: &mut Imported<R>,
        report: FileReport,
        bytes: Bytes,
        way: &Way<R>,
        budget: &mut usize,
    ) -> Result<(), ActionError> {
        let archive = match self.on_cpu(move || Archive::open(bytes, ARCHIVE)).await? {
            Ok(archive) => archive,
            Err(error) => {
                done.add(report, Err(FileProblem::unreadable(&error)));
                return Ok(());
            }
        };
        let pages: Vec<usize> = (0..archive.len()).filter(|at| is_page(&archive, *at)).collect();
        done.skipped += archive.len() - pages.len();
        for some in pages.chunks(AT_ONCE) {
            if ctx.cancel.is_cancelled() {
                return Err(ActionError::cancelled());
            }
            let (archive_, way, some_, mut left) =
                (archive.clone(), way.clone(), some.to_vec(), *budget);
            let read = move || {
                let one = |at: &usize| match archive_.read(*at, &mut left) {
                    Ok(body) => way.read(&body),
                    Err(error) => Err(FileProblem::unreadable(&error)),
                };
                (some_.iter().map(one).collect::<Vec<_>>(), left)
            };
            let (read, left) = self.on_cpu(read).await?;
            *budget = left;
            for (at, read) in some.iter().zip(read) {
                let name = archive.name(*at).unwrap_or_default();
                let whole = format!("{}/{name}", report.name.as_deref().unwrap_or_default());
                done.add(named(report.file, Some(whole)), read);
            }
            bounded(done)?;
        }
        Ok(())
    }

    async fn on_cpu<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, ActionError> {
        let done = self.cpu.run(job).await;
        done.map_err(|error| ActionError::retryable("INTERNAL", error.to_string()))
    }
}

fn named(file: Option<Uuid>, name: Option<String>) -> FileReport {
    FileReport { file, name, page: None, records: 0, error: None }
}

/// Whether an entry may be a page, rather than a folder or what a page brings along.
fn is_page(archive: &Archive, at: usize) -> bool {
    let name = archive.name(at).unwrap_or_default();
    let last = name.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    let ending = last.rsplit('.').next().unwrap_or_default();
    !archive.is_folder(at) && !name.starts_with("__MACOSX/") && !BESIDE.contains(&ending)
}

fn bounded<R>(done: &Imported<R>) -> Result<(), ActionError> {
    let (pages, records) = (done.files.len(), done.records.len());
    if pages > MOST_PAGES || records > MOST_RECORDS {
        let message = format!(
            "hold more than {MOST_PAGES} pages or {MOST_RECORDS} records; split the import"
        );
        return Err(ActionError::permanent("IMPORT_TOO_LARGE", format!("the files {message}")));
    }
    Ok(())
}
