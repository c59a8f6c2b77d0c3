//! From a text or a node of JSON to a value of the wanted type.

use chrono::{FixedOffset, NaiveDate, NaiveDateTime};
use serde_json::{Number, Value, json};
use shared_kernel::domain::{Count, Timestamp, parse_time};
use url::Url;

use super::FieldType;

/// Longest text of one value, characters.
const LONGEST: usize = 200_000;
/// Seconds east of Greenwich, for times that name no offset.
pub(super) const CHINA: i32 = 8 * 3600;

/// What is made of what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cast {
    pub kind: FieldType,
    pub format: Option<String>,
    /// Seconds east of Greenwich.
    pub offset: i32,
}

/// What a value may depend on beside its text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around<'a> {
    pub base: &'a Url,
    /// When the page was seen; relative times are counted from it.
    pub seen_at: Option<Timestamp>,
}

impl Cast {
    /// `None` when the text is none of the type.
    pub fn text(&self, text: &str, around: Around<'_>) -> Option<Value> {
        match self.kind {
            FieldType::String | FieldType::Html => Some(Value::String(cut(text))),
            FieldType::Integer => number(text).and_then(whole),
            FieldType::Number => number(text).and_then(Number::from_f64).map(Value::Number),
            FieldType::Boolean => Some(Value::Bool(!is_no(text))),
            FieldType::Date => Some(json!(self.date(text, around)?.format("%Y-%m-%d").to_string())),
            FieldType::Datetime => self.instant(text, around).map(|at| json!(at)),
            FieldType::Money => money(text),
            FieldType::Count => Count::parse(text).map(|count| json!(count)),
            FieldType::Url => address(text, around.base),
            FieldType::Json => serde_json::from_str(text).ok(),
        }
    }

    /// The same for what stands in JSON.
    pub fn node(&self, node: &Value, around: Around<'_>) -> Option<Value> {
        match (self.kind, node) {
            (_, Value::Null) => None,
            (FieldType::Json, node) => Some(node.clone()),
            (FieldType::Number, Value::Number(_)) | (FieldType::Boolean, Value::Bool(_)) => {
                Some(node.clone())
            }
            (FieldType::Integer, Value::Number(number)) => {
                if number.is_f64() {
                    whole(number.as_f64()?)
                } else {
                    Some(node.clone())
                }
            }
            (_, Value::String(text)) => self.text(text.trim(), around),
            (_, Value::Number(_) | Value::Bool(_)) => self.text(&node.to_string(), around),
            (FieldType::String, Value::Array(_) | Value::Object(_)) => {
                Some(Value::String(cut(&node.to_string())))
            }
            _ => None,
        }
    }

    fn instant(&self, text: &str, around: Around<'_>) -> Option<Timestamp> {
        let zone = FixedOffset::east_opt(self.offset)?;
        let local = |at: NaiveDateTime| at.and_local_timezone(zone).single().map(|at| at.to_utc());
        if let Some(format) = &self.format {
            let whole = chrono::DateTime::parse_from_str(text, format).map(|at| at.to_utc()).ok();
            let of_day = || NaiveDate::parse_from_str(text, format).ok()?.and_hms_opt(0, 0, 0);
            let plain = || NaiveDateTime::parse_from_str(text, format).ok().or_else(of_day);
            return whole.or_else(|| local(plain()?)).map(Timestamp::from);
        }
        let exact = text.parse::<Timestamp>().ok().or_else(|| {
            let mail = chrono::DateTime::parse_from_rfc2822(text).ok()?;
            Some(mail.to_utc().into())
        });
        exact.or_else(|| self.as_in_china(text, around))
    }

    /// The reader of Chinese times has China's clock. Elsewhere its clock is moved before, and
    /// what it read is moved back.
    fn as_in_china(&self, text: &str, around: Around<'_>) -> Option<Timestamp> {
        let moved = i64::from(self.offset - CHINA) * 1_000_000;
        let shift = |at: Timestamp, by: i64| Timestamp::from_micros(at.micros().saturating_add(by));
        let is_epoch = text.len() >= 10 && text.bytes().all(|byte| byte.is_ascii_digit());
        let seen_at = around.seen_at.map(|at| shift(at, moved));
        let read = parse_time(text, seen_at)?;
        Some(if is_epoch { read } else { shift(read, -moved) })
    }

    fn date(&self, text: &str, around: Around<'_>) -> Option<NaiveDate> {
        if let Some(format) = &self.format
            && let Ok(date) = NaiveDate::parse_from_str(text, format)
        {
            return Some(date);
        }
        let at = self.instant(text, around)?.to_chrono();
        Some(at.with_timezone(&FixedOffset::east_opt(self.offset)?).date_naive())
    }
}

/// Seconds of an offset such as `+08:00` or `Z`.
pub(super) fn offset_of(text: &str) -> Option<i32> {
    let offset = text.parse::<FixedOffset>().ok();
    if text == "Z" { Some(0) } else { offset.map(|offset| offset.local_minus_utc()) }
}

