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
/// A page that gives no record is an answer, not a failure of the command; an unreadable file or
/// an unknown page is. Relative times on the page are counted from when the file was written.
pub fn run(site_page: &str, file: &Path) -> anyhow::Result<()> {
    let reader = reader(site_page)?;
    let (body, seen_at) = read(file)?;
    let answer = answer(reader(&SitePage { seen_at, ..SitePage::saved(&body) }));
    let mut out = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, &answer)?;
    writeln!(out)?;
    Ok(())
}

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
    let mut body = Vec::new();
    if file == Path::new("-") {
        std::io::stdin().read_to_end(&mut body).context("reading standard input")?;
        return Ok((body, None));
    }
    let name = || format!("reading {}", file.display());
    let mut opened = fs::File::open(file).with_context(name)?;
    opened.read_to_end(&mut body).with_context(name)?;
    Ok((body, opened.metadata().and_then(|data| data.modified()).ok().and_then(instant)))
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
    fn a_page_without_records_is_an_error_with_its_kind() {
        let read = reader("qidian.book").unwrap();
        let answer = answer(read(&SitePage::saved(b"<p>nothing here</p>")));
        assert_eq!(answer["error"]["kind"], "parse_drift");
        assert_eq!(answer["error"]["missing"], "pageContext");
    }
}
