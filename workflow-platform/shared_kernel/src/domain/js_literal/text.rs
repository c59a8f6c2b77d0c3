//! Strings of a literal (ECMA-262, section 12.9.4), escapes included.

use super::{LiteralError, Reader};

impl Reader<'_> {
    pub(super) fn string(&mut self) -> Result<String, LiteralError> {
        let Some(quote @ ('"' | '\'' | '`')) = self.next() else {
            return self.fail("expected a string");
        };
        let mut text = String::new();
        loop {
            match self.next() {
                Some(c) if c == quote => return Ok(text),
                Some('\\') => self.escape(&mut text)?,
                Some('$') if quote == '`' && self.rest().starts_with('{') => {
                    return self.fail("a template with an expression is no literal");
                }
                Some(c) => text.push(c),
                None => return self.fail("a string without an end"),
            }
        }
    }

    fn escape(&mut self, text: &mut String) -> Result<(), LiteralError> {
        let c = match self.next() {
            Some('n') => '\n',
            Some('t') => '\t',
            Some('r') => '\r',
            Some('b') => '\u{8}',
            Some('f') => '\u{C}',
            Some('v') => '\u{B}',
            Some('0') => '\0',
            Some('x') => self.code(2).map(character)?,
            Some('u') => self.unicode()?,
            Some('\r') => {
                self.take("\n");
                return Ok(());
            }
            Some('\n' | '\u{2028}' | '\u{2029}') => return Ok(()), // the string goes on below
            Some(c) => c,
            None => return self.fail("a string without an end"),
        };
        text.push(c);
        Ok(())
    }

    /// `\uXXXX`, a pair of surrogates, or `\u{…}`. Half a pair becomes U+FFFD.
    fn unicode(&mut self) -> Result<char, LiteralError> {
        if self.take("{") {
            let digits = self.name().to_owned();
            self.need("}", "expected } behind a code point")?;
            let code = u32::from_str_radix(&digits, 16).ok();
            return code.map_or_else(|| self.fail("not a code point"), |code| Ok(character(code)));
        }
        let high = self.code(4)?;
        if !(0xD800..0xDC00).contains(&high) || !self.rest().starts_with("\\u") {
            return Ok(character(high));
        }
        let before = self.at;
        self.at += 2;
        if let Ok(low @ 0xDC00..0xE000) = self.code(4) {
            return Ok(character(0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00)));
        }
        self.at = before;
        Ok(char::REPLACEMENT_CHARACTER)
    }

    /// A number of exactly `length` hexadecimal digits.
    fn code(&mut self, length: usize) -> Result<u32, LiteralError> {
        let digits = self.rest().get(..length).unwrap_or_default();
        let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let code = if plain { u32::from_str_radix(digits, 16).ok() } else { None };
        match code {
            Some(code) => {
                self.at += length;
                Ok(code)
            }
            None => self.fail("expected hexadecimal digits"),
        }
    }
}

fn character(code: u32) -> char {
    char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
}
