//! The archive: what comes back, to whom, and for how long.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::Path,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::get,
};
use data_collection::{
    Archive, ArchiveJanitor, ArchiveLimits, FetcherSettings, PoliteFetcher,
    application::{
        PageExtract,
        archive::{PageArchive, PageFilter, PageStore as _},
    },
};
use serde_json::json;
use shared_kernel::{
    application::{BlobStore, FetchRequest, Fetcher as _},
    domain::{Cursor, PageRequest},
    infrastructure::{blob_folder::BlobFolder, cpu::CpuPool},
};
use testkit::{MovableClock, TestDatabase};
use tokio_util::sync::CancellationToken;

use crate::{
    step::{Step, owner},
    web::{Web, fetcher_of, parts, request},
};

struct World {
    database: TestDatabase,
    blobs: Arc<dyn BlobStore>,
    archive: Arc<Archive>,
    fetcher: PoliteFetcher,
    clock: Arc<MovableClock>,
    site: Web,
    stop: CancellationToken,
    folder: tempfile::TempDir,
}

/// A page with its number; unchanged for whoever has it.
async fn page(Path(number): Path<u32>, headers: HeaderMap) -> Response {
    let etag = format!("\"v{number}\"");
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known == etag.as_str()) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let body = format!("<html><h1>Page {number}</h1><p class=n>{}</p></html>", number * 10);
    ([(header::ETAG, etag), (header::CONTENT_TYPE, "text/html".to_owned())], body).into_response()
}

async fn worlds() -> Vec<World> {
    let mut worlds = Vec::new();
    for database in testkit::databases(&[data_collection::migrations]).await {
        let folder = tempfile::tempdir().unwrap();
        let blobs: Arc<dyn BlobStore> = Arc::new(BlobFolder::new(folder.path()));
        let (ambient, clock) = testkit::ambient();
        let archive = Arc::new(Archive::new(
            database.database.clone(),
            Arc::clone(&blobs),
            CpuPool::new(2),
            ambient.clone(),
        ));
        let stop = CancellationToken::new();
        tokio::spawn(Arc::clone(&archive).run(stop.clone()));
        tokio::task::yield_now().await;
        let router =
            Router::new().route("/robots.txt", get(async || "")).route("/p/{number}", get(page));
        let site = Web::serving(router).await;
        let mut parts = parts(&[site.address.to_string()]);
        parts.archive = Some(Arc::clone(&archive) as Arc<dyn PageArchive>);
        parts.ambient = ambient;
        let fetcher = fetcher_of(FetcherSettings::default(), parts);
        worlds.push(World { database, blobs, archive, fetcher, clock, site, stop, folder });
    }
    worlds
}

impl World {
    fn request(&self, who: u128, number: u32) -> FetchRequest {
        let url = self.site.url(&format!("/p/{number}"));
        FetchRequest { owner: owner(who), ..request(&url) }
    }

    async fn fetch(&self, who: u128, numbers: std::ops::Range<u32>) {
        for number in numbers {
            self.clock.advance(Duration::from_millis(1));
            self.fetcher.fetch(self.request(who, number)).await.unwrap();
        }
        self.archive.flush().await;
    }

    async fn urls(&self, who: u128, filter: &PageFilter) -> Vec<String> {
        let pages = self.archive.pages();
        let mut urls = Vec::new();
        let mut ask = PageRequest::first(3);
        loop {
            let found = pages.list(owner(who), filter, ask).await.unwrap();
            urls.extend(found.items.into_iter().map(|page| page.url));
            match found.next_cursor {
                Some(next) => ask.after = Some(Cursor::decode(&next).unwrap()),
                None => return urls,
            }
        }
    }

    fn files(&self) -> usize {
        let mut folders = vec![self.folder.path().to_owned()];
        let mut files = 0;
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let entry = entry.unwrap();
                if entry.file_type().unwrap().is_dir() {
                    folders.push(entry.path());
                } else {
                    files += 1;
                }
            }
        }
        files
    }

    fn janitor(&self, limits: ArchiveLimits) -> ArchiveJanitor {
        let (ambient, clock) = testkit::ambient();
        clock.set(shared_kernel::domain::Clock::now(&*self.clock));
        ArchiveJanitor::new(
            self.database.database.clone(),
            Arc::clone(&self.blobs),
            ambient,
            limits,
        )
    }
}

#[tokio::test]
async fn a_page_comes_back_as_it_was_and_to_its_owner_alone() {
    for world in worlds().await {
        world.fetch(1, 0..7).await;
        world.fetch(2, 0..1).await;
        let pages = world.archive.pages();
        assert_eq!(world.urls(1, &PageFilter::default()).await.len(), 7, "{}", world.database.name);
        let found =
            pages.list(owner(1), &PageFilter::default(), PageRequest::first(1)).await.unwrap();
        let page = &found.items[0];
        assert_eq!(
            (page.status, page.charset.as_str(), page.etag.as_deref()),
            (200, "UTF-8", Some("\"v6\""))
        );
        let content = pages.content(page).await.unwrap();
        assert!(content.starts_with(b"<html><h1>Page 6</h1>"), "{}", world.database.name);
        assert!(pages.find(owner(2), page.id).await.unwrap().is_none(), "somebody else's");
        let theirs =
            pages.list(owner(2), &PageFilter::default(), PageRequest::first(9)).await.unwrap();
        assert_eq!(theirs.items.len(), 1);
        let mine = world.urls(1, &PageFilter::default()).await;
        assert!(mine.contains(&theirs.items[0].url), "the same page of two owners");
        let blobs: Vec<_> = theirs.items.iter().map(|page| page.content.blob.clone()).collect();
        assert_ne!(blobs[0], page.content.blob, "nothing is shared");
        world.stop.cancel();
    }
}

