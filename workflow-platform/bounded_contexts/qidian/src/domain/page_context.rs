//! The JSON that the mobile site embeds for its own front end.

use scraper::Html;
use serde_json::Value;
use shared_kernel::domain::{
    Count, PageError, Timestamp, from_epoch,
    markup::{all, folded_lines},
    parse_time,
};

/// One of these stands at the top of a page's data.
const KNOWN: [&str; 5] = ["records", "bookInfo", "vs", "allBook", "curFree"];

/// `pageContext.pageProps.pageData`; `None` when the page has no such script.
pub(super) fn page_data(document: &Html) -> Result<Option<Value>, PageError> {
    let scripts = all(document.root_element(), "script[id*='pageContext']");
    let script = scripts
        .iter()
        .map(|element| element.text().collect::<String>())
        .find(|text| !text.trim().is_empty());
    script.map(|script| from_json(&script)).transpose()
}

/// The page's data from its page context, or from what people export of it.
pub(super) fn from_json(text: &str) -> Result<Value, PageError> {
    let mut context: Value = serde_json::from_str(text.trim())
        .map_err(|error| PageError::drift(format!("pageContext as JSON ({error})")))?;
    if let Some(inner @ Value::Object(_)) = context.get_mut("pageContext") {
        context = inner.take();
    }
    if is_error_page(&context) {
        return Err(PageError::gone("the page context is that of an error page"));
    }
    for path in ["/pageProps/pageData", "/pageData"] {
        if let Some(data @ Value::Object(_)) = context.pointer_mut(path).map(Value::take) {
            return Ok(data);
        }
    }
    if KNOWN.iter().any(|key| context.get(key).is_some()) {
        return Ok(context);
    }
    Err(PageError::drift("pageContext.pageProps.pageData"))
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
        // fractions may come out other than they were written
        Value::Number(number) if number.is_f64() => return None,
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

/// The first of several keys that holds a text.
pub(super) fn text_of_any(object: &Value, keys: &[&str]) -> Option<String> {
    keys.iter().find_map(|key| text(object, key))
}

/// A text of several lines: `<br>` becomes a line break, other white space around lines goes.
pub(super) fn prose(object: &Value, key: &str) -> Option<String> {
    let raw = text(object, key)?;
    folded_lines(&raw.replace("<br>", "\n").replace("<br/>", "\n").replace("<br />", "\n"))
}

/// An id, which the site writes as a number or as a text. Zero and less mean none.
pub(super) fn id(object: &Value, key: &str) -> Option<String> {
    let id = match object.get(key)? {
        Value::Number(number) => whole(number)?.to_string(),
        _ => text(object, key)?,
    };
    let plain = id.len() <= 20 && id.bytes().all(|byte| byte.is_ascii_digit());
    (plain && id.bytes().any(|byte| byte != b'0')).then_some(id)
}

/// A number, written as one or as a text ("9.8万").
pub(super) fn count(object: &Value, key: &str) -> Option<Count> {
    match object.get(key)? {
        Value::Number(number) => whole(number).map(Count::exact),
        _ => Count::parse(&text(object, key)?),
    }
}

/// A whole number; `1.0` is one too.
fn whole(number: &serde_json::Number) -> Option<u64> {
    const EXACT: f64 = 9_007_199_254_740_992.0; // 2^53
    number.as_u64().or_else(|| {
        let float = number.as_f64().filter(|float| (0.0..=EXACT).contains(float))?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "in range")]
        (float.fract() == 0.0).then_some(float as u64)
    })
}

/// An instant: seconds or milliseconds since 1970, or one of the site's texts.
pub(super) fn time(object: &Value, key: &str, seen_at: Option<Timestamp>) -> Option<Timestamp> {
    match object.get(key)? {
        Value::Number(number) => from_epoch(number.as_i64()?),
        _ => parse_time(&text(object, key)?, seen_at),
    }
}

/// Yes or no, however the site writes it.
pub(super) fn flag(object: &Value, key: &str) -> Option<bool> {
    match object.get(key)? {
        Value::Bool(flag) => Some(*flag),
        Value::Number(number) => whole(number).map(|number| number == 1),
        Value::String(text) => match text.trim() {
            "1" | "true" => Some(true),
            "0" | "false" => Some(false),
            _ => None,
        },
        _ => None,
    }
}
