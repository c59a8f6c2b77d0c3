//! The outer shape of an expression, read before the parser proper sees it.
//!
//! The parser and the evaluator recurse along an expression, so what nests or chains too far
//! would use up the stack of the thread. The reader here tells code from texts exactly as CEL's
//! lexer does, and refuses what could be read either way: nothing may hide inside a text.

use super::SyntaxError;

/// Longest expression, bytes.
const LONGEST: usize = 4000;
/// Deepest nesting of brackets.
const DEEPEST: usize = 24;
/// Most operators, dots and brackets; each may deepen the tree by one.
const MOST_OPERATORS: usize = 250;

pub(super) fn wrong(message: impl Into<String>) -> SyntaxError {
    SyntaxError { message: message.into() }
}

/// Refuses what is too long, too deep or not closed.
pub(super) fn check_shape(source: &str) -> Result<(), SyntaxError> {
    if source.is_empty() {
        return Err(wrong("the expression is empty"));
    }
    if source.len() > LONGEST {
        return Err(wrong(format!("the expression is longer than {LONGEST} bytes")));
    }
    let mut depth = 0_usize;
    let mut operators = 0_usize;
    for letter in Code::new(source) {
        let (_, letter) = letter?;
        match letter {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        operators += usize::from("([{+-*/%<>=!&|?.".contains(letter));
        if depth > DEEPEST {
            return Err(wrong(format!("brackets are nested deeper than {DEEPEST}")));
        }
    }
    let words = source.split(|c: char| !(c.is_alphanumeric() || c == '_'));
    operators += words.filter(|word| *word == "in").count();
    if operators > MOST_OPERATORS {
        return Err(wrong(format!("the expression has more than {MOST_OPERATORS} operators")));
    }
    Ok(())
}

/// Where an expression ends that began with `${{`: at the first `}}` that neither stands in a
/// text nor closes a map.
pub(super) fn end_of(inner: &str) -> Result<usize, SyntaxError> {
    let mut open = 0_usize;
    for letter in Code::new(inner) {
        match letter? {
            (_, '{') => open += 1,
            (_, '}') if open > 0 => open -= 1,
            (at, '}') if inner[at..].starts_with("}}") => return Ok(at),
            _ => {}
        }
    }
    Err(wrong("`${{` is not closed by `}}`"))
}

/// The letters of an expression outside of its texts.
struct Code<'a> {
    source: &'a str,
    at: usize,
}

/// How a text treats `\`.
#[derive(Clone, Copy, PartialEq)]
enum Backslash {
    Escapes,
    IsPlain,
    /// It depends on how the lexer cuts what stands before.
    IsUnclear,
}

impl<'a> Code<'a> {
    const fn new(source: &'a str) -> Self {
        Self { source, at: 0 }
    }

    /// What a `\` means in the text that begins here: `r'…'` is a raw one.
    fn backslash(&self) -> Backslash {
        let before = &self.source[..self.at];
        let Some(rest) = before.strip_suffix(['r', 'R']) else { return Backslash::Escapes };
        let rest = rest.strip_suffix(['b', 'B']).unwrap_or(rest);
        let joined = rest.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        if joined { Backslash::IsUnclear } else { Backslash::IsPlain }
    }

    /// Goes behind the text that begins here.
    fn skip_text(&mut self, quote: char) -> Result<(), SyntaxError> {
        let triple = [quote; 3].iter().collect::<String>();
        if self.source[self.at..].starts_with(&triple) {
            return Err(wrong("texts in triple quotes cannot be used"));
        }
        let backslash = self.backslash();
        let mut letters = self.source[self.at + 1..].char_indices();
        while let Some((at, letter)) = letters.next() {
            match letter {
                '\n' | '\r' => break,
                '\\' if backslash == Backslash::IsUnclear => {
                    return Err(wrong("put a space before the raw text"));
                }
                '\\' if backslash == Backslash::Escapes => escape(&mut letters)?,
                found if found == quote => {
                    self.at += 1 + at + 1;
                    return Ok(());
                }
                _ => {}
            }
        }
        Err(wrong(format!("a text is not closed by {quote}")))
    }
}

/// The rest of an escape sequence, as CEL defines them.
fn escape(letters: &mut std::str::CharIndices<'_>) -> Result<(), SyntaxError> {
    let first = letters.next().map(|(_, letter)| letter);
    let (digits, base) = match first {
        Some('a' | 'b' | 'f' | 'n' | 'r' | 't' | 'v' | '"' | '\'' | '\\' | '?' | '`') => (0, 16),
        Some('x' | 'X') => (2, 16),
        Some('u') => (4, 16),
        Some('U') => (8, 16),
        Some('0'..='3') => (2, 8),
        _ => return Err(unknown_escape()),
    };
    let good = (0..digits).all(|_| letters.next().is_some_and(|(_, letter)| letter.is_digit(base)));
    if good { Ok(()) } else { Err(unknown_escape()) }
}

fn unknown_escape() -> SyntaxError {
    wrong("a text has an unknown escape; write `\\\\` for a `\\`")
}

impl Iterator for Code<'_> {
    type Item = Result<(usize, char), SyntaxError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let letter = self.source[self.at..].chars().next()?;
            if letter != '"' && letter != '\'' {
                let at = self.at;
                self.at += letter.len_utf8();
                return Some(Ok((at, letter)));
            }
            if let Err(error) = self.skip_text(letter) {
                self.at = self.source.len();
                return Some(Err(error));
            }
        }
    }
}