#[tokio::test]
async fn lists_are_narrowed_by_host_address_and_time() {
    for world in worlds().await {
        world.fetch(1, 0..3).await;
        let noon = shared_kernel::domain::Clock::now(&*world.clock).plus(Duration::from_secs(30));
        world.clock.advance(Duration::from_mins(1));
        world.fetch(1, 10..12).await;
        let filter = |change: &dyn Fn(&mut PageFilter)| {
            let mut filter = PageFilter::default();
            change(&mut filter);
            filter
        };
        let port = world.site.address.port();
        for (wanted, count) in [
            (filter(&|f| f.host = Some("127.0.0.1".to_owned())), 5),
            (filter(&|f| f.host = Some(format!("127.0.0.1:{port}"))), 5),
            (filter(&|f| f.host = Some("127.0.0.1:1".to_owned())), 0),
            (filter(&|f| f.host = Some("127.0.0".to_owned())), 0),
            (filter(&|f| f.url_prefix = Some(world.site.url("/p/1"))), 3),
            (filter(&|f| f.url_prefix = Some("%".to_owned())), 0),
            (filter(&|f| f.since = Some(noon)), 2),
            (filter(&|f| f.until = Some(noon)), 3),
        ] {
            let urls = world.urls(1, &wanted).await;
            assert_eq!(urls.len(), count, "{}: {wanted:?} {urls:?}", world.database.name);
        }
        world.stop.cancel();
    }
}

#[tokio::test]
async fn a_page_that_did_not_change_is_the_archived_one() {
    for world in worlds().await {
        world.fetch(1, 5..6).await;
        let ask = |who| FetchRequest { revalidate: true, ..world.request(who, 5) };
        let answer = world.fetcher.fetch(ask(1)).await.unwrap();
        assert!(answer.not_modified && answer.status == 200, "{}", world.database.name);
        assert!(answer.body.starts_with(b"<html><h1>Page 5</h1>"));
        assert_eq!(answer.header("etag"), Some("\"v5\""));
        let other = world.fetcher.fetch(ask(2)).await.unwrap();
        assert!(!other.not_modified, "another owner has no such page");
        world.archive.flush().await;
        assert_eq!(world.urls(1, &PageFilter::default()).await.len(), 1, "kept once");
        world.stop.cancel();
    }
}

#[tokio::test]
async fn what_came_for_a_key_or_a_session_is_not_kept() {
    for world in worlds().await {
        let mut with_key = world.request(1, 1);
        with_key.headers = vec![("X-Api-Key".to_owned(), "secret".to_owned())];
        world.fetcher.fetch(with_key).await.unwrap();
        let in_session = FetchRequest { session: Some("s".into()), ..world.request(1, 2) };
        world.fetcher.fetch(in_session).await.unwrap();
        let unwanted = FetchRequest { archive: false, ..world.request(1, 3) };
        world.fetcher.fetch(unwanted).await.unwrap();
        world.archive.flush().await;
        assert!(world.urls(1, &PageFilter::default()).await.is_empty(), "{}", world.database.name);
        world.stop.cancel();
    }
}

#[tokio::test]
async fn an_extraction_runs_again_without_a_fetch() {
    for world in worlds().await {
        world.fetch(1, 0..4).await;
        let before = world.site.seen.total();
        let action = PageExtract::new(Arc::new(world.archive.pages()), CpuPool::new(1));
        let input = json!({
            "url_prefix": world.site.url("/p/"),
            "fields": { "title": "h1", "n": { "selector": ".n", "type": "integer" } },
        });
        let output = Step::new().run(&action, input).await.unwrap();
        assert_eq!(output["pages"], 4, "{output}");
        let first = &output["records"][0];
        assert_eq!((&first["title"], &first["n"]), (&json!("Page 3"), &json!(30)), "{output}");
        assert_eq!(world.site.seen.total(), before, "nothing was fetched");
        let missing = json!({ "pages": [uuid::Uuid::nil()], "fields": {} });
        let error = Step::new().run(&action, missing).await.unwrap_err();
        assert!(error.message.starts_with("pages[0]"), "{error}");
        world.stop.cancel();
    }
}

#[tokio::test]
async fn what_is_old_or_too_much_goes_with_its_contents() {
    let day = Duration::from_hours(24);
    for world in worlds().await {
        let stop = CancellationToken::new();
        world.fetch(1, 0..3).await;
        world.clock.advance(day * 2);
        world.fetch(1, 3..6).await;
        world.clock.advance(day * 2);
        world.fetch(1, 6..9).await;
        assert_eq!(world.files(), 3, "pages that come together are packed together");
        let limits = ArchiveLimits { days: 3, ..ArchiveLimits::default() };
        assert_eq!(world.janitor(limits).round(&stop).await.unwrap(), 3, "{}", world.database.name);
        assert_eq!((world.urls(1, &PageFilter::default()).await.len(), world.files()), (6, 2));
        let limits = ArchiveLimits { bytes_per_owner: 1, ..ArchiveLimits::default() };
        assert_eq!(world.janitor(limits).round(&stop).await.unwrap(), 3, "{}", world.database.name);
        assert_eq!(world.janitor(limits).round(&stop).await.unwrap(), 0, "twice");
        assert_eq!((world.urls(1, &PageFilter::default()).await.len(), world.files()), (3, 1));

        let database = &world.database.database;
        let kept = data_collection::archive_personal_data(database, Arc::clone(&world.blobs));
        assert_eq!(kept.page(owner(1), None).await.unwrap().items.len(), 3);
        while kept.erase(owner(1)).await.unwrap() > 0 {}
        assert_eq!((world.urls(1, &PageFilter::default()).await.len(), world.files()), (0, 0));
        world.stop.cancel();
    }
}
