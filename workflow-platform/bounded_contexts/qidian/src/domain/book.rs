//! The mobile book page, `/book/{id}/`.

use scraper::Html;
use serde_json::Value;
use shared_kernel::domain::{PageError, SitePage, Timestamp};

use super::{
    block,
    page_context::{count, id, page_data, prose, text, time},
    record::BookRecord,
};

/// Where the page keeps its numbers, and the names they get.
const COUNTS: [(&str, &str); 5] = [
    ("monthTicket", "month_tickets"),
    ("recomAll", "recommendations"),
    ("recomWeek", "recommendations_week"),
    ("collect", "collections"),
    ("clickTotal", "clicks"),
];

/// Reads a book page from its page context.
pub fn parse_book(page: &SitePage<'_>) -> Result<BookRecord, PageError> {
    let body = page.text();
    let document = Html::parse_document(&body);
    block::check(page, &body, &document)?;
    let data = page_data(&document)?.ok_or_else(|| PageError::drift("pageContext"))?;
    let info = data
        .get("bookInfo")
        .filter(|info| info.is_object())
        .ok_or_else(|| PageError::drift("pageData.bookInfo"))?;
    book(info, page.seen_at)
}

fn book(info: &Value, seen_at: Option<Timestamp>) -> Result<BookRecord, PageError> {
    let book_id = id(info, "bookId").ok_or_else(|| PageError::drift("pageData.bookInfo.bookId"))?;
    let title =
        text(info, "bookName").ok_or_else(|| PageError::drift("pageData.bookInfo.bookName"))?;
    let words = count(info, "wordsCnt").or_else(|| count(info, "showWordsCnt"));
    let counts = COUNTS
        .iter()
        .filter_map(|(key, name)| Some(((*name).to_owned(), count(info, key)?)))
        .collect();
    Ok(BookRecord {
        book_id,
        title: Some(title),
        author: text(info, "authorName"),
        author_id: id(info, "authorId"),
        category: text(info, "chanName"),
        sub_category: text(info, "subCateName"),
        tags: tags(info),
        status: text(info, "actionStatus"),
        words: words.and_then(|words| words.value),
        rank: None,
        intro: prose(info, "desc"),
        latest_chapter: text(info, "updChapterName"),
        updated_at: time(info, "updTime", seen_at),
        counts,
    })
}

/// What the page says about the contract and the price, in the site's words, as its desktop
/// page shows it among the attributes.
fn tags(info: &Value) -> Vec<String> {
    let signed = text(info, "signStatus").filter(|status| status.parse::<i64>().is_err());
    let vip = info.get("isVip").is_some_and(|flag| match flag {
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_i64() == Some(1),
        Value::String(text) => text == "1" || text.eq_ignore_ascii_case("vip"),
        _ => false,
    });
    signed.into_iter().chain(vip.then(|| "VIP".to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn page(data: &Value) -> String {
        let context = json!({"pageContext": {"pageProps": {"pageData": data}}});
        format!(
            r#"<html><script id="vite-plugin-ssr_pageContext" type="application/json">{context}</script></html>"#
        )
    }

    fn parse(data: &Value) -> Result<BookRecord, PageError> {
        let html = page(data);
        let seen_at = "2026-03-02T02:30:00Z".parse().ok();
        parse_book(&SitePage { seen_at, ..SitePage::saved(html.as_bytes()) })
    }

    fn info() -> Value {
        json!({"bookId": 1_000_000_001, "bookName": "星河旧梦", "authorName": "青衫客", "authorId": 400_001,
            "chanName": "玄幻", "subCateName": "东方玄幻", "actionStatus": "连载", "isVip": 1,
            "signStatus": "签约", "wordsCnt": 5_694_412, "showWordsCnt": "569.44万字", "recomAll": 812_345,
            "recomWeek": 9_876, "collect": "10万+", "monthTicket": "9.8万", "clickTotal": "- -",
            "desc": "少年出山。", "updChapterName": "第一千章 归来", "updTime": "2026-03-01 23:15:00",
            "joinTime": "2020-01-01"})
    }

    #[test]
    fn every_field_is_read() {
        insta::assert_json_snapshot!(
            parse(&json!({"bookInfo": info(), "recentChapters": []})).unwrap()
        );
    }

    #[test]
    fn missing_fields_become_null() {
        let book = parse(&json!({"bookInfo": {"bookId": "9", "bookName": "残卷"}})).unwrap();
        assert_eq!(book.words, None);
        assert!(book.counts.is_empty() && book.tags.is_empty());
        assert_eq!(book.updated_at, None);
    }

    #[test]
    fn relative_times_count_from_the_sight() {
        let mut relative = info();
        relative["updTime"] = json!("3小时前");
        let book = parse(&json!({"bookInfo": relative})).unwrap();
        assert_eq!(book.updated_at, "2026-03-01T23:30:00Z".parse().ok());
    }

    #[test]
    fn a_page_without_book_info_has_drifted() {
        assert!(matches!(parse(&json!({"book": {}})), Err(PageError::ParseDrift { .. })));
        assert!(matches!(
            parse(&json!({"bookInfo": {"bookName": "x"}})),
            Err(PageError::ParseDrift { .. })
        ));
        let html = "<html><body>一个普通的页面</body></html>";
        assert!(matches!(
            parse_book(&SitePage::saved(html.as_bytes())),
            Err(PageError::ParseDrift { .. })
        ));
    }

    #[test]
    fn words_fall_back_to_the_rounded_text() {
        let mut rounded = info();
        rounded["wordsCnt"] = Value::Null;
        assert_eq!(parse(&json!({"bookInfo": rounded})).unwrap().words, Some(5_694_400));
    }
}
