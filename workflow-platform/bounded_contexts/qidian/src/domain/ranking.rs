//! The mobile ranking page, `/rank/{list}/catid{N}/`.

use scraper::Html;
use serde_json::Value;
use shared_kernel::domain::{Count, PageError, SitePage};

use super::{
    block,
    page_context::{count, id, page_data, prose, text},
    ranking_html,
    record::{BookRecord, count_name},
};

/// A page of a ranking.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranking {
    pub books: Vec<BookRecord>,
    /// How many books the whole list has, when the page says so.
    pub total: Option<u64>,
    /// The page says that no other follows.
    pub is_last: bool,
}

/// Reads a ranking from the page context, or from the markup when the context is missing.
pub fn parse_ranking(page: &SitePage<'_>) -> Result<Ranking, PageError> {
    let body = page.text();
    let document = Html::parse_document(&body);
    block::check(page, &body, &document)?;
    match page_data(&document)? {
        Some(data) => from_data(&data),
        None => ranking_html::parse(&document),
    }
}

fn from_data(data: &Value) -> Result<Ranking, PageError> {
    let records = data
        .get("records")
        .and_then(Value::as_array)
        .ok_or_else(|| PageError::drift("pageData.records"))?;
    let total = count(data, "total").and_then(|total| total.value);
    let first_page =
        count(data, "pageNum").and_then(|page| page.value).is_none_or(|page| page <= 1);
    let books: Vec<BookRecord> = records
        .iter()
        .enumerate()
        .filter_map(|(index, record)| book(record, first_page.then_some(index)))
        .collect();
    if books.is_empty() && (!records.is_empty() || total.is_some_and(|total| total > 0)) {
        return Err(PageError::drift("pageData.records[].bid"));
    }
    Ok(Ranking { books, total, is_last: is_true(data.get("isLast")) })
}

fn book(record: &Value, index: Option<usize>) -> Option<BookRecord> {
    let place = count(record, "rankNum")
        .and_then(|rank| u32::try_from(rank.value?).ok())
        .filter(|rank| *rank > 0)
        .or_else(|| u32::try_from(index? + 1).ok());
    let mut book = BookRecord {
        book_id: id(record, "bid")?,
        title: text(record, "bName"),
        author: text(record, "bAuth"),
        category: text(record, "cat"),
        sub_category: text(record, "subCat"),
        words: count(record, "cnt").and_then(|words| words.value),
        rank: place,
        intro: prose(record, "desc"),
        ..BookRecord::default()
    };
    if let Some(rank_count) = text(record, "rankCnt")
        && let Some((value, unit)) = Count::parse_with_unit(&rank_count)
    {
        book.counts.insert(count_name(unit).to_owned(), value);
    }
    Some(book)
}

fn is_true(flag: Option<&Value>) -> bool {
    match flag {
        Some(Value::Bool(flag)) => *flag,
        Some(Value::Number(number)) => number.as_i64() == Some(1),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn page(data: &Value) -> String {
        let context =
            json!({"pageContext": {"_pageId": "/src/pages/rank", "pageProps": {"pageData": data}}});
        format!(
            r#"<!doctype html><html><body><div id="app"></div><script src="probev3.js"></script>
            <script id="vite-plugin-ssr_pageContext" type="application/json">{context}</script></body></html>"#
        )
    }

    fn parse(html: &str) -> Result<Ranking, PageError> {
        parse_ranking(&SitePage::saved(html.as_bytes()))
    }

    fn row() -> Value {
        json!({"bid": 1_000_000_001, "bName": "星河旧梦", "bAuth": "青衫客", "catId": 21, "cat": "玄幻",
            "subCatId": 8, "subCat": "东方玄幻", "cnt": "569.44万字", "rankNum": 1,
            "rankCnt": "9.8万月票", "desc": "　　少年出山。<br>天下变色。"})
    }

    #[test]
    fn every_field_of_a_row_is_read() {
        let html = page(&json!({"records": [row()], "total": 100, "pageNum": 1, "isLast": 0}));
        let ranking = parse(&html).unwrap();
        insta::assert_json_snapshot!(ranking.books);
        assert_eq!((ranking.total, ranking.is_last), (Some(100), false));
    }

    #[test]
    fn missing_fields_become_null_and_never_fail_the_row() {
        let ranking = parse(&page(&json!({"records": [{"bid": "7"}]}))).unwrap();
        let book = &ranking.books[0];
        assert_eq!(
            (book.book_id.as_str(), &book.title, book.words, book.rank),
            ("7", &None, None, Some(1))
        );
    }

    #[test]
    fn rows_without_an_id_are_left_out() {
        let ranking = parse(&page(&json!({"records": [{"bName": "无名"}, row()]}))).unwrap();
        assert_eq!(ranking.books.len(), 1);
        assert_eq!(ranking.books[0].rank, Some(1));
    }

    #[test]
    fn renamed_fields_are_drift_and_an_empty_list_is_not() {
        let renamed = page(&json!({"records": [{"bookId": 7, "name": "x"}]}));
        assert!(matches!(parse(&renamed), Err(PageError::ParseDrift { .. })));
        let moved = page(&json!({"list": []}));
        assert!(matches!(parse(&moved), Err(PageError::ParseDrift { .. })));
        assert_eq!(parse(&page(&json!({"records": [], "total": 0}))).unwrap().books, vec![]);
    }

    #[test]
    fn broken_json_is_drift() {
        let html = r#"<script id="vite-plugin-ssr_pageContext">{"pageContext":</script>"#;
        assert!(matches!(parse(html), Err(PageError::ParseDrift { .. })));
    }

    #[test]
    fn the_frameworks_error_page_is_gone() {
        let html =
            r#"<script id="vite-plugin-ssr_pageContext">{"pageContext":{"is404":true}}</script>"#;
        assert!(matches!(parse(html), Err(PageError::Gone { .. })));
    }

    #[test]
    fn scrambled_counts_stay_unread() {
        let mut scrambled = row();
        scrambled["rankCnt"] = json!("\u{1880D}\u{18811}月票");
        let ranking = parse(&page(&json!({"records": [scrambled]}))).unwrap();
        let tickets = &ranking.books[0].counts["month_tickets"];
        assert!(tickets.protected && tickets.value.is_none());
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>) {
            let _ = parse_ranking(&SitePage::saved(&bytes));
        }
    }
}
