//! The mobile ranking page read from its markup, for pages without their page context.
//!
//! Class suffixes are build hashes, so only stems are matched.

use scraper::{ElementRef, Html, Selector};
use shared_kernel::domain::{Count, PageError};

use super::{
    html::{first, text_of},
    ranking::Ranking,
    record::{BookRecord, count_name},
};

const ROW: &str = ".y-list__item[data-index]";

pub(super) fn parse(document: &Html) -> Result<Ranking, PageError> {
    let missing = || PageError::drift(format!("pageContext and {ROW}"));
    let rows = Selector::parse(ROW).map_err(|_| missing())?;
    let rows: Vec<ElementRef<'_>> = document.select(&rows).collect();
    if rows.is_empty() {
        return Err(missing());
    }
    let books: Vec<BookRecord> =
        rows.iter().enumerate().filter_map(|(index, row)| book(*row, index)).collect();
    if books.is_empty() {
        return Err(PageError::drift("the book id in a ranking row"));
    }
    Ok(Ranking { books, total: None, is_last: false })
}

fn book(row: ElementRef<'_>, index: usize) -> Option<BookRecord> {
    let title = first(row, "h2[title]")
        .and_then(|heading| Some(heading.attr("title")?.trim().to_owned()))
        .filter(|title| !title.is_empty())
        .or_else(|| text_of(first(row, "h2")?));
    let mut book = BookRecord {
        book_id: id_from_link(row).or_else(|| id_from_cover(row))?,
        title,
        rank: u32::try_from(index + 1).ok(),
        intro: first(row, "[class^='_desc'], [class*=' _desc']").and_then(text_of),
        ..BookRecord::default()
    };
    if let Some(line) = first(row, "[class^='_subTitle'], [class*=' _subTitle']").and_then(text_of)
    {
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
                book.words = count.value;
            } else {
                book.counts.insert(count_name(unit).to_owned(), count);
            }
        } else {
            break;
        }
        parts.pop();
    }
    if parts.len() > 1 {
        book.category = parts.pop().map(str::to_owned);
    }
    if !parts.is_empty() {
        book.author = Some(parts.join("·"));
    }
}

fn id_from_link(row: ElementRef<'_>) -> Option<String> {
    let own = row.attr("href").and_then(|href| digits_after(href, "/book/"));
    own.or_else(|| digits_after(first(row, "a[href*='/book/']")?.attr("href")?, "/book/"))
        .or_else(|| first(row, "[data-bid]")?.attr("data-bid").map(str::to_owned))
}

/// Covers live under `…/qdbimg/349573/{book}/{size}`.
fn id_from_cover(row: ElementRef<'_>) -> Option<String> {
    let cover = first(row, "img[data-src]")?.attr("data-src")?;
    let (_, behind) = cover.split_once("/qdbimg/")?;
    digits_after(behind, "/")
}

fn digits_after(text: &str, mark: &str) -> Option<String> {
    let (_, behind) = text.split_once(mark)?;
    let digits: String = behind.chars().take_while(char::is_ascii_digit).collect();
    (!digits.is_empty()).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<ul>
        <li class="y-list__item" data-index="0"><a href="//m.qidian.com/book/1000000001/">
          <img data-src="https://bookcover.yuewen.com/qdbimg/349573/1000000001/150">
          <h2 class="_title_1x2y" title="星河旧梦">星河旧…</h2>
          <p class="_subTitle_9aBc">青·衫客 · 玄幻 · 10.5万字</p></a></li>
        <li class="y-list__item" data-index="1">
          <img data-src="https://bookcover.yuewen.com/qdbimg/349573/1000000002/150">
          <h2 title="长夜灯">长夜灯</h2><p class="_subTitle_9aBc">白鹭 · 都市 · 完本</p></li>
        </ul>"#;

    #[test]
    fn rows_are_read_from_the_markup() {
        let ranking = parse(&Html::parse_document(PAGE)).unwrap();
        insta::assert_json_snapshot!(ranking.books);
    }

    #[test]
    fn a_page_without_rows_is_drift() {
        let page = Html::parse_document("<p>新版页面</p>");
        assert!(matches!(parse(&page), Err(PageError::ParseDrift { .. })));
    }
}
