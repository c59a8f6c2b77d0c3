//! Our own functions of expressions: texts, JSON, addresses, hashes, patterns and dates.
//!
//! They are called as `name(value, …)`. `analyse` has every argument paid for as a whole, so that
//! calls within calls cannot grow a value without end; patterns run in time linear to their text.

use std::fmt::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use cel::{
    Env, ExecutionError,
    common::{types::DYN_TYPE, value::CowVal},
};
use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, TimeZone as _};
use chrono_tz::Tz;
use regex::{Regex, RegexBuilder};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use url::{Url, form_urlencoded};

use super::convert::{from_val, to_cel};

/// Largest text a function gives, bytes.
const LARGEST: usize = 16 * 1024 * 1024;
/// Largest compiled pattern, bytes.
const PATTERN: usize = 1024 * 1024;

type Outcome = Result<Value, String>;

macro_rules! functions {
    ($($name:literal $arity:literal $function:ident),+ $(,)?) => {
        /// Their names; one that takes different numbers of arguments stands here for each.
        pub(super) const NAMES: &[&str] = &[$($name),+];

        /// Makes them known to CEL.
        pub(super) fn declare(env: &mut Env) {
            $(
                let declared = env.add_overload(
                    $name,
                    concat!($name, "_", $arity),
                    std::iter::repeat_with(|| DYN_TYPE).take($arity).collect(),
                    |arguments| call($name, &arguments, $function),
                );
                debug_assert!(declared.is_ok(), "{} is declared twice", $name);
            )+
        }
    };
}

functions! {
    "lower" 1 lower,
    "upper" 1 upper,
    "trim" 1 trim,
    "split" 2 split,
    "join" 2 join,
    "replace" 3 replace,
    "toJson" 1 to_json,
    "parseJson" 1 parse_json,
    "base64Encode" 1 base64_encode,
    "base64Decode" 1 base64_decode,
    "urlEncode" 1 url_encode,
    "urlDecode" 1 url_decode,
    "parseUrl" 1 parse_url,
    "sha256" 1 sha256,
    "blake3" 1 blake3,
    "find" 2 find,
    "findAll" 2 find_all,
    "replaceAll" 3 replace_all,
    "formatDate" 2 format_date,
    "formatDate" 3 format_date,
    "parseDate" 2 parse_date,
    "parseDate" 3 parse_date,
}

/// Functions whose second argument is a pattern.
pub(super) const WITH_PATTERN: [&str; 3] = ["find", "findAll", "replaceAll"];

fn call<'b, 'v>(
    name: &str,
    arguments: &[CowVal<'b, 'v>],
    function: fn(&[Value]) -> Outcome,
) -> Result<CowVal<'b, 'v>, ExecutionError> {
    let failed = |message| ExecutionError::function_error(name, message);
    let values = arguments.iter().map(|argument| from_val(argument.as_ref()));
    let values = values.collect::<Result<Vec<_>, _>>().map_err(failed)?;
    let result = function(&values).map_err(failed)?;
    Ok(CowVal::Owned(to_cel(&result)))
}

fn text(values: &[Value], index: usize) -> Result<&str, String> {
    let found = values.get(index).and_then(Value::as_str);
    found.ok_or_else(|| format!("argument {} must be a text", index + 1))
}

fn bounded(text: String) -> Outcome {
    if text.len() > LARGEST {
        return Err("the text is larger than 16 MiB".to_owned());
    }
    Ok(Value::String(text))
}

fn lower(values: &[Value]) -> Outcome {
    bounded(text(values, 0)?.to_lowercase())
}

fn upper(values: &[Value]) -> Outcome {
    bounded(text(values, 0)?.to_uppercase())
}

fn trim(values: &[Value]) -> Outcome {
    Ok(text(values, 0)?.trim().into())
}

fn split(values: &[Value]) -> Outcome {
    let (whole, separator) = (text(values, 0)?, text(values, 1)?);
    if separator.is_empty() {
        return Ok(whole.chars().map(String::from).collect());
    }
    Ok(whole.split(separator).collect())
}

fn join(values: &[Value]) -> Outcome {
    let items = values.first().and_then(Value::as_array).ok_or("argument 1 must be a list")?;
    let texts = items.iter().map(|item| match item {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    });
    let separator = text(values, 1)?;
    if separator.len().saturating_mul(items.len()) > LARGEST {
        return Err("the text is larger than 16 MiB".to_owned());
    }
    bounded(texts.collect::<Vec<_>>().join(separator))
}

