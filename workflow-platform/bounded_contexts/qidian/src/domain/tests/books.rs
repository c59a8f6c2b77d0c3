use serde_json::{Value, json};
use shared_kernel::domain::PageError;

use super::{fixtures::*, saved};
use crate::domain::parse_book;

fn read(html: &str) -> Value {
    json!(parse_book(&saved(html)).unwrap())
}

#[test]
fn every_field_of_the_mobile_page_is_read() {
    assert_eq!(
        read(&mobile(&book_data())),
        json!({"book_id": "1000000001", "title": "星河旧梦", "author": "青衫客", "author_id": "400001",
            "category": "玄幻", "sub_category": "东方玄幻", "tags": ["签约", "VIP"], "status": "连载",
            "words": 5_694_412, "rank": null, "intro": "少年出山。", "latest_chapter": "第一千章 归来",
            "updated_at": "2026-03-01T15:15:00.000000Z", "cover": null,
            "counts": {
                "month_tickets": {"value": 98_000, "text": "9.8万", "approximate": true},
                "recommendations": {"value": 812_345}, "recommendations_week": {"value": 9_876},
                "collections": {"value": 100_000, "text": "10万+", "approximate": true, "lower_bound": true},
                "clicks": {"value": 0, "text": "- -"}}})
    );
}

#[test]
fn every_field_of_the_desktop_page_is_read() {
    assert_eq!(
        read(BOOK_NEW),
        json!({"book_id": "1000000001", "title": "星河旧梦", "author": "青衫客", "author_id": "400001",
            "category": "玄幻", "sub_category": "东方玄幻", "tags": ["签约", "VIP", "热血", "群像"],
            "status": "连载", "words": 2_268_100, "rank": null, "intro": "少年出山。\n天下变色。",
            "latest_chapter": "第一千章 归来", "updated_at": "2026-03-01T15:15:00.000000Z",
            "cover": "//bookcover.yuewen.com/qdbimg/349573/1000000001/180",
            "counts": {
                "recommendations": {"value": 123_000, "text": "12.3万总推荐", "approximate": true},
                "recommendations_week": {"value": 0, "text": "- -周推荐"}}})
    );
}

#[test]
fn the_older_desktop_page_is_read_without_metas() {
    let book = read(BOOK_OLD);
    assert_eq!(
        json!([
            book["title"],
            book["author"],
            book["category"],
            book["sub_category"],
            book["status"]
        ]),
        json!(["星河旧梦", "青衫客", "玄幻", "东方玄幻", "完本"])
    );
    assert_eq!(book["words"], json!({"value": null, "protected": true}));
    assert_eq!(
        book["counts"]["clicks"],
        json!({"value": 352_000, "text": "35.2万总会员点击", "approximate": true})
    );
    assert_eq!(book["counts"]["recommendations"]["value"], 123_000);
    assert_eq!(book["updated_at"], "2026-03-01T23:30:00.000000Z");
    assert_eq!(book["intro"], "少年出山。\n天下变色。");
    assert_eq!(book["latest_chapter"], "第一千章 归来");
}

#[test]
fn metas_outlive_everything_else() {
    let (head, _) = BOOK_NEW.split_once("</head>").unwrap();
    let html =
        format!("<!-- saved from url=(0040)https://www.qidian.com/book/1000000001/ -->{head}");
    let book = read(&html);
    assert_eq!(
        json!([book["book_id"], book["title"], book["author"], book["latest_chapter"]]),
        json!(["1000000001", "星河旧梦", "青衫客", "第一千章 归来"])
    );
}

#[test]
fn missing_fields_become_null() {
    let book = read(&mobile(&json!({"bookInfo": {"bookId": "9", "bookName": "残卷"}})));
    assert_eq!(
        json!([book["words"], book["tags"], book["counts"], book["updated_at"]]),
        json!([null, [], {}, null])
    );
}

#[test]
fn numbers_may_be_texts_and_texts_numbers() {
    let mut data = book_data();
    data["bookInfo"]["bookId"] = json!("1000000001");
    data["bookInfo"]["bookName"] = json!(1984);
    data["bookInfo"]["wordsCnt"] = json!("5694412");
    data["bookInfo"]["updTime"] = json!(1_761_721_445_000_i64);
    let book = read(&mobile(&data));
    assert_eq!(
        json!([book["book_id"], book["title"], book["words"], book["updated_at"]]),
        json!(["1000000001", "1984", 5_694_412, "2025-10-29T07:04:05.000000Z"])
    );
    data["bookInfo"]["wordsCnt"] = Value::Null;
    assert_eq!(read(&mobile(&data))["words"], 5_694_400);
}

#[test]
fn a_page_without_a_book_has_drifted() {
    for data in
        [json!({"book": {}}), json!({"bookInfo": {"bookName": "x"}}), json!({"bookInfo": []})]
    {
        assert!(matches!(parse_book(&saved(&mobile(&data))), Err(PageError::ParseDrift { .. })));
    }
    assert!(matches!(
        parse_book(&saved("<html><body>一个普通的页面</body></html>")),
        Err(PageError::ParseDrift { .. })
    ));
}
