//! The chapters of a book: `/book/{id}/catalog/` of the mobile site, or a desktop page that lists
//! them.

use scraper::ElementRef;
use serde_json::Value;
use shared_kernel::domain::{
    Count, PageError, SitePage, Timestamp,
    markup::{all, attribute, digits_after, text_at, text_of},
    parse_time,
};

use super::{
    opened::Opened,
    page_context::{count, flag, id, text, time},
    record::{ChapterRecord, Words},
};

/// A volume of the desktop page, of either generation.
const VOLUME: &str = ".catalog-volume, .volume-wrap .volume";

/// Reads all chapters in order.
pub fn parse_catalog(page: &SitePage<'_>) -> Result<Vec<ChapterRecord>, PageError> {
    let opened = Opened::new(page)?;
    let mut chapters =
        opened.read(|data| from_data(data, page.seen_at), || from_markup(&opened))?;
    let own = opened.own_id("/book/").or_else(|| opened.own_id("/info/"));
    for chapter in &mut chapters {
        chapter.book_id = chapter.book_id.take().or_else(|| own.clone());
    }
    Ok(chapters)
}

fn from_data(data: &Value, seen_at: Option<Timestamp>) -> Result<Vec<ChapterRecord>, PageError> {
    let volumes =
        data.get("vs").and_then(Value::as_array).ok_or_else(|| PageError::drift("pageData.vs"))?;
    let info = data.get("bookInfo").unwrap_or(data);
    let book_id = id(info, "bookId").or_else(|| id(data, "bookId"));
    let rows = volumes.iter().flat_map(|volume| {
        let chapters = volume.get("cs").and_then(Value::as_array).into_iter().flatten();
        chapters.map(move |row| (text(volume, "vN"), row))
    });
    let listed = rows.clone().count();
    let chapters: Vec<_> = rows
        .filter_map(|(volume, row)| chapter(row, volume, book_id.as_deref(), seen_at))
        .collect();
    let promised = count(data, "cTCnt").and_then(|total| total.value).unwrap_or(0);
    if chapters.is_empty() && (listed > 0 || promised > 0 || !volumes.is_empty()) {
        return Err(PageError::drift("pageData.vs[].cs[]"));
    }
    Ok(chapters)
}

fn chapter(
    row: &Value,
    volume: Option<String>,
    book_id: Option<&str>,
    seen_at: Option<Timestamp>,
) -> Option<ChapterRecord> {
    let chapter = ChapterRecord {
        book_id: book_id.map(str::to_owned),
        chapter_id: id(row, "id"),
        title: text(row, "cN"),
        volume,
        words: count(row, "cnt").and_then(Words::of),
        updated_at: time(row, "uT", seen_at),
        // 1 is free, anything else is paid
        free: flag(row, "sS").or_else(|| Some(count(row, "sS")?.value? == 1)),
    };
    (chapter.chapter_id.is_some() || chapter.title.is_some()).then_some(chapter)
}

fn from_markup(opened: &Opened) -> Result<Vec<ChapterRecord>, PageError> {
    let root = opened.document.root_element();
    let mut chapters: Vec<ChapterRecord> = all(root, VOLUME)
        .into_iter()
        .flat_map(|volume| desktop_volume(volume, opened.seen_at))
        .collect();
    if chapters.is_empty() {
        let links = all(root, "a[href*='/chapter/'][class*='_chapterItem_']");
        chapters.extend(links.into_iter().map(mobile_link));
    }
    if chapters.is_empty() {
        return Err(PageError::drift(format!("pageContext, {VOLUME} and a[class*=_chapterItem_]")));
    }
    Ok(chapters)
}

fn mobile_link(link: ElementRef<'_>) -> ChapterRecord {
    let class = link.attr("class").unwrap_or_default();
    ChapterRecord {
        chapter_id: link.attr("href").and_then(last_digits),
        title: text_at(link, "h2").or_else(|| text_of(link)),
        free: Some(!class.contains("_unPay_")),
        ..ChapterRecord::default()
    }
}

fn desktop_volume(volume: ElementRef<'_>, seen_at: Option<Timestamp>) -> Vec<ChapterRecord> {
    let name = text_at(volume, ".volume-name")
        .or_else(|| text_at(volume, "h3"))
        .map(|name| name.split('·').next().unwrap_or_default().trim().to_owned())
        .filter(|name| !name.is_empty());
    let links = all(volume, "li a[href*='/chapter/'], li a.chapter-name");
    links.into_iter().map(|link| desktop_link(link, name.clone(), seen_at)).collect()
}

/// The title tells of the rest: "首发时间：2020-01-02 03:04:05 章节字数：3012".
fn desktop_link(
    link: ElementRef<'_>,
    volume: Option<String>,
    seen_at: Option<Timestamp>,
) -> ChapterRecord {
    let told = attribute(link, "title").or_else(|| attribute(link, "alt")).unwrap_or_default();
    let behind = |label: &str| {
        let (_, behind) = told.split_once(label)?;
        Some(behind.trim_start_matches([':', '：', ' ']).to_owned())
    };
    let published = behind("首发时间").map(|text| {
        let end = text.find("章节").unwrap_or(text.len());
        text[..end].trim().to_owned()
    });
    ChapterRecord {
        chapter_id: link.attr("href").and_then(last_digits),
        title: text_of(link),
        volume,
        words: behind("章节字数").and_then(|text| Count::parse(&text)).and_then(Words::of),
        updated_at: published.and_then(|text| parse_time(&text, seen_at)),
        ..ChapterRecord::default()
    }
}

/// `…/chapter/{book}/{chapter}/`; chapters under scrambled names have no id.
fn last_digits(href: &str) -> Option<String> {
    let (_, behind) = href.split_once("/chapter/")?;
    let last = behind.split(['?', '#']).next()?.trim_end_matches('/').rsplit('/').next()?;
    digits_after(&format!("/{last}"), "/").filter(|digits| digits == last)
}
