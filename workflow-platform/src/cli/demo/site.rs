//! The demo site on loopback: about 200 made-up pages, some of them with a fault on purpose.

use std::{collections::BTreeMap, net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{Path, Request, State},
    http::{StatusCode, header},
    middleware::{self, Next},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use parking_lot::Mutex;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{
    books::{Book, Good},
    pages,
};

/// This book's page is slow.
pub const SLOW_GOOD: u32 = 17;
/// These pages answer 503 to their first visitor.
pub const SHAKY_GOOD: u32 = 23;
pub const SHAKY_BOOK: u32 = 1_000_000_007;

/// robots.txt disallows this.
pub const STAFF: &str = "/shop/staff/";

const SLOWNESS: Duration = Duration::from_millis(1500);
const LISTS: [&str; 6] = ["hotsales", "yuepiao", "readindex", "rec", "update", "newbook"];

/// How often each path was asked for.
#[derive(Debug, Clone, Default)]
pub struct Hits(Arc<Mutex<BTreeMap<String, u64>>>);

impl Hits {
    /// Counts a visit and says how many there have been.
    fn count(&self, path: &str) -> u64 {
        let mut hits = self.0.lock();
        let hit = hits.entry(path.to_owned()).or_default();
        *hit += 1;
        *hit
    }

    pub fn of(&self, path: &str) -> u64 {
        self.0.lock().get(path).copied().unwrap_or(0)
    }

    pub fn total(&self) -> u64 {
        self.0.lock().values().sum()
    }
}

/// The running site. Stops when dropped.
#[derive(Debug)]
pub struct DemoSite {
    address: SocketAddr,
    hits: Hits,
    stop: CancellationToken,
}

impl DemoSite {
    /// Serves on a listener that is bound already.
    pub fn start(listener: TcpListener) -> std::io::Result<Self> {
        let address = listener.local_addr()?;
        let (hits, stop) = (Hits::default(), CancellationToken::new());
        let serve = axum::serve(listener, router(hits.clone()))
            .with_graceful_shutdown(stop.clone().cancelled_owned());
        tokio::spawn(async move {
            if let Err(error) = serve.await {
                tracing::warn!(%error, "the demo site stopped");
            }
        });
        Ok(Self { address, hits, stop })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn hits(&self) -> &Hits {
        &self.hits
    }
}

impl Drop for DemoSite {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

fn router(hits: Hits) -> Router {
    Router::new()
        .route("/", get(async || Html(pages::home())))
        .route("/robots.txt", get(robots))
        .route("/rank/{list}/{category}/", get(ranking))
        .route("/book/{id}/", get(book))
        .route("/shop/", get(async || Html(pages::shop_home())))
        .route(STAFF, get(async || Html(pages::document("员工", "<p>内部页面</p>"))))
        .route("/shop/book/{number}/", get(good))
        .route("/shop/{slug}/", get(async |Path(slug): Path<String>| shelf(&slug, 1)))
        .route(
            "/shop/{slug}/page/{page}/",
            get(async |Path((slug, page)): Path<(String, usize)>| shelf(&slug, page)),
        )
        .fallback(async || missing())
        .layer(middleware::from_fn_with_state(hits.clone(), count))
        .with_state(hits)
}

async fn count(State(hits): State<Hits>, request: Request, next: Next) -> Response {
    hits.count(request.uri().path());
    next.run(request).await
}

async fn robots() -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "text/plain; charset=utf-8")],
        format!("User-agent: *\nDisallow: {STAFF}\n"),
    )
}

async fn ranking(Path((list, category)): Path<(String, String)>) -> Response {
    let catid = category.strip_prefix("catid").and_then(|id| id.parse().ok());
    match catid {
        Some(catid) if LISTS.contains(&list.as_str()) => {
            Html(pages::ranking_page(&list, catid)).into_response()
        }
        _ => missing(),
    }
}

async fn book(State(hits): State<Hits>, Path(id): Path<u32>) -> Response {
    let Some(book) = Book::find(id) else { return missing() };
    if id == SHAKY_BOOK && hits.of(&format!("/book/{id}/")) == 1 {
        return unavailable();
    }
    Html(pages::book_page(book)).into_response()
}

async fn good(State(hits): State<Hits>, Path(number): Path<u32>) -> Response {
    let Some(good) = Good::find(number) else { return missing() };
    if number == SHAKY_GOOD && hits.of(&format!("/shop/book/{number}/")) == 1 {
        return unavailable();
    }
    if number == SLOW_GOOD {
        tokio::time::sleep(SLOWNESS).await;
    }
    Html(pages::good_page(good)).into_response()
}

fn shelf(slug: &str, page: usize) -> Response {
    pages::shelf_page(slug, page).map_or_else(missing, |page| Html(page).into_response())
}

fn unavailable() -> Response {
    let page = pages::document("稍后再试", "<p>暂时无法提供服务</p>");
    (StatusCode::SERVICE_UNAVAILABLE, Html(page)).into_response()
}

