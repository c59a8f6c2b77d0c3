//! The page state and the way through it.

use scraper::Html;
use serde_json::Value;
use shared_kernel::domain::{Count, PageError, Timestamp, markup::all, parse_literal};

const NAME: &str = "window.__INITIAL_STATE__";

/// The state a page starts from; `None` when it has none. Also reads a bare state, which people
/// export from their browser, on its own or inside `{"__INITIAL_STATE__": …}`.
pub(super) fn page_state(text: &str, document: &Html) -> Result<Option<Value>, PageError> {
    let unreadable = |error| PageError::drift(format!("{NAME} as a literal ({error})"));
    let bare = text.trim_start();
    if bare.starts_with(['{', '[']) {
        return parse_literal(bare).map(|state| Some(unpacked(state))).map_err(unreadable);
    }
    let script = if bare.starts_with(NAME) { Some(bare.to_owned()) } else { script(document) };
    let Some(literal) = script.as_deref().and_then(assigned) else { return Ok(None) };
    parse_literal(literal).map(Some).map_err(unreadable)
}

fn unpacked(mut state: Value) -> Value {
    for key in [NAME, "__INITIAL_STATE__"] {
        if let Some(inner @ Value::Object(_)) = state.get_mut(key) {
            return inner.take();
        }
    }
    state
}

/// The script that sets the state. A note that merely speaks of it is text, not a script.
fn script(document: &Html) -> Option<String> {
    let scripts = all(document.root_element(), "script");
    scripts
        .into_iter()
        .map(|element| element.text().collect::<String>())
        .find(|script| assigned(script).is_some())
}

fn assigned(script: &str) -> Option<&str> {
    let (_, behind) = script.split_once(NAME)?;
    behind.trim_start().strip_prefix('=').filter(|value| !value.starts_with('='))
}

/// What a value wrapped by the front end's reactivity (`{__v_isRef, _rawValue, _value}`) holds.
/// Of the places it may stand in, an empty one gives way to the next.
pub(super) fn unwrapped(value: &Value) -> &Value {
    let mut value = value;
    for _ in 0..8 {
        let Some(object) = value.as_object() else { return value };
        let wrapped = ["__v_isRef", "_rawValue", "__v_isShallow", "__v_raw"]
            .iter()
            .any(|key| object.contains_key(*key));
        let held = || {
            ["_rawValue", "_value", "value", "__v_raw"]
                .iter()
                .filter_map(|key| object.get(*key))
                .filter(|inner| !inner.is_null())
        };
        match held().find(|inner| !is_empty(inner)).or_else(|| held().next()) {
            Some(inner) if wrapped => value = inner,
            _ => return value,
        }
    }
    value
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Object(members) => members.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// Follows keys, unwrapping on the way. `None` where a key is missing or the value is null.
pub(super) fn at<'a>(value: &'a Value, path: &[&str]) -> Option<&'a Value> {
    let mut value = unwrapped(value);
    for key in path {
        value = unwrapped(value.get(key)?);
    }
    (!value.is_null()).then_some(value)
}

/// A text that is not empty.
pub(super) fn text(value: &Value, path: &[&str]) -> Option<String> {
    match at(value, path)? {
        Value::String(text) => Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned),
        // fractions may come out other than they were written
        Value::Number(number) if !number.is_f64() => Some(number.to_string()),
        _ => None,
    }
}

/// The first of several keys that holds a text.
pub(super) fn text_of_any(value: &Value, keys: &[&str]) -> Option<String> {
    keys.iter().find_map(|key| text(value, &[key]))
}

pub(super) fn items<'a>(value: &'a Value, path: &[&str]) -> impl Iterator<Item = &'a Value> {
    at(value, path).and_then(Value::as_array).into_iter().flatten().map(unwrapped)
}

/// A whole number; `1.0` and `"1"` are too.
pub(super) fn whole(value: &Value, path: &[&str]) -> Option<u64> {
    const EXACT: f64 = 9_007_199_254_740_992.0; // 2^53
    match at(value, path)? {
        Value::Number(number) => number.as_u64().or_else(|| {
            let float = number.as_f64().filter(|float| (0.0..=EXACT).contains(float))?;
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "in range")]
            (float.fract() == 0.0).then_some(float as u64)
        }),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// A count, written as a number or as a text ("1.2万").
pub(super) fn count(value: &Value, path: &[&str]) -> Option<Count> {
    match at(value, path)? {
        Value::Number(_) => whole(value, path).map(Count::exact),
        Value::String(text) => Count::parse(text),
        _ => None,
    }
}

/// Milliseconds since 1970.
pub(super) fn millis(value: &Value, path: &[&str]) -> Option<Timestamp> {
    let millis = i64::try_from(whole(value, path)?).ok()?;
    // anything earlier than 2001 or later than 5138 is not a time in milliseconds
    (1_000_000_000_000..100_000_000_000_000)
        .contains(&millis)
        .then(|| Timestamp::from_millis(millis))
}
