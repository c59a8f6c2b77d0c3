//! Reads a JavaScript literal as JSON.
//!
//! The page state is written by a serialiser for JavaScript, not JSON: bare `undefined`,
//! `new Set([…])`, `new Map([…])`, escapes JSON does not know. Replacing text would corrupt notes
//! that contain the word "undefined", so this is a recursive-descent parser that knows strings.
//! It reads literals only: nothing is ever evaluated. Depth is bounded, so that no input can
//! exhaust the stack.

mod text;

use serde_json::{Map, Number, Value};

/// Deepest nesting; the site's states stay below 40.
const DEEPEST: u32 = 200;

/// The text is not a literal this parser knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason} at byte {at}")]
pub struct LiteralError {
    pub reason: &'static str,
    /// Offset from the start of the text.
    pub at: usize,
}

/// Reads the literal at the start of `text`; what follows it (such as `;`) is left alone.
///
/// `undefined`, `NaN` and infinities become null, a set becomes a list, and a map becomes an
/// object when all its keys are texts or numbers, otherwise a list of pairs.
pub fn parse_literal(text: &str) -> Result<Value, LiteralError> {
    let mut reader = Reader { text, at: 0 };
    reader.value(DEEPEST)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn fail<T>(&self, reason: &'static str) -> Result<T, LiteralError> {
        Err(LiteralError { reason, at: self.at })
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    /// Takes `token` if it comes next.
    fn take(&mut self, token: &str) -> bool {
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    /// Takes `token` after white space and comments, if it comes next.
    fn skip_and_take(&mut self, token: &str) -> Result<bool, LiteralError> {
        self.skip()?;
        Ok(self.take(token))
    }

    fn need(&mut self, token: &str, reason: &'static str) -> Result<(), LiteralError> {
        if self.skip_and_take(token)? { Ok(()) } else { self.fail(reason) }
    }

    /// White space and comments.
    fn skip(&mut self) -> Result<(), LiteralError> {
        loop {
            let rest = self.rest();
            let blank = rest.len()
                - rest.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}').len();
            self.at += blank;
            let comment = if self.rest().starts_with("//") {
                self.rest().find('\n').or(Some(self.rest().len()))
            } else if self.rest().starts_with("/*") {
                self.rest().find("*/").map(|end| end + 2)
            } else {
                return Ok(());
            };
            match comment {
                Some(length) => self.at += length,
                None => return self.fail("a comment without an end"),
            }
        }
    }

    fn value(&mut self, depth: u32) -> Result<Value, LiteralError> {
        let Some(depth) = depth.checked_sub(1) else { return self.fail("nested too deeply") };
        self.skip()?;
        match self.peek() {
            Some('{') => self.object(depth),
            Some('[') => self.array(depth).map(Value::Array),
            Some('"' | '\'' | '`') => self.string().map(Value::String),
            Some('0'..='9' | '.' | '-' | '+') => self.number(),
            Some('!') => self.negation(depth),
            Some('(') => self.parenthesis(depth),
            Some(_) => self.word(depth),
            None => self.fail("the text ends where a value should be"),
        }
    }

    fn object(&mut self, depth: u32) -> Result<Value, LiteralError> {
        self.need("{", "expected {")?;
        let mut object = Map::new();
        loop {
            if self.skip_and_take("}")? {
                return Ok(Value::Object(object));
            }
            let key = self.key()?;
            self.need(":", "expected : behind a key")?;
            let value = self.value(depth)?;
            object.insert(key, value);
            if !self.skip_and_take(",")? {
                self.need("}", "expected , or } behind a member")?;
                return Ok(Value::Object(object));
            }
        }
    }

    fn key(&mut self) -> Result<String, LiteralError> {
        match self.peek() {
            Some('"' | '\'') => self.string(),
            Some('[') => {
                self.take("[");
                self.skip()?;
                let key = self.string()?;
                self.need("]", "expected ] behind a computed key")?;
                Ok(key)
            }
            _ => match self.name() {
                "" => self.fail("expected a key"),
                name => Ok(name.to_owned()),
            },
        }
    }

    /// The longest name or whole number that comes next.
    fn name(&mut self) -> &str {
        let start = self.at;
        let rest = self.rest();
        let behind =
            rest.trim_start_matches(|c: char| c.is_alphanumeric() || matches!(c, '_' | '$'));
        self.at += rest.len() - behind.len();
        &self.text[start..self.at]
    }

    fn array(&mut self, depth: u32) -> Result<Vec<Value>, LiteralError> {
        self.need("[", "expected [")?;
        let mut items = Vec::new();
        loop {
            if self.skip_and_take("]")? {
                return Ok(items);
            }
            if self.take(",") {
                items.push(Value::Null); // a hole
                continue;
            }
            items.push(self.value(depth)?);
            if !self.skip_and_take(",")? {
                self.need("]", "expected , or ] behind an item")?;
                return Ok(items);
            }
        }
    }

    /// `!0` and `!1`, as minifiers write true and false.
    fn negation(&mut self, depth: u32) -> Result<Value, LiteralError> {
        self.take("!");
        match self.value(depth)? {
            Value::Bool(flag) => Ok(Value::Bool(!flag)),
            Value::Number(number) => Ok(Value::Bool(number.as_f64() == Some(0.0))),
            _ => self.fail("expected a number or a truth value behind !"),
        }
    }

    fn parenthesis(&mut self, depth: u32) -> Result<Value, LiteralError> {
        self.take("(");
        let value = self.value(depth)?;
        self.need(")", "expected )")?;
        Ok(value)
    }

    fn word(&mut self, depth: u32) -> Result<Value, LiteralError> {
        let start = self.at;
        let value = match self.name() {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "null" | "undefined" | "NaN" | "Infinity" => Value::Null,
            "void" => self.value(depth).map(|_| Value::Null)?,
            "new" => return self.construction(depth),
            _ => {
                self.at = start;
                return self.fail("not a literal");
            }
        };
        Ok(value)
    }

    fn construction(&mut self, depth: u32) -> Result<Value, LiteralError> {
        self.skip()?;
        let class = self.name().to_owned();
        self.need("(", "expected ( behind a class")?;
        let argument = if self.skip_and_take(")")? {
            Value::Null
        } else {
            let value = self.value(depth)?;
            self.need(")", "expected ) behind an argument")?;
            value
        };
        match class.as_str() {
            "Set" => Ok(if argument.is_null() { Value::Array(Vec::new()) } else { argument }),
            "Map" => Ok(as_map(argument)),
            "Date" | "URL" | "String" | "Number" | "Boolean" => Ok(argument),
            _ => self.fail("not a class this parser knows"),
        }
    }

    fn number(&mut self) -> Result<Value, LiteralError> {
        let negative = self.take("-");
        if !negative {
            self.take("+");
        }
        self.skip()?;
        let start = self.at;
        let rest = self.rest();
        if rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return match self.name() {
                "Infinity" | "NaN" => Ok(Value::Null),
                _ => self.fail("expected digits"),
            };
        }
        let radix = [("0x", 16), ("0X", 16), ("0b", 2), ("0o", 8)];
        if let Some((mark, radix)) = radix.into_iter().find(|(mark, _)| rest.starts_with(mark)) {
            self.at += mark.len();
            let parsed = u64::from_str_radix(self.name(), radix).ok();
            return parsed.map_or_else(|| self.fail("not a number"), |n| Ok(signed(n, negative)));
        }
        let length = number_length(rest);
        self.at += length;
        let digits = self.text[start..self.at].to_owned();
        self.take("n"); // a BigInt
        match digits.parse::<u64>() {
            Ok(number) => Ok(signed(number, negative)),
            Err(_) => self.float(&digits, negative),
        }
    }

    fn float(&self, digits: &str, negative: bool) -> Result<Value, LiteralError> {
        let Ok(float) = digits.parse::<f64>() else { return self.fail("not a number") };
        let float = if negative { -float } else { float };
        Ok(Number::from_f64(float).map_or(Value::Null, Value::Number))
    }
}