fn missing() -> Response {
    (StatusCode::NOT_FOUND, Html(pages::document("404", "<p>页面不存在</p>"))).into_response()
}

#[cfg(test)]
mod tests {
    use shared_kernel::domain::SitePage;

    use super::*;

    async fn site() -> DemoSite {
        DemoSite::start(TcpListener::bind("127.0.0.1:0").await.unwrap()).unwrap()
    }

    async fn get(site: &DemoSite, path: &str) -> (u16, String) {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let answer = client.get(format!("{}{path}", site.url())).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    #[tokio::test]
    async fn its_rankings_and_books_read_as_the_real_ones_do() {
        let site = site().await;
        let (_, html) = get(&site, "/rank/yuepiao/catid21/").await;
        let ranking = qidian::domain::parse_ranking(&SitePage::saved(html.as_bytes())).unwrap();
        assert_eq!(ranking.books.len(), 20);
        let first = &ranking.books[0];
        assert_eq!((first.rank, first.category.as_deref()), (Some(1), Some("玄幻")));
        let (_, html) = get(&site, &format!("/book/{}/", first.book_id)).await;
        let book = qidian::domain::parse_book(&SitePage::saved(html.as_bytes())).unwrap();
        assert_eq!((&book.book_id, &book.title), (&first.book_id, &first.title));
        assert!(book.updated_at.is_some() && book.latest_chapter.is_some());
    }

    #[tokio::test]
    async fn no_field_of_a_book_is_missing() {
        let site = site().await;
        let (_, html) = get(&site, "/rank/hotsales/catid9/").await;
        let rows = qidian::domain::Page::Ranking.parse(&SitePage::saved(html.as_bytes())).unwrap();
        for row in serde_json::to_value(&rows).unwrap().as_array().unwrap() {
            for field in ["title", "author", "category", "sub_category", "words", "rank", "intro"] {
                assert!(!row[field].is_null(), "{field} is missing in {row}");
            }
            let path = format!("/book/{}/", row["book_id"].as_str().unwrap());
            let (status, _) = get(&site, &path).await;
            assert!(status == 200 || path.contains(&SHAKY_BOOK.to_string()));
            let (_, html) = get(&site, &path).await;
            let book = qidian::domain::Page::Book.parse(&SitePage::saved(html.as_bytes())).unwrap();
            let book = serde_json::to_value(&book[0]).unwrap();
            for field in ["status", "words", "intro", "latest_chapter", "updated_at", "author_id"] {
                assert!(!book[field].is_null(), "{field} is missing in {book}");
            }
            for count in ["month_tickets", "recommendations", "collections", "clicks"] {
                assert!(!book["counts"][count].is_null(), "{count} is missing in {book}");
            }
        }
    }

    #[tokio::test]
    async fn robots_txt_disallows_what_the_shop_links_to() {
        let site = site().await;
        let (status, rules) = get(&site, "/robots.txt").await;
        assert_eq!((status, rules.as_str()), (200, "User-agent: *\nDisallow: /shop/staff/\n"));
        assert!(get(&site, "/shop/").await.1.contains(&format!("href=\"{STAFF}\"")));
    }

    #[tokio::test]
    async fn a_ranking_reads_the_same_without_its_page_context() {
        let site = site().await;
        let (_, html) = get(&site, "/rank/yuepiao/catid-1/").await;
        let bare = html.replace("vite-plugin-ssr_pageContext", "other");
        let whole = qidian::domain::parse_ranking(&SitePage::saved(html.as_bytes())).unwrap();
        let markup = qidian::domain::parse_ranking(&SitePage::saved(bare.as_bytes())).unwrap();
        let names = |ranking: &qidian::domain::Ranking| {
            ranking
                .books
                .iter()
                .map(|book| (book.book_id.clone(), book.author.clone()))
                .collect::<Vec<_>>()
        };
        assert_eq!(names(&whole), names(&markup));
    }

    #[tokio::test]
    async fn a_shaky_page_comes_at_the_second_visit() {
        let site = site().await;
        let path = format!("/shop/book/{SHAKY_GOOD}/");
        assert_eq!(get(&site, &path).await.0, 503);
        assert_eq!(get(&site, &path).await.0, 200);
        assert_eq!(site.hits().of(&path), 2);
    }

    #[tokio::test]
    async fn every_good_is_on_a_shelf_and_shelves_end() {
        let site = site().await;
        let mut found = 0;
        for (slug, _) in super::super::books::SHELVES {
            let mut path = format!("/shop/{slug}/");
            for page in 2.. {
                let (status, html) = get(&site, &path).await;
                assert_eq!(status, 200);
                found += html.matches("/shop/book/").count();
                if !html.contains("rel=\"next\"") {
                    break;
                }
                path = format!("/shop/{slug}/page/{page}/");
            }
        }
        assert_eq!(found, 60);
        assert_eq!(get(&site, "/shop/novel/page/9/").await.0, 404);
    }
}