pub(super) fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => text[..end].to_owned(),
        None => text.to_owned(),
    }
}

fn is_no(text: &str) -> bool {
    const NO: [&str; 8] = ["", "0", "false", "no", "off", "否", "无", "null"];
    NO.iter().any(|no| text.eq_ignore_ascii_case(no))
}

fn address(text: &str, base: &Url) -> Option<Value> {
    base.join(text).ok().map(|url| Value::String(url.into()))
}

fn whole(value: f64) -> Option<Value> {
    #[expect(clippy::cast_possible_truncation, reason = "larger numbers saturate")]
    value.is_finite().then(|| Value::from(value.round() as i64))
}

/// The first number: `1,234.5`, `12.3万`, `-7`, `１２`.
fn number(text: &str) -> Option<f64> {
    first_number(text)?.0.parse().ok()
}

/// The first number as `f64` reads it, exactly, and what stands before and behind it.
fn first_number(text: &str) -> Option<(String, &str, &str)> {
    let start = text.find(|c: char| digit(c).is_some())?;
    let before = &text[..start];
    let negative = before.ends_with(['-', '−', '－']);
    let mut digits = String::from(if negative { "-" } else { "" });
    let mut rest = &text[start..];
    let mut fraction = false;
    while let Some(next) = rest.chars().next() {
        let behind = &rest[next.len_utf8()..];
        let continues = behind.chars().next().is_some_and(|c| digit(c).is_some());
        match (digit(next), next) {
            (Some(digit), _) => digits.push(digit),
            (None, ',' | '，') if continues && !fraction => {}
            (None, '.' | '．') if continues && !fraction => {
                fraction = true;
                digits.push('.');
            }
            _ => break,
        }
        rest = behind;
    }
    let (power, rest) = magnitude(rest);
    if power > 0 {
        digits.push_str(&format!("e{power}"));
    }
    Some((digits, before, rest))
}

fn digit(c: char) -> Option<char> {
    match c {
        '0'..='9' => Some(c),
        '０'..='９' => char::from_digit(u32::from(c) - u32::from('０'), 10),
        _ => None,
    }
}

fn magnitude(text: &str) -> (u32, &str) {
    const WORDS: [(&str, u32); 7] =
        [("万亿", 12), ("亿", 8), ("億", 8), ("千万", 7), ("百万", 6), ("万", 4), ("萬", 4)];
    let found = WORDS.iter().find_map(|(word, power)| Some((*power, text.strip_prefix(word)?)));
    found.unwrap_or((0, text))
}

/// Signs of currencies, longer ones first. `¥` alone is taken for the yuan.
const CURRENCIES: [(&str, &str); 25] = [
    ("HK$", "HKD"),
    ("NT$", "TWD"),
    ("US$", "USD"),
    ("A$", "AUD"),
    ("C$", "CAD"),
    ("S$", "SGD"),
    ("CNY", "CNY"),
    ("RMB", "CNY"),
    ("USD", "USD"),
    ("EUR", "EUR"),
    ("GBP", "GBP"),
    ("JPY", "JPY"),
    ("HKD", "HKD"),
    ("TWD", "TWD"),
    ("KRW", "KRW"),
    ("港元", "HKD"),
    ("美元", "USD"),
    ("欧元", "EUR"),
    ("日元", "JPY"),
    ("円", "JPY"),
    ("元", "CNY"),
    ("€", "EUR"),
    ("£", "GBP"),
    ("₩", "KRW"),
    ("$", "USD"),
];

/// The amount as exact decimal text, and the currency where a sign tells it.
fn money(text: &str) -> Option<Value> {
    let (digits, before, behind) = first_number(text)?;
    let before = before.trim_end().trim_end_matches(['-', '−', '－']).trim_end();
    let behind = behind.trim_start();
    let yuan = before.ends_with(['¥', '￥']).then_some("CNY");
    let named = || {
        CURRENCIES.iter().find_map(|(sign, code)| {
            let upper = before.to_ascii_uppercase();
            let stands = upper.ends_with(sign) || behind.to_ascii_uppercase().starts_with(sign);
            stands.then_some(*code)
        })
    };
    Some(json!({ "amount": decimal(&digits)?, "currency": yuan.or_else(named) }))
}

/// `1.2e4` as `12000`.
fn decimal(digits: &str) -> Option<String> {
    let Some((number, power)) = digits.split_once('e') else { return Some(digits.to_owned()) };
    let power: usize = power.parse().ok()?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let moved: String = fraction.chars().chain(std::iter::repeat('0')).take(power).collect();
    let left = fraction.get(power..).unwrap_or_default();
    let whole = format!("{whole}{moved}");
    let sign = if whole.starts_with('-') { "-" } else { "" };
    let whole = whole.trim_start_matches('-').trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    Some(if left.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{left}") })
}
