//! Rows of the mobile ranking page read from its markup, for pages without their page context.
//!
//! Class suffixes are build hashes, so only stems are matched.

use scraper::ElementRef;
use shared_kernel::domain::{
    Count,
    markup::{all, attribute, digits_after, first, text_at, text_of},
};

use super::{
    category::category_id,
    opened::Opened,
    record::{BookRecord, Words, count_name},
};

pub(super) const ROW: &str = ".y-list__item[data-index]";

/// What is read of each row; `None` for one without its book's id.
pub(super) fn read(opened: &Opened) -> Vec<Option<BookRecord>> {
    all(opened.document.root_element(), ROW).into_iter().map(book).collect()
}

fn book(row: ElementRef<'_>) -> Option<BookRecord> {
    let heading = first(row, "h2[title]").and_then(|heading| attribute(heading, "title"));
    let index = row.attr("data-index").and_then(|index| index.trim().parse::<u32>().ok());
    let cover = first(row, "img[data-src]").and_then(|cover| attribute(cover, "data-src"));
    let mut book = BookRecord {
        book_id: id_from_link(row).or_else(|| id_from_cover(cover.as_deref()?))?,
        title: heading.or_else(|| text_at(row, "h2")),
        rank: index.and_then(|index| index.checked_add(1)),
        intro: text_at(row, "[class^='_desc'], [class*=' _desc']"),
        cover,
        ..BookRecord::default()
    };
    let line = first(row, "[class^='_subTitle'], [class*=' _subTitle']").and_then(text_of);
    if let Some(line) = line {
        read_sub_title(&line, &mut book);
    }
    Some(book)
}

/// "作者 · 玄幻 · 10万字". Authors' names may hold a dot too, so the line is read from its end.
fn read_sub_title(line: &str, book: &mut BookRecord) {
    let mut parts: Vec<&str> =
        line.split('·').map(str::trim).filter(|part| !part.is_empty()).collect();
    // what stands first is the author, even if it looks like a number
    while let [_, .., last] = parts.as_slice() {
        if matches!(*last, "连载" | "完本" | "完结" | "连载中" | "已完结") {
            book.status = Some((*last).to_owned());
        } else if let Some((count, unit)) = Count::parse_with_unit(last)
            && !unit.is_empty()
        {
            if unit == "字" {
                book.words = Words::of(count);
            } else {
                book.counts.insert(count_name(unit).to_owned(), count);
            }
        } else {
            break;
        }
        parts.pop();
    }
    if parts.len() > 1 || parts.iter().any(|only| category_id(only).is_some()) {
        book.category = parts.pop().map(str::to_owned);
    }
    if !parts.is_empty() {
        book.author = Some(parts.join("·"));
    }
}

fn id_from_link(row: ElementRef<'_>) -> Option<String> {
    let own = row.attr("href").and_then(|href| digits_after(href, "/book/"));
    own.or_else(|| digits_after(first(row, "a[href*='/book/']")?.attr("href")?, "/book/"))
        .or_else(|| attribute(first(row, "[data-bid]")?, "data-bid").filter(|id| is_id(id)))
}

fn is_id(text: &str) -> bool {
    text.len() <= 20 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Covers live under `…/qdbimg/349573/{book}/{size}`.
fn id_from_cover(cover: &str) -> Option<String> {
    let (_, behind) = cover.split_once("/qdbimg/")?;
    digits_after(behind, "/")
}
