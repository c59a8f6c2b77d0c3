//! A value as the index keeps it: bytes that sort as the values do, in every database alike.
//!
//! Nothing comes first, then booleans, numbers, texts, lists and objects, and times. Integers are
//! exact up to 64 bits. Texts sort by their code points and by their first 64 bytes; a longer one
//! is told apart by its hash.

use serde_json::Value;
use shared_kernel::domain::Timestamp;

/// Bytes of a text that are kept as they are.
const PREFIX: usize = 64;
/// Follows the kept part of a longer text; no byte of UTF-8.
const LONGER: u8 = 0xff;
const HASH: usize = 12;

/// What kind of value a cell holds; its first byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Tag {
    Null = 0,
    Boolean = 1,
    Number = 2,
    Text = 3,
    /// A list or an object: there, but not compared.
    Other = 4,
    Time = 5,
}

/// A value in the index.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell(pub Vec<u8>);

impl Cell {
    /// Of a field's value; a field that is missing is null.
    pub fn of(value: Option<&Value>) -> Self {
        match value {
            None | Some(Value::Null) => Self(vec![Tag::Null as u8]),
            Some(Value::Bool(value)) => Self(vec![Tag::Boolean as u8, u8::from(*value)]),
            Some(Value::Number(number)) => Self(number_bytes(number)),
            Some(Value::String(text)) => Self(text_bytes(text)),
            Some(Value::Array(_) | Value::Object(_)) => Self(vec![Tag::Other as u8]),
        }
    }

    pub fn time(at: Timestamp) -> Self {
        let mut bytes = vec![Tag::Time as u8];
        bytes.extend(sortable(at.micros()).to_be_bytes());
        Self(bytes)
    }

    /// The byte that cells of the same kind begin with.
    pub fn tag(&self) -> u8 {
        self.0.first().copied().unwrap_or_default()
    }

    pub fn is_null(&self) -> bool {
        self.tag() == Tag::Null as u8
    }

    /// The value again, as far as it was kept: of a long text its beginning and `…`.
    pub fn shown(&self) -> Value {
        let Some((tag, bytes)) = self.0.split_first() else { return Value::Null };
        match *tag {
            1 => Value::from(bytes.first() == Some(&1)),
            2 => shown_number(bytes),
            3 => shown_text(bytes),
            _ => Value::Null,
        }
    }
}

/// Signed order as unsigned order.
fn sortable(value: i64) -> u64 {
    value.cast_unsigned() ^ (1 << 63)
}

/// The nearest double in an order-preserving form (all bits turned for negative ones, the sign
/// otherwise), and how far an integer lies from it.
fn number_bytes(number: &serde_json::Number) -> Vec<u8> {
    let near = number.as_f64().unwrap_or_default();
    // There is one zero.
    let near = if near == 0.0 { 0.0 } else { near };
    let bits = near.to_bits();
    let sorted = if near.is_sign_negative() { !bits } else { bits ^ (1 << 63) };
    let off = exact(number).map_or(0, |exact| exact - whole(near));
    let off = u16::try_from(off.saturating_add(0x8000)).unwrap_or(0x8000);
    let mut bytes = vec![Tag::Number as u8];
    bytes.extend(sorted.to_be_bytes());
    bytes.extend(off.to_be_bytes());
    bytes
}

fn exact(number: &serde_json::Number) -> Option<i128> {
    number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from))
}

#[expect(clippy::cast_possible_truncation, reason = "integers of 64 bits, rounded")]
fn whole(near: f64) -> i128 {
    near as i128
}

fn shown_number(bytes: &[u8]) -> Value {
    let (Some(sorted), Some(off)) = (bytes.first_chunk::<8>(), bytes.last_chunk::<2>()) else {
        return Value::Null;
    };
    let sorted = u64::from_be_bytes(*sorted);
    let bits = if sorted >> 63 == 1 { sorted ^ (1 << 63) } else { !sorted };
    let near = f64::from_bits(bits);
    let exact = whole(near) + i128::from(u16::from_be_bytes(*off)) - 0x8000;
    if near.fract() == 0.0 {
        if let Ok(small) = i64::try_from(exact) {
            return Value::from(small);
        }
        if let Ok(large) = u64::try_from(exact) {
            return Value::from(large);
        }
    }
    Value::from(near)
}

fn text_bytes(text: &str) -> Vec<u8> {
    let mut bytes = vec![Tag::Text as u8];
    let kept = text.floor_char_boundary(PREFIX);
    bytes.extend(&text.as_bytes()[..kept]);
    if kept < text.len() {
        bytes.push(LONGER);
        bytes.extend(&blake3::hash(text.as_bytes()).as_bytes()[..HASH]);
    }
    bytes
}

fn shown_text(bytes: &[u8]) -> Value {
    match bytes.iter().position(|byte| *byte == LONGER) {
        Some(end) => format!("{}…", String::from_utf8_lossy(&bytes[..end])).into(),
        None => String::from_utf8_lossy(bytes).into(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn cell(value: &Value) -> Cell {
        Cell::of(Some(value))
    }

    #[test]
    fn kinds_and_values_sort_as_people_expect() {
        let long = "x".repeat(100);
        let sorted = [
            json!(null),
            json!(false),
            json!(true),
            json!(-1e300),
            json!(i64::MIN),
            json!(-1.5),
            json!(-1),
            json!(0),
            json!(0.5),
            json!(9_007_199_254_740_993_i64),
            json!(9_007_199_254_740_994_i64),
            json!(i64::MAX - 1),
            json!(i64::MAX),
            json!(u64::MAX - 1),
            json!(u64::MAX),
            json!(1e300),
            json!(""),
            json!("a"),
            json!("ab"),
            json!(long),
            json!("书"),
            json!("剑来"),
            json!(["a"]),
        ];
        let cells: Vec<_> = sorted.iter().map(cell).collect();
        let mut again = cells.clone();
        again.dedup();
        assert!(cells.is_sorted());
        assert_eq!(cells.len(), again.len());
        assert_eq!(cell(&json!(-0.0)), cell(&json!(0)));
        assert_eq!(cell(&json!(5)), cell(&json!(5.0)));
    }

    #[test]
    fn long_texts_are_told_apart() {
        let one = json!(format!("{}a", "书".repeat(40)));
        let two = json!(format!("{}b", "书".repeat(40)));
        assert_ne!(cell(&one), cell(&two));
        assert_eq!(cell(&one).shown(), json!(format!("{}…", "书".repeat(21))));
    }

    proptest! {
        #[test]
        fn a_number_comes_back_and_sorts(a: i64, b: i64) {
            prop_assert_eq!(cell(&json!(a)).shown(), json!(a));
            prop_assert_eq!(a.cmp(&b), cell(&json!(a)).cmp(&cell(&json!(b))));
        }

        #[test]
        fn doubles_sort(a in -1e18_f64..1e18, b in -1e18_f64..1e18) {
            let sorted = cell(&json!(a)).cmp(&cell(&json!(b)));
            prop_assert_eq!(Some(sorted), a.partial_cmp(&b));
        }

        #[test]
        fn short_texts_come_back_and_sort(a in ".{0,16}", b in ".{0,16}") {
            prop_assert_eq!(cell(&json!(a)).shown(), json!(a));
            prop_assert_eq!(a.cmp(&b), cell(&json!(a)).cmp(&cell(&json!(b))));
        }
    }
}
