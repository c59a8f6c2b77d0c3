use serde_json::{Value, json};
use shared_kernel::domain::{PageError, SitePage};

use super::{fixtures::*, saved};
use crate::domain::{Page, parse_author, parse_catalog, parse_free, parse_ranking, recognise};

#[test]
fn a_catalog_gives_its_chapters_in_order() {
    let chapters = parse_catalog(&saved(&mobile(&catalog_data()))).unwrap();
    assert_eq!(chapters.len(), 3);
    assert_eq!(
        json!(chapters[1]),
        json!({"book_id": "1000000001", "chapter_id": "12", "title": "第二章 入城", "volume": "正文卷",
            "words": 2800, "updated_at": "2020-01-02T19:04:00.000000Z", "free": false})
    );
    assert_eq!(
        chapters.iter().map(|chapter| chapter.free).collect::<Vec<_>>(),
        [Some(true), Some(false), Some(false)]
    );
    assert_eq!(json!(chapters[2])["updated_at"], "2026-03-01T07:04:00.000000Z");
}

#[test]
fn a_catalog_is_read_from_markup_too() {
    let mobile = json!(parse_catalog(&saved(MOBILE_CATALOG)).unwrap());
    assert_eq!(
        json!([
            mobile[0]["chapter_id"],
            mobile[0]["title"],
            mobile[0]["free"],
            mobile[1]["free"],
            mobile[0]["book_id"]
        ]),
        json!(["11", "第一章 出山", true, false, "1000000001"])
    );
    assert_eq!(
        json!(parse_catalog(&saved(DESKTOP_CATALOG)).unwrap()),
        json!([{"book_id": "1000000001", "chapter_id": "11", "title": "第一章 出山", "volume": "正文卷",
            "words": 3012, "updated_at": "2020-01-01T19:04:05.000000Z", "free": null}])
    );
}

#[test]
fn an_author_gives_the_books_with_the_authors_name() {
    let html = mobile(&author_data());
    let page = SitePage { url: Some("https://m.qidian.com/author/400001/"), ..saved(&html) };
    let author = parse_author(&page).unwrap();
    assert_eq!(
        (author.author_id.as_deref(), author.name.as_deref(), author.intro.as_deref()),
        (Some("400001"), Some("青衫客"), Some("写书的人。"))
    );
    let books = json!(author.books);
    assert_eq!(
        json!([books[0]["title"], books[1]["author"], books[1]["author_id"], books[1]["category"]]),
        json!(["星河旧梦", "青衫客", "400001", "都市"])
    );
}

#[test]
fn a_score_of_minus_one_is_none() {
    let free = json!(parse_free(&saved(&mobile(&free_data()))).unwrap());
    assert_eq!(
        json!([free[0]["title"], free[0]["score"], free[1]["book_id"], free[1]["score"]]),
        json!(["星河旧梦", 9.1, "1000000002", null])
    );
    assert_eq!(parse_free(&saved(&desktop_ranking("h2"))).unwrap().len(), 2);
}

#[test]
fn other_pages_are_drift() {
    let book = mobile(&book_data());
    let saved = saved(&book);
    assert!(matches!(parse_catalog(&saved), Err(PageError::ParseDrift { .. })));
    assert!(matches!(parse_author(&saved), Err(PageError::ParseDrift { .. })));
    assert!(matches!(parse_free(&saved), Err(PageError::ParseDrift { .. })));
    let mut recommending = book_data();
    recommending["guess"] = json!([row(), other_row()]);
    for data in [recommending, free_data(), author_data()] {
        let html = mobile(&data);
        let read = parse_ranking(&super::saved(&html));
        assert!(matches!(read, Err(PageError::ParseDrift { .. })));
    }
}

#[test]
fn a_saved_page_is_recognised_by_what_it_holds() {
    let mobile_pages: [(Value, Page); 6] = [
        (ranking_data(), Page::Ranking),
        (boards_data(), Page::Ranking),
        (book_data(), Page::Book),
        (catalog_data(), Page::Catalog),
        (author_data(), Page::Author),
        (free_data(), Page::Free),
    ];
    for (data, kind) in mobile_pages {
        assert_eq!(recognise(&saved(&mobile(&data))), Ok(kind));
    }
    let desktop = desktop_ranking("h4");
    let pages = [
        (MOBILE_ROWS, Page::Ranking),
        (desktop.as_str(), Page::Ranking),
        (ALL_OLD, Page::Ranking),
        (BOOK_NEW, Page::Book),
        (BOOK_OLD, Page::Book),
        (MOBILE_CATALOG, Page::Catalog),
        (DESKTOP_CATALOG, Page::Catalog),
    ];
    for (html, kind) in pages {
        assert_eq!(recognise(&saved(html)), Ok(kind));
    }
    assert!(matches!(recognise(&saved("<p>安全验证</p>")), Err(PageError::Challenge { .. })));
    assert!(matches!(recognise(&saved("<p>别的</p>")), Err(PageError::ParseDrift { .. })));
}

#[test]
fn the_page_saved_behind_a_redirect_to_the_login_is_a_login_wall() {
    let html = "<!-- saved from url=(0030)https://passport.qidian.com/ --><p>x</p>";
    assert!(matches!(parse_free(&saved(html)), Err(PageError::LoginWall { .. })));
}
