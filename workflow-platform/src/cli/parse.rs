//! `workflow-platform parse SITE.PAGE FILE`: a saved page as records, without a server.

use std::{
    fs,
    io::{Read as _, Write as _},
    path::Path,
    time::SystemTime,
};

use anyhow::{Context as _, bail};
use serde_json::{Value, json};
use shared_kernel::domain::{PageError, SitePage, Timestamp};

/// Reads `file` (`-` is standard input) as the page `site_page` names, such as `qidian.ranking`,
/// and prints `{"records": […]}` or `{"error": {"kind": …}}`.
///
/// A page that gives no record is an answer, not a failure of the command (exit code 0); an
/// unreadable file, one that is too large, or an unknown page is (exit code 1). Relative times on the page are counted from when the file was written.
pub fn run(site_page: &str, file: &Path) -> anyhow::Result<()> {
    let reader = reader(site_page)?;
    let (body, seen_at) = read(file)?;
    let answer = answer(reader(&SitePage { seen_at, ..SitePage::saved(&body) }));
    let mut out = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, &answer)?;
    writeln!(out)?;
    Ok(())
}

/// No saved page is larger.
const LARGEST: u64 = 64 * 1024 * 1024;

type Reader = Box<dyn Fn(&SitePage<'_>) -> Result<Value, PageError>>;

fn reader(site_page: &str) -> anyhow::Result<Reader> {
    for page in qidian::domain::Page::ALL {
        if site_page.strip_prefix("qidian.") == Some(page.name()) {
            return Ok(Box::new(move |saved| page.parse(saved).map(|records| json!(records))));
        }
    }
    for page in xiaohongshu::domain::Page::ALL {
        if site_page.strip_prefix("xiaohongshu.") == Some(page.name()) {
            return Ok(Box::new(move |saved| page.parse(saved).map(|records| json!(records))));
        }
    }
    bail!("there is no page {site_page:?}; there are {}", known_pages().join(", "))
}

/// Every `SITE.PAGE` this command reads.
pub fn known_pages() -> Vec<String> {
    let qidian = qidian::domain::Page::ALL.map(|page| format!("qidian.{}", page.name()));
    let notes = xiaohongshu::domain::Page::ALL.map(|page| format!("xiaohongshu.{}", page.name()));
    qidian.into_iter().chain(notes).collect()
}

fn read(file: &Path) -> anyhow::Result<(Vec<u8>, Option<Timestamp>)> {
    if file == Path::new("-") {
        return Ok((bounded(std::io::stdin()).context("reading standard input")?, None));
    }
    let name = || format!("reading {}", file.display());
    let opened = fs::File::open(file).with_context(name)?;
    let written = opened.metadata().and_then(|data| data.modified()).ok().and_then(instant);
    Ok((bounded(opened).with_context(name)?, written))
}

fn bounded(from: impl std::io::Read) -> anyhow::Result<Vec<u8>> {
    let mut body = Vec::new();
    from.take(LARGEST + 1).read_to_end(&mut body)?;
    if u64::try_from(body.len())? > LARGEST {
        bail!("it has more than {LARGEST} bytes");
    }
    Ok(body)
}

fn instant(at: SystemTime) -> Option<Timestamp> {
    let since = at.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    Some(Timestamp::from_micros(i64::try_from(since.as_micros()).ok()?))
}

fn answer(parsed: Result<Value, PageError>) -> Value {
    match parsed {
        Ok(records) => json!({ "records": records }),
        Err(error) => {
            let mut described = json!(error);
            described["message"] = error.to_string().into();
            json!({ "error": described })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_page_is_answered_with_those_there_are() {
        let error = reader("qidian.nothing").err().unwrap().to_string();
        assert!(error.contains("qidian.ranking") && error.contains("xiaohongshu.note"), "{error}");
    }

    #[test]
    fn every_kind_of_page_is_read() {
        let pages = known_pages();
        assert_eq!(pages.len(), 8);
        for page in pages {
            let read = reader(&page).unwrap();
            for body in
                [&b""[..], b"\0\xFF\xFE", b"{", b"[[[", b"<script>window.__INITIAL_STATE__="]
            {
                let answer = answer(read(&SitePage::saved(body)));
                assert_eq!(answer["error"]["kind"], "parse_drift", "{page}");
            }
        }
    }

    #[test]
    fn more_than_any_page_has_is_refused() {
        assert!(bounded(std::io::repeat(b' ')).is_err());
        assert_eq!(bounded(&b"page"[..]).unwrap(), b"page");
    }

    #[test]
    fn a_page_without_records_is_an_error_with_its_kind() {
        let read = reader("qidian.book").unwrap();
        let answer = answer(read(&SitePage::saved(b"<p>nothing here</p>")));
        assert_eq!(answer["error"]["kind"], "parse_drift");
        assert!(answer["error"]["missing"].is_string());
    }
}