/// Bytes of a decimal number at the start of `text`.
fn number_length(text: &str) -> usize {
    let mut length = 0;
    let mut previous = ' ';
    for c in text.chars() {
        let exponent_sign = matches!(c, '+' | '-') && matches!(previous, 'e' | 'E');
        if !(c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E') || exponent_sign) {
            break;
        }
        length += c.len_utf8();
        previous = c;
    }
    length
}

fn signed(number: u64, negative: bool) -> Value {
    match (negative, i64::try_from(number)) {
        (false, _) => number.into(),
        (true, Ok(number)) => (-number).into(),
        #[expect(clippy::cast_precision_loss, reason = "so does JavaScript with such a number")]
        (true, Err(_)) => (-(number as f64)).into(),
    }
}

/// Pairs as an object where keys allow it.
fn as_map(argument: Value) -> Value {
    let Value::Array(pairs) = argument else { return Value::Object(Map::new()) };
    let entry = |pair: &Value| {
        let key = match pair.get(0)? {
            Value::String(key) => key.clone(),
            Value::Number(key) => key.to_string(),
            _ => return None,
        };
        Some((key, pair.get(1).cloned().unwrap_or_default()))
    };
    match pairs.iter().map(entry).collect::<Option<Map<_, _>>>() {
        Some(map) => Value::Object(map),
        None => Value::Array(pairs),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    #[rstest]
    #[case("{a: undefined, 'b': 1, \"c\": [1,,2,],}", json!({"a": null, "b": 1, "c": [1, null, 2]}))]
    #[case(r#""https:\u002F\u002Fx""#, json!("https://x"))]
    #[case(r#"{"desc":"the word undefined, new Set([]) stay"}"#, json!({"desc": "the word undefined, new Set([]) stay"}))]
    #[case("{s:new Set([1,2]),m:new Map([['k',{v:1}]]),e:new Map([]),n:new Set()}", json!({"s": [1, 2], "m": {"k": {"v": 1}}, "e": {}, "n": []}))]
    #[case("[!0,!1,void 0,NaN,-Infinity,-1,1.5e3,.5,0x1F]", json!([true, false, null, null, null, -1, 1500.0, 0.5, 31]))]
    #[case(r"'it\'s \x41\u{1F600}\
ok'", json!("it's A😀ok"))]
    #[case(r#""\uD83D\uDE00 \uD83D x""#, json!("😀 \u{FFFD} x"))]
    #[case("/* c */ {a:1 // x\n} ; more()", json!({"a": 1}))]
    #[case("{ 12: `t\nx`, $id_1: 18446744073709551615}", json!({"12": "t\nx", "$id_1": u64::MAX}))]
    #[case("new Map([[{},1]])", json!([[{}, 1]]))]
    fn literals_are_read(#[case] text: &str, #[case] expected: Value) {
        assert_eq!(parse_literal(text), Ok(expected));
    }

    #[rstest]
    #[case("")]
    #[case("{a:1")]
    #[case("{a 1}")]
    #[case("'open")]
    #[case("alert(1)")]
    #[case("new Worker('x')")]
    #[case("`${secret}`")]
    #[case("{a: b}")]
    #[case("/* open")]
    fn what_is_no_literal_is_refused(#[case] text: &str) {
        assert!(parse_literal(text).is_err());
    }

    #[test]
    fn nesting_is_bounded() {
        for open in ["[", "{a:", "!", "(", "new Set("] {
            let error = parse_literal(&open.repeat(100_000)).unwrap_err();
            assert_eq!(error.reason, "nested too deeply");
        }
        let deep = format!("{}{}", "[".repeat(150), "]".repeat(150));
        assert!(parse_literal(&deep).is_ok());
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(5, 64, 8, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
                prop::collection::vec((any::<String>(), inner), 0..8)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn every_json_text_is_a_literal(value in any_json()) {
            prop_assert_eq!(parse_literal(&value.to_string()), Ok(value));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,60}") {
            let _ = parse_literal(&text);
        }

        #[test]
        fn nearly_literals_do_not_panic(text in "[\\[\\]{}:,'\"`\\\\u0-9a-fnewSt() !.-]{0,60}") {
            let _ = parse_literal(&text);
        }
    }
}