fn replace(values: &[Value]) -> Outcome {
    let (whole, from, to) = (text(values, 0)?, text(values, 1)?, text(values, 2)?);
    if whole.matches(from).count().saturating_mul(to.len()) > LARGEST {
        return Err("the text is larger than 16 MiB".to_owned());
    }
    bounded(whole.replace(from, to))
}

fn to_json(values: &[Value]) -> Outcome {
    bounded(values.first().unwrap_or(&Value::Null).to_string())
}

fn parse_json(values: &[Value]) -> Outcome {
    serde_json::from_str(text(values, 0)?).map_err(|error| error.to_string())
}

fn base64_encode(values: &[Value]) -> Outcome {
    bounded(STANDARD.encode(text(values, 0)?))
}

fn base64_decode(values: &[Value]) -> Outcome {
    let bytes = STANDARD.decode(text(values, 0)?.trim()).map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map(Value::String).map_err(|_| "not UTF-8 text".to_owned())
}

/// For a part of an address: a space is `%20`.
fn url_encode(values: &[Value]) -> Outcome {
    let encoded: String = form_urlencoded::byte_serialize(text(values, 0)?.as_bytes()).collect();
    bounded(encoded.replace('+', "%20"))
}

fn url_decode(values: &[Value]) -> Outcome {
    let escaped = text(values, 0)?.replace('+', "%2B").replace('&', "%26");
    let form = format!("v={escaped}");
    let decoded = form_urlencoded::parse(form.as_bytes()).next();
    Ok(decoded.map(|(_, value)| value.into_owned()).unwrap_or_default().into())
}

fn parse_url(values: &[Value]) -> Outcome {
    let url = Url::parse(text(values, 0)?).map_err(|error| error.to_string())?;
    let query: serde_json::Map<String, Value> =
        url.query_pairs().map(|(key, value)| (key.into_owned(), value.into())).collect();
    Ok(json!({
        "scheme": url.scheme(),
        "host": url.host_str(),
        "port": url.port_or_known_default(),
        "path": url.path(),
        "query": query,
        "fragment": url.fragment(),
    }))
}

fn sha256(values: &[Value]) -> Outcome {
    Ok(hex::encode(Sha256::digest(text(values, 0)?)).into())
}

fn blake3(values: &[Value]) -> Outcome {
    Ok(blake3::hash(text(values, 0)?.as_bytes()).to_hex().to_string().into())
}

fn pattern(values: &[Value]) -> Result<Regex, String> {
    let built = RegexBuilder::new(text(values, 1)?).size_limit(PATTERN).build();
    built.map_err(|error| format!("not a pattern: {error}"))
}

/// The first group of the first match, or the match where there is no group; null without one.
fn find(values: &[Value]) -> Outcome {
    let pattern = pattern(values)?;
    let found = pattern.captures(text(values, 0)?);
    Ok(found.map_or(Value::Null, |captures| matched(&captures)))
}

fn find_all(values: &[Value]) -> Outcome {
    let pattern = pattern(values)?;
    Ok(pattern.captures_iter(text(values, 0)?).map(|captures| matched(&captures)).collect())
}

fn matched(captures: &regex::Captures<'_>) -> Value {
    let group = captures.get(1).or_else(|| captures.get(0));
    group.map_or(Value::Null, |group| group.as_str().into())
}

/// `$1` and `$name` in the third argument stand for groups.
fn replace_all(values: &[Value]) -> Outcome {
    let (whole, to, pattern) = (text(values, 0)?, text(values, 2)?, pattern(values)?);
    let (mut result, mut end) = (String::new(), 0);
    for captures in pattern.captures_iter(whole) {
        let Some(found) = captures.get(0) else { continue };
        result.push_str(&whole[end..found.start()]);
        captures.expand(to, &mut result);
        end = found.end();
        if result.len() > LARGEST {
            break;
        }
    }
    result.push_str(&whole[end..]);
    bounded(result)
}

fn zone(values: &[Value]) -> Result<Tz, String> {
    match values.get(2) {
        None => Ok(Tz::UTC),
        Some(_) => text(values, 2)?.parse().map_err(|_| "not an IANA time zone".to_owned()),
    }
}

/// `strftime` formats; of an RFC 3339 text or a timestamp.
fn format_date(values: &[Value]) -> Outcome {
    let at: DateTime<FixedOffset> = DateTime::parse_from_rfc3339(text(values, 0)?)
        .map_err(|_| "argument 1 must be a timestamp".to_owned())?;
    let mut written = String::new();
    let local = at.with_timezone(&zone(values)?);
    write!(written, "{}", local.format(text(values, 1)?))
        .map_err(|_| "not a date format".to_owned())?;
    bounded(written)
}

