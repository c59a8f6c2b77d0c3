//! A book page read from its markup: the desktop page of both generations, and either site's page
//! without its page context. The `og:novel` metas have outlived every change and come first.

use scraper::{ElementRef, Html};
use shared_kernel::domain::{
    Count, PageError,
    markup::{all, attribute, digits_after, first, lines_of, meta, text_at, text_of},
    parse_time,
};

use super::{
    desktop_rows::without_label,
    opened::Opened,
    record::{BookRecord, Words, count_name},
};

/// States of a book, among its other attributes.
const STATES: [&str; 8] = ["连载", "连载中", "完本", "完结", "已完结", "已完本", "暂停", "停更"];

pub(super) fn read(opened: &Opened) -> Result<BookRecord, PageError> {
    let document = &opened.document;
    let root = document.root_element();
    let title = novel(document, "book_name")
        .or_else(|| text_at(root, "h1#bookName, #bookName, .book-info h1 em"))
        .or_else(|| text_at(root, ".detail__header-detail__title, .book-info h1"))
        .ok_or_else(|| PageError::drift("og:novel:book_name and h1#bookName"))?;
    let book_id = book_id(opened).ok_or_else(|| PageError::drift("the book's id"))?;
    let mut book = BookRecord { book_id, title: Some(title), ..BookRecord::default() };
    read_metas(opened, &mut book);
    read_author(root, &mut book);
    read_attributes(root, &mut book);
    read_counts(root, &mut book);
    read_latest(opened, &mut book);
    book.intro = intro(document);
    book.cover = cover(root).or_else(|| meta(document, "og:image"));
    Ok(book)
}

fn novel(document: &Html, name: &str) -> Option<String> {
    meta(document, &format!("og:novel:{name}"))
}

fn book_id(opened: &Opened) -> Option<String> {
    let marked = || {
        let marked = first(opened.document.root_element(), "#bookImg[data-bid], [data-bid]")?;
        attribute(marked, "data-bid").filter(|id| id.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let image =
        || attribute(first(opened.document.root_element(), "#bookImg[data-bid]")?, "data-bid");
    image()
        .filter(|id| id.bytes().all(|byte| byte.is_ascii_digit()))
        .or_else(|| opened.own_id("/book/"))
        .or_else(|| opened.own_id("/info/"))
        .or_else(marked)
}

fn read_metas(opened: &Opened, book: &mut BookRecord) {
    let told = |name| novel(&opened.document, name);
    book.author = told("author");
    book.category = told("category");
    book.status = told("status");
    book.latest_chapter = told("latest_chapter_name");
    book.updated_at = told("update_time").and_then(|at| parse_time(&at, opened.seen_at));
}

fn read_author(root: ElementRef<'_>, book: &mut BookRecord) {
    let link = first(root, "a.writer-name, a.writer, .book-info a[href*='/author/']");
    let written =
        link.and_then(text_of).or_else(|| text_at(root, ".writer-name, .book-info .writer"));
    book.author = book.author.take().or(written);
    book.author_id = link
        .and_then(|link| digits_after(link.attr("href")?, "/author/"))
        .or_else(|| attribute(first(root, "#authorId")?, "data-authorid"))
        .filter(|id| id.bytes().all(|byte| byte.is_ascii_digit()));
}

/// `连载 · 签约 · VIP`, then the category, the sub-category, and labels.
fn read_attributes(root: ElementRef<'_>, book: &mut BookRecord) {
    let spans = all(root, "p.book-attribute span, .book-info p.tag span");
    for attribute in spans.into_iter().filter_map(text_of) {
        if !attribute.contains(char::is_alphanumeric) {
            continue; // a dot between two of them
        }
        if STATES.contains(&attribute.as_str()) {
            book.status = book.status.take().or(Some(attribute));
        } else if !book.tags.contains(&attribute) {
            book.tags.push(attribute);
        }
    }
    let links = all(root, "p.book-attribute a, .book-info p.tag a");
    let mut links = links.into_iter().filter_map(text_of);
    book.category = book.category.take().or_else(|| links.next());
    book.sub_category = links.find(|link| Some(link) != book.category.as_ref());
    for label in all(root, "p.all-label a, .all-label a").into_iter().filter_map(text_of) {
        let known =
            [&book.category, &book.sub_category].into_iter().flatten().any(|own| *own == label);
        if !known && !book.tags.contains(&label) {
            book.tags.push(label);
        }
    }
}

/// `<em>226.81万</em><cite>字</cite>`; before that `<em>226.81</em><cite>万字</cite>`.
fn read_counts(root: ElementRef<'_>, book: &mut BookRecord) {
    for number in all(root, "p.count em, .book-info p em") {
        let unit = number
            .next_siblings()
            .find_map(ElementRef::wrap)
            .filter(|next| matches!(next.value().name(), "cite" | "span"))
            .and_then(text_of)
            .unwrap_or_default();
        let Some(number) = text_of(number) else { continue };
        let written = format!("{number}{unit}");
        let Some((mut count, unit)) = Count::parse_with_unit(&written) else { continue };
        // "总会员点击·会员周点击12.3": what follows the dot is a number of its own
        let unit = unit.split('·').next().unwrap_or_default().trim();
        if unit == "字" || unit.contains("字数") {
            book.words = Words::of(count);
        } else if !unit.is_empty() {
            count.text =
                count.text.map(|text| text.split('·').next().unwrap_or_default().to_owned());
            book.counts.insert(count_name(unit).to_owned(), count);
        }
    }
}

fn read_latest(opened: &Opened, book: &mut BookRecord) {
    let root = opened.document.root_element();
    let chapter = || {
        let link = first(root, "a.book-latest-chapter, .book-latest-chapter a, li.update a.blue")?;
        without_label(&text_of(link)?).map(str::to_owned)
    };
    let at = || {
        let text = text_at(root, "span.update-time, .update-time, li.update em.time")?;
        parse_time(&text, opened.seen_at)
    };
    book.latest_chapter = book.latest_chapter.take().or_else(chapter);
    book.updated_at = book.updated_at.or_else(at);
}

/// The whole introduction rather than the line under the title, which `p.intro` often is.
fn intro(document: &Html) -> Option<String> {
    let root = document.root_element();
    let places =
        ["#book-intro-detail", ".book-intro p", "#bookSummary content", "#bookSummary", "p.intro"];
    places
        .iter()
        .find_map(|place| lines_of(first(root, place)?))
        // not `description`, which speaks of the site as much as of the book
        .or_else(|| meta(document, "og:description"))
}

fn cover(root: ElementRef<'_>) -> Option<String> {
    let image = first(root, "#bookImg img, img.detail__header-cover__img")?;
    ["src", "data-src"].iter().find_map(|name| attribute(image, name))
}
