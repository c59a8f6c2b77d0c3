use rstest::rstest;
use serde_json::{Value, json};
use shared_kernel::domain::{PageError, SitePage};

use super::{fixtures::*, saved};
use crate::domain::{Ranking, parse_ranking};

fn parse(html: &str) -> Result<Ranking, PageError> {
    parse_ranking(&saved(html))
}

fn rows(html: &str) -> Vec<Value> {
    parse(html).unwrap().books.into_iter().map(|book| json!(book)).collect()
}

#[test]
fn every_field_of_a_mobile_row_is_read() {
    let ranking = parse(&mobile(&ranking_data())).unwrap();
    assert_eq!((ranking.total, ranking.is_last), (Some(100), false));
    assert_eq!(
        json!(ranking.books[0]),
        json!({"book_id": "1000000001", "title": "星河旧梦", "author": "青衫客", "author_id": null,
            "category": "玄幻", "sub_category": "东方玄幻", "tags": [], "status": null, "words": 5_694_400,
            "rank": 1, "intro": "少年出山。\n天下变色。", "latest_chapter": null, "updated_at": null,
            "cover": null, "counts": {"month_tickets": {"value": 98_000, "text": "9.8万月票", "approximate": true}}})
    );
    let other = json!(ranking.books[1]);
    assert_eq!(
        (&other["rank"], &other["counts"]["month_tickets"]["lower_bound"]),
        (&json!(2), &json!(true))
    );
}

#[test]
fn each_board_of_the_overview_is_read_under_its_name() {
    let books = rows(&mobile(&boards_data()));
    let read: Vec<_> = books.iter().map(|b| (b["board"].as_str().unwrap(), &b["rank"])).collect();
    assert_eq!(read, [("hotRank", &json!(1)), ("hotRank", &json!(2)), ("newbRank", &json!(1))]);
}

#[test]
fn missing_fields_become_null_and_never_fail_the_row() {
    let books = rows(&mobile(&json!({"records": [{"bid": "7"}, {"bName": "无名"}]})));
    assert_eq!(books.len(), 1, "a row without an id is left out");
    for field in ["title", "author", "words", "rank", "intro", "category"] {
        assert_eq!(books[0][field], Value::Null, "{field}");
    }
}

#[test]
fn renamed_fields_are_drift_and_an_empty_list_is_not() {
    for moved in [json!({"records": [{"bookNo": 7, "name": "x"}]}), json!({"list": []})] {
        assert!(matches!(parse(&mobile(&moved)), Err(PageError::ParseDrift { .. })));
    }
    assert_eq!(parse(&mobile(&json!({"records": [], "total": 0}))).unwrap().books, vec![]);
}

#[test]
fn a_page_context_alone_is_read_as_well() {
    let data = ranking_data();
    let whole = json!({"pageContext": {"pageProps": {"pageData": data}}}).to_string();
    let parsed = parse(&mobile(&data)).unwrap();
    assert_eq!(parse(&whole).unwrap(), parsed);
    assert_eq!(parse(&data.to_string()).unwrap(), parsed);
}

#[test]
fn the_markup_serves_where_the_page_context_does_not() {
    let books = rows(MOBILE_ROWS);
    assert_eq!(
        json!([books[0]["author"], books[0]["category"], books[0]["words"], books[0]["rank"]]),
        json!(["青·衫客", "玄幻", 105_000, 1])
    );
    assert_eq!(
        json!([books[1]["book_id"], books[1]["title"], books[1]["status"], books[1]["rank"]]),
        json!(["1000000002", "长夜灯", "完本", 2])
    );
    let broken =
        MOBILE_ROWS.replace("</body>", r#"<script id="x_pageContext">{"a":</script></body>"#);
    assert_eq!(rows(&broken), books);
}

#[rstest]
#[case("h2")]
#[case("h4")]
fn both_generations_of_the_desktop_ranking_are_read(#[case] heading: &str) {
    let books = rows(&desktop_ranking(heading));
    assert_eq!(
        books[0],
        json!({"book_id": "1000000001", "title": "星河旧梦", "author": "青衫客", "author_id": "400001",
            "category": "玄幻", "sub_category": "东方玄幻", "tags": [], "status": "连载", "words": null,
            "rank": 21, "intro": "少年出山， 天下变色。", "latest_chapter": "第一千章 归来",
            "updated_at": "2026-03-01T07:04:00.000000Z",
            "cover": "//bookcover.yuewen.com/qdbimg/349573/1000000001/150",
            "counts": {"month_tickets": {"value": null, "protected": true}}})
    );
    assert_eq!(
        json!([
            books[1]["book_id"],
            books[1]["words"],
            books[1]["counts"]["recommendations"]["value"],
            books[1]["rank"]
        ]),
        json!(["1000000002", 4497, 12_000, 22])
    );
}

#[test]
fn both_generations_of_all_books_are_read() {
    let new = &rows(ALL_NEW)[0];
    assert_eq!(json!([new["words"], new["rank"], new["status"]]), json!([2_268_100, null, "连载"]));
    let old = &rows(ALL_OLD)[0];
    assert_eq!(old["words"], json!({"value": null, "protected": true}));
    assert_eq!(old["sub_category"], "东方玄幻");
}

#[test]
fn a_missing_author_does_not_move_the_category() {
    let html = desktop_ranking("h2").replace(
        r#"<a class="name" href="//my.qidian.com/author/400001/" data-eid="qd_C41">青衫客</a>"#,
        "",
    );
    let book = &rows(&html)[0];
    assert_eq!(json!([book["author"], book["category"]]), json!([null, "玄幻"]));
}

#[test]
fn gbk_and_byte_order_marks_make_no_difference() {
    let html = desktop_ranking("h2");
    let expected = parse(&html).unwrap();
    let (gbk, ..) = encoding_rs::GBK.encode(&html);
    let marked = [b"\xEF\xBB\xBF", html.as_bytes()].concat();
    for bytes in [gbk.as_ref(), &marked] {
        let page = SitePage { body: bytes, ..saved("") };
        let read = parse_ranking(&page).unwrap();
        assert_eq!(read.books[0].title, expected.books[0].title);
        assert_eq!(read.books[1], expected.books[1]);
    }
}

#[test]
fn a_page_that_is_no_ranking_has_drifted() {
    for html in
        ["<p>新版页面</p>", "", "{}", "{", "<script id='x_pageContext'>{\"pageContext\":</script>"]
    {
        assert!(matches!(parse(html), Err(PageError::ParseDrift { .. })), "{html}");
    }
    let gone =
        r#"<script id="vite-plugin-ssr_pageContext">{"pageContext":{"is404":true}}</script>"#;
    assert!(matches!(parse(gone), Err(PageError::Gone { .. })));
}