/// Gives an RFC 3339 text. A format without a time is read as midnight, one without an offset in
/// the zone.
fn parse_date(values: &[Value]) -> Outcome {
    let (whole, format) = (text(values, 0)?.trim(), text(values, 1)?);
    if let Ok(at) = DateTime::parse_from_str(whole, format) {
        return Ok(at.to_rfc3339().into());
    }
    let local = NaiveDateTime::parse_from_str(whole, format).or_else(|_| {
        NaiveDate::parse_from_str(whole, format).map(|day| day.and_time(chrono::NaiveTime::MIN))
    });
    let local = local.map_err(|error| format!("{whole:?} does not fit the format: {error}"))?;
    let at = zone(values)?.from_local_datetime(&local).earliest();
    at.map(|at| at.to_rfc3339().into()).ok_or_else(|| "there is no such local time".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::expression::{Scope, Template, evaluate};

    fn value(expression: &str) -> Value {
        let template = Template::of_text(&format!("${{{{ {expression} }}}}")).unwrap();
        let scope = Scope { params: json!({ "a": [1, "x", null] }), ..Scope::default() };
        evaluate(&template, &scope).unwrap_or_else(|error| json!({ "error": error.message }))
    }

    #[test]
    fn each_gives_what_it_says() {
        for (expression, expected) in [
            ("upper('aé') + lower('B') + trim(' c ')", json!("AÉbc")),
            ("split('a,b', ',')", json!(["a", "b"])),
            ("join(params.a, '-')", json!("1-x-null")),
            ("replace('aXbX', 'X', '_')", json!("a_b_")),
            ("parseJson(toJson(params.a))", json!([1, "x", null])),
            ("parseJson('{\"n\": 2}').n + 1", json!(3)),
            ("base64Decode(base64Encode('起点'))", json!("起点")),
            ("urlEncode('a b&+点')", json!("a%20b%26%2B%E7%82%B9")),
            ("urlDecode(urlEncode('a b&+=点'))", json!("a b&+=点")),
            ("parseUrl('https://x.org/p?a=1#f').query.a", json!("1")),
            ("parseUrl('https://x.org/p').port", json!(443)),
            (
                "sha256('abc')",
                json!("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            ),
            ("size(blake3('abc'))", json!(64)),
            ("find('price: 12.5 yuan', '([0-9.]+) yuan')", json!("12.5")),
            ("find('a', 'b')", json!(null)),
            ("findAll('a1b22', '[0-9]+')", json!(["1", "22"])),
            ("replaceAll('a1b2', '([0-9])', '<$1>')", json!("a<1>b<2>")),
            (
                "formatDate('2026-11-23T20:00:00Z', '%Y-%m-%d %H:%M', 'Asia/Shanghai')",
                json!("2026-11-24 04:00"),
            ),
            ("formatDate(timestamp('2026-11-23T20:00:00Z'), '%d.%m.%Y')", json!("23.11.2026")),
            (
                "parseDate('2026-11-24', '%Y-%m-%d', 'Asia/Shanghai')",
                json!("2026-11-24T00:00:00+08:00"),
            ),
            ("timestamp(parseDate('24.11.2026 08:30', '%d.%m.%Y %H:%M')).getHours()", json!(8)),
        ] {
            assert_eq!(value(expression), expected, "{expression}");
        }
    }

    #[test]
    fn what_cannot_be_is_an_error() {
        for expression in [
            "parseJson('{')",
            "base64Decode('*')",
            "parseUrl('no')",
            "find('a', '(')",
            "find('a', '(((a{900}){900}){900})')",
            "formatDate('yesterday', '%Y')",
            "formatDate('2026-11-23T20:00:00Z', '%')",
            "formatDate('2026-11-23T20:00:00Z', '%Y', 'Mars')",
            "parseDate('x', '%Y-%m-%d')",
            "upper(1)",
            "split('a', 1)",
        ] {
            assert!(
                value(expression).get("error").is_some(),
                "{expression}: {}",
                value(expression)
            );
        }
        assert!(Template::of_text("${{ 'a'.upper() }}").is_err());
    }

    #[test]
    fn nothing_grows_without_end() {
        let mut grown = "'xxxxxxxx'".to_owned();
        for _ in 0..20 {
            grown = format!("replace({grown}, 'x', 'xxxxxxxx')");
        }
        assert!(value(&grown).get("error").is_some());
        let mut quoted = "'\"'".to_owned();
        for _ in 0..20 {
            quoted = format!("toJson(toJson({quoted}))");
        }
        assert!(
            Template::of_text(&format!("${{{{ {quoted} }}}}")).is_err()
                || value(&quoted).get("error").is_some()
        );
    }
}
