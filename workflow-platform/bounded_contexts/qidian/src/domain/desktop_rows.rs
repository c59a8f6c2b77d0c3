//! Rows of the desktop site's lists: rankings and "all books", of both generations.
//!
//! The generations differ in the list around the rows and in the heading of a row (`h2`, before
//! that `h4`); what a row says stands in the same places.

use scraper::ElementRef;
use shared_kernel::domain::{
    Count, Timestamp,
    markup::{all, attribute, digits_after, first, text_at, text_of},
    parse_time,
};

use super::{
    opened::Opened,
    record::{BookRecord, Words, count_name},
};

pub(super) const ROW: &str = "#rank-view-list .book-img-text li";

/// Lists of rows, the surest first.
const LISTS: [&str; 6] = [
    "#rank-view-list li",
    ".rank-view-list li",
    "#book-img-text li",
    "ul.all-img-list li",
    ".book-img-text li",
    ".all-book-list li",
];

/// What is read of each row; `None` for one without its book's id.
pub(super) fn read(opened: &Opened) -> Vec<Option<BookRecord>> {
    let root = opened.document.root_element();
    let rows_of = |list: &&str| {
        let rows: Vec<_> = all(root, list)
            .into_iter()
            .filter(|row| first(*row, ".book-mid-info").is_some())
            .collect();
        (!rows.is_empty()).then_some(rows)
    };
    let rows = LISTS.iter().find_map(rows_of).unwrap_or_default();
    rows.into_iter().map(|row| book(row, opened.seen_at)).collect()
}

fn book(row: ElementRef<'_>, seen_at: Option<Timestamp>) -> Option<BookRecord> {
    let info = first(row, ".book-mid-info")?;
    let heading = first(info, "h2 a").or_else(|| first(info, "h4 a"));
    let cover = first(row, ".book-img-box img");
    let mut book = BookRecord {
        book_id: book_id(row, heading)?,
        title: heading
            .and_then(text_of)
            .or_else(|| text_at(info, "h2, h4"))
            .or_else(|| attribute(heading?, "title")),
        rank: text_at(row, ".rank-tag").and_then(|place| first_number(&place)),
        intro: text_at(info, "p.intro"),
        cover: cover.and_then(|cover| {
            ["src", "data-src", "data-original"].iter().find_map(|name| attribute(cover, name))
        }),
        ..BookRecord::default()
    };
    if let Some(line) = first(info, "p.author") {
        read_author(line, &mut book);
    }
    if let Some(line) = first(info, "p.update") {
        read_update(line, seen_at, &mut book);
    }
    read_totals(row, &mut book);
    Some(book)
}

/// The place, whatever stands around its digits.
fn first_number(text: &str) -> Option<u32> {
    let digits = text.trim_start_matches(|c: char| !c.is_ascii_digit());
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    digits[..end].parse().ok().filter(|place| *place > 0)
}

fn book_id(row: ElementRef<'_>, heading: Option<ElementRef<'_>>) -> Option<String> {
    let links =
        heading.into_iter().chain(all(row, "[data-bid], a[href*='/book/'], a[href*='/info/']"));
    links.into_iter().find_map(|link| {
        let marked = link.attr("data-bid").map(str::trim);
        let marked = marked.filter(|id| !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit()));
        let href = link.attr("href").unwrap_or_default();
        marked
            .map(str::to_owned)
            .or_else(|| digits_after(href, "/book/"))
            .or_else(|| digits_after(href, "/info/"))
    })
}

/// `作者 | 分类 · 子类 | 连载`: links, and the status in a span.
fn read_author(line: ElementRef<'_>, book: &mut BookRecord) {
    for link in all(line, "a") {
        let href = link.attr("href").unwrap_or_default();
        let is = |class: &str| link.value().classes().any(|own| own == class);
        if is("go-sub-type") {
            book.sub_category = book.sub_category.take().or_else(|| text_of(link));
        } else if is("name") || href.contains("/author/") {
            book.author = book.author.take().or_else(|| text_of(link));
            book.author_id = book.author_id.take().or_else(|| digits_after(href, "/author/"));
        } else {
            book.category = book.category.take().or_else(|| text_of(link));
        }
    }
    book.author = book.author.take().or_else(|| text_at(line, ".name"));
    book.status = line
        .child_elements()
        .filter(|child| child.value().name() == "span" && child.attr("class") != Some("name"))
        .find_map(text_of);
}

/// "最新更新 第三章 · 昨日15:04" of a ranking, or the length ("226.81万字") of "all books".
fn read_update(line: ElementRef<'_>, seen_at: Option<Timestamp>, book: &mut BookRecord) {
    let chapter = first(line, "a").and_then(text_of);
    book.latest_chapter = chapter.as_deref().and_then(without_label).map(str::to_owned);
    for span in all(line, "span").into_iter().filter_map(text_of) {
        match Count::parse_with_unit(&span) {
            Some((count, unit)) if unit.ends_with('字') => book.words = Words::of(count),
            Some((count, _)) if count.protected => book.words = Words::of(count),
            _ => book.updated_at = book.updated_at.or_else(|| parse_time(&span, seen_at)),
        }
    }
}

/// A chapter's name without "最新更新" or "最新章节:" before it.
pub(super) fn without_label(text: &str) -> Option<&str> {
    let behind =
        ["最新更新", "最新章节", "最近更新"].iter().find_map(|label| text.strip_prefix(label));
    let name =
        behind.map_or(text, |rest| rest.trim_start_matches([':', '：', ' ', '\u{a0}'])).trim();
    (!name.is_empty()).then_some(name)
}

/// `<p><span>9.8万</span>月票</p>`, one paragraph a number.
fn read_totals(row: ElementRef<'_>, book: &mut BookRecord) {
    let Some(total) = first(row, ".book-right-info .total, .total") else { return };
    let paragraphs = all(total, "p");
    let texts: Vec<String> = if paragraphs.is_empty() {
        text_of(total).into_iter().collect()
    } else {
        paragraphs.into_iter().filter_map(text_of).collect()
    };
    for text in texts {
        let Some((count, unit)) = Count::parse_with_unit(&text) else { continue };
        if unit.contains("字数") {
            book.words = Words::of(count);
        } else {
            book.counts.insert(count_name(unit).to_owned(), count);
        }
    }
}
