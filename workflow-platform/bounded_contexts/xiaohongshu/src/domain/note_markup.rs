//! A note read from its page's markup, for pages saved without their state.

use scraper::{ElementRef, Html};
use shared_kernel::domain::{
    Count, Timestamp,
    markup::{all, attribute, first, has, lines_of, meta, metas, text_at, text_of},
    parse_time,
};

use super::{
    opened::{Opened, id_behind},
    record::{Author, Image, NoteRecord, Video},
    video::image_id,
};

/// What stands in front of a note's id in its address.
pub(super) const NOTE: [&str; 2] = ["/explore/", "/discovery/item/"];
/// What stands in front of a user's id in an address.
pub(super) const USER: [&str; 1] = ["/user/profile/"];

/// `None` when the page shows no note.
pub(super) fn read(opened: &Opened<'_>) -> Option<NoteRecord> {
    let document = &opened.document;
    let note_id = opened.own_id(&NOTE);
    let shown = has(document, "#detail-title, #detail-desc");
    let title = text_at(document.root_element(), "#detail-title").or_else(|| og_title(document));
    if !shown && (note_id.is_none() || title.is_none()) {
        return None;
    }
    let mut note = NoteRecord {
        note_id,
        kind: kind(document),
        title,
        desc: desc(document),
        author: author(document.root_element()),
        tags: tags(document),
        images: images(document),
        video: video(document),
        ..NoteRecord::default()
    };
    read_counts(document, &mut note);
    if let Some(line) =
        text_at(document.root_element(), ".bottom-container .date, .note-content .date")
    {
        read_date(&line, opened.seen_at(), &mut note);
    }
    Some(note)
}

/// The title without the site's name; a page without a note has the site's name alone.
fn og_title(document: &Html) -> Option<String> {
    let whole = meta(document, "og:title")?;
    let title = whole.strip_suffix(" - 小红书").unwrap_or(&whole).trim();
    (!title.is_empty() && !title.starts_with("小红书")).then(|| title.to_owned())
}

fn kind(document: &Html) -> Option<String> {
    let container = first(document.root_element(), "#noteContainer[data-type]");
    container
        .and_then(|container| attribute(container, "data-type"))
        .or_else(|| meta(document, "og:type").filter(|kind| kind == "video"))
}

fn desc(document: &Html) -> Option<String> {
    let root = document.root_element();
    ["#detail-desc .note-text", "#detail-desc"]
        .iter()
        .find_map(|place| lines_of(first(root, place)?))
        .or_else(|| meta(document, "description"))
        .or_else(|| meta(document, "og:description"))
}

fn author(root: ElementRef<'_>) -> Option<Author> {
    const PLACES: &str = ".author-container, .author-wrapper, .author";
    let place = first(root, PLACES)?;
    let link = first(place, "a[href*='/user/profile/']");
    let author = Author {
        user_id: link.and_then(|link| id_behind(link.attr("href")?, &USER)),
        nickname: text_at(place, ".username").or_else(|| text_at(place, ".name")),
        avatar: first(place, "img").and_then(|image| attribute(image, "src")),
    };
    (author != Author::default()).then_some(author)
}

fn tags(document: &Html) -> Vec<String> {
    let keywords = meta(document, "keywords").unwrap_or_default();
    let mut tags: Vec<String> = keywords
        .split([',', '，'])
        .map(str::trim)
        .filter(|tag| !tag.is_empty())
        .map(str::to_owned)
        .collect();
    if tags.is_empty() {
        let links = all(document.root_element(), "a#hash-tag, a.tag[id^='hash-tag']");
        let names = links.into_iter().filter_map(text_of);
        tags = names.map(|name| name.trim_start_matches('#').trim().to_owned()).collect();
        tags.retain(|tag| !tag.is_empty());
    }
    tags
}

fn images(document: &Html) -> Vec<Image> {
    let image = |url: String| Image { id: image_id(&url), url: Some(url), ..Image::default() };
    metas(document, "og:image").into_iter().map(image).collect()
}

fn video(document: &Html) -> Option<Video> {
    let url = meta(document, "og:video")?;
    Some(Video { url: Some(url), ..Video::default() })
}

fn read_counts(document: &Html, note: &mut NoteRecord) {
    const PLACES: [(&str, &str, &str); 3] = [
        ("liked", "og:xhs:note_like", ".like-wrapper .count"),
        ("collected", "og:xhs:note_collect", ".collect-wrapper .count"),
        ("comments", "og:xhs:note_comment", ".chat-wrapper .count"),
    ];
    let root = document.root_element();
    // comments under the note have likes of their own
    let bar = first(root, ".engage-bar, .interactions.engage-bar, .buttons.engage-bar-style");
    for (name, property, place) in PLACES {
        let shown = || text_at(bar?, place);
        let told = meta(document, property).or_else(shown);
        if let Some(count) = told.and_then(|text| Count::parse(&text)) {
            note.counts.insert(name.to_owned(), count);
        }
    }
}

/// "06-27 湖南", "编辑于 昨天 15:04 湖南": a time, and maybe a region.
fn read_date(line: &str, seen_at: Option<Timestamp>, note: &mut NoteRecord) {
    let (edited, line) = match line.strip_prefix("编辑于") {
        Some(rest) => (true, rest.trim()),
        None => (false, line.strip_prefix("发布于").unwrap_or(line).trim()),
    };
    // whether it is a time shows even where the day it is counted from is unknown
    let some_day = Some(Timestamp::from_millis(1_750_000_000_000));
    let is_time = |text: &str| parse_time(text, seen_at.or(some_day)).is_some();
    let (time, region) = match line.rsplit_once(' ') {
        _ if is_time(line) => (line, None),
        Some((time, region)) if is_time(time) => (time.trim(), Some(region)),
        _ => return,
    };
    let at = parse_time(time, seen_at);
    if edited {
        note.updated_at = at;
    } else {
        note.published_at = at;
    }
    note.ip_location = region.map(str::to_owned);
}
