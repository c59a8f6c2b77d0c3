//! The JSON that the mobile site embeds for its own front end.

use scraper::{Html, Selector};
use serde_json::Value;
use shared_kernel::domain::{Count, PageError, Timestamp, from_epoch, parse_time};

/// `pageContext.pageProps.pageData`; `None` when the page has no such script.
pub(super) fn page_data(document: &Html) -> Result<Option<Value>, PageError> {
    let Some(script) = script(document) else { return Ok(None) };
    let mut context: Value = serde_json::from_str(&script)
        .map_err(|error| PageError::drift(format!("pageContext as JSON ({error})")))?;
    if let Some(inner) = context.get_mut("pageContext") {
        context = inner.take();
    }
    if is_error_page(&context) {
        return Err(PageError::gone("the page context is that of an error page"));
    }
    match context.pointer_mut("/pageProps/pageData").map(Value::take) {
        Some(data @ Value::Object(_)) => Ok(Some(data)),
        _ => Err(PageError::drift("pageContext.pageProps.pageData")),
    }
}

fn script(document: &Html) -> Option<String> {
    let selector = Selector::parse("script[id*='pageContext']").ok()?;
    document
        .select(&selector)
        .map(|element| element.text().collect::<String>())
        .find(|text| !text.trim().is_empty())
}

/// The front end's framework says so where the site has no such page.
fn is_error_page(context: &Value) -> bool {
    let is_404 = context.get("is404").and_then(Value::as_bool).unwrap_or(false);
    let page = context.get("_pageId").and_then(Value::as_str).unwrap_or_default();
    is_404 || page.ends_with("_error")
}

/// A text field. The embedding escapes a leading `!` by doubling it and writes `!undefined` for
/// what is not there.
pub(super) fn text(object: &Value, key: &str) -> Option<String> {
    let raw = match object.get(key)? {
        Value::String(text) => text.as_str(),
        Value::Number(number) => return Some(number.to_string()),
        _ => return None,
    };
    let raw = match raw.strip_prefix('!') {
        Some("undefined" | "null") => return None,
        Some(rest) if rest.starts_with('!') => rest,
        _ => raw,
    };
    let trimmed = raw.trim();
    (!trimmed.is_empty()).then(|| trimmed.to_owned())
}

/// A text of several lines: `<br>` becomes a line break, other white space around lines goes.
pub(super) fn prose(object: &Value, key: &str) -> Option<String> {
    let raw = text(object, key)?;
    let broken = raw.replace("<br>", "\n").replace("<br/>", "\n").replace("<br />", "\n");
    let lines = broken.lines().map(str::trim).filter(|line| !line.is_empty());
    let joined = lines.collect::<Vec<_>>().join("\n");
    (!joined.is_empty()).then_some(joined)
}

/// An id, which the site writes as a number or as a text. Zero and less mean none.
pub(super) fn id(object: &Value, key: &str) -> Option<String> {
    text(object, key).filter(|id| !id.starts_with('-') && id != "0")
}

/// A number, written as one or as a text ("9.8万").
pub(super) fn count(object: &Value, key: &str) -> Option<Count> {
    match object.get(key)? {
        Value::Number(number) => number.as_u64().map(Count::exact),
        _ => Count::parse(&text(object, key)?),
    }
}

/// An instant: seconds or milliseconds since 1970, or one of the site's texts.
pub(super) fn time(object: &Value, key: &str, seen_at: Option<Timestamp>) -> Option<Timestamp> {
    match object.get(key)? {
        Value::Number(number) => from_epoch(number.as_i64()?),
        _ => parse_time(&text(object, key)?, seen_at),
    }
}
