//! HTML of the demo site.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::books::{Book, Good, SHELVES, ranking};

/// Books on one page of a shelf.
const SHELF_PAGE: usize = 8;

/// A ranking page in the shape of the mobile site: the page context, and the same as markup.
pub fn ranking_page(list: &str, catid: i64) -> String {
    let books = ranking(list, catid);
    let records: Vec<Value> =
        books.iter().enumerate().map(|(index, book)| book.ranking_row(list, index + 1)).collect();
    let mut rows = String::new();
    for (index, book) in books.iter().enumerate() {
        let (id, title, author, category) =
            (book.id(), book.title(), book.author(), book.category().1);
        let _ = write!(
            rows,
            r#"<li class="y-list__item" data-index="{index}"><a href="/book/{id}/"><img data-src="/cover/qdbimg/349573/{id}/150" alt="">
<h2 title="{title}">{title}</h2><p class="_subTitle_d3m0">{author} · {category} · {}万字</p></a></li>"#,
            book.words() / 10_000
        );
    }
    let data = json!({"records": records, "total": records.len(), "pageNum": 1, "isLast": 1});
    with_context("榜单", "/src/pages/rank", &data, &format!("<ul>{rows}</ul>"))
}

/// A book's page in the shape of the mobile site.
pub fn book_page(book: Book) -> String {
    let body = format!("<h1>{}</h1><p>{}</p>", book.title(), book.author());
    with_context(&book.title(), "/src/pages/book", &book.page_data(), &body)
}

fn with_context(title: &str, page: &str, data: &Value, body: &str) -> String {
    let context = json!({"pageContext": {"_pageId": page, "pageProps": {"pageData": data}}});
    let script = context.to_string().replace("</", "<\\/");
    document(
        title,
        &format!(
            r#"<div id="app">{body}</div><script src="/static/probev3.js"></script>
<script id="vite-plugin-ssr_pageContext" type="application/json">{script}</script>"#
        ),
    )
}

pub fn home() -> String {
    document(
        "演示站点",
        r#"<h1>演示站点</h1><p>全部内容均为虚构。</p>
<ul><li><a href="/rank/yuepiao/catid-1/">月票榜</a></li><li><a href="/shop/">书店</a></li></ul>"#,
    )
}

pub fn shop_home() -> String {
    let mut shelves = String::new();
    for (slug, name) in SHELVES {
        let _ = write!(shelves, r#"<li><a class="shelf" href="/shop/{slug}/">{name}</a></li>"#);
    }
    document(
        "书店",
        &format!(r#"<h1>书店</h1><ul>{shelves}</ul><p><a href="/shop/staff/">员工入口</a></p>"#),
    )
}

/// One page of a shelf, from 1; `None` when there is no such page.
pub fn shelf_page(slug: &str, page: usize) -> Option<String> {
    let (_, name) = SHELVES.into_iter().find(|(known, _)| *known == slug)?;
    let goods: Vec<Good> = Good::all().filter(|good| good.shelf().0 == slug).collect();
    let start = page.checked_sub(1)?.checked_mul(SHELF_PAGE)?;
    let shown = goods.get(start..)?.iter().take(SHELF_PAGE);
    let mut rows = String::new();
    for good in shown {
        let (number, title) = (good.number, good.title());
        let _ = write!(
            rows,
            r#"<article class="good"><a href="/shop/book/{number}/">{title}</a></article>"#
        );
    }
    if rows.is_empty() {
        return None;
    }
    if start + SHELF_PAGE < goods.len() {
        let _ = write!(
            rows,
            r#"<nav><a rel="next" href="/shop/{slug}/page/{}/">下一页</a></nav>"#,
            page + 1
        );
    }
    Some(document(name, &format!("<h1>{name}</h1>{rows}")))
}

/// A book in the shop.
pub fn good_page(good: Good) -> String {
    let (slug, shelf) = good.shelf();
    let (price, rating, stock) = (good.price(), good.rating(), good.stock());
    let availability = if stock > 0 { format!("有货（{stock}）") } else { "缺货".to_owned() };
    document(
        &good.title(),
        &format!(
            r#"<nav><a href="/shop/{slug}/">{shelf}</a></nav><article class="detail" data-sku="{sku}">
<h1>{title}</h1><p class="price">¥{yuan}.{fen:02}</p><p class="stock" data-stock="{stock}">{availability}</p>
<p class="rating" data-rating="{stars}.{tenths}">{stars}.{tenths} / 5</p><p class="shelf">{shelf}</p></article>"#,
            sku = good.number,
            title = good.title(),
            yuan = price / 100,
            fen = price % 100,
            stars = rating / 10,
            tenths = rating % 10,
        ),
    )
}

pub fn document(title: &str, body: &str) -> String {
    format!(
        r#"<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title></head><body>
{body}
</body></html>"#
    )
}
