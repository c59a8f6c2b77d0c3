//! From the text of a value to a template.

use std::{collections::BTreeSet, fmt, sync::Arc};

use cel::Program;
use serde_json::Value;

use super::{Scope, path::Path};

/// Longest expression, bytes.
const LONGEST: usize = 4000;
/// Deepest nesting of brackets in an expression.
const DEEPEST: usize = 32;
/// Loops (`map`, `filter`, `all`, `exists`) inside each other; each multiplies the work.
const LOOPS: usize = 2;

/// An expression cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SyntaxError {
    pub message: String,
}

fn wrong(message: impl Into<String>) -> SyntaxError {
    SyntaxError { message: message.into() }
}

/// One compiled expression.
pub struct Compiled {
    pub(super) source: String,
    pub(super) kind: Kind,
    /// Variables it names.
    pub(super) variables: BTreeSet<String>,
    /// Steps it names after `steps`.
    pub(super) steps: BTreeSet<String>,
}

pub(super) enum Kind {
    Path(Path),
    Program(Box<Program>),
}

impl fmt::Debug for Compiled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "${{{{ {} }}}}", self.source)
    }
}

impl Compiled {
    pub fn parse(source: &str) -> Result<Self, SyntaxError> {
        let source = source.trim();
        if source.is_empty() {
            return Err(wrong("the expression is empty"));
        }
        if source.len() > LONGEST {
            return Err(wrong(format!("the expression is longer than {LONGEST} bytes")));
        }
        bounded(source)?;
        let (kind, mut variables) = match Path::parse(source) {
            Some(path) => {
                let variables = BTreeSet::from([path.root().to_owned()]);
                (Kind::Path(path), variables)
            }
            None => program(source)?,
        };
        let bound = bound_by_loops(&without_texts(source));
        variables.retain(|name| Scope::VARIABLES.contains(&name.as_str()) || !bound.contains(name));
        let known = |name: &&String| !Scope::VARIABLES.contains(&name.as_str());
        if let Some(unknown) = variables.iter().find(known) {
            let names = Scope::VARIABLES.join(", ");
            return Err(wrong(format!("there is no variable {unknown:?}; there are {names}")));
        }
        Ok(Self { source: source.to_owned(), kind, variables, steps: steps_of(source) })
    }

    /// Steps whose results it uses.
    pub fn steps(&self) -> impl Iterator<Item = &str> {
        self.steps.iter().map(String::as_str)
    }

    pub fn uses(&self, variable: &str) -> bool {
        self.variables.contains(variable)
    }
}

fn program(source: &str) -> Result<(Kind, BTreeSet<String>), SyntaxError> {
    let program = Program::compile(source).map_err(|errors| wrong(first_line(&errors)))?;
    let references = program.references();
    let variables = references.variables().into_iter().map(str::to_owned).collect();
    drop(references);
    Ok((Kind::Program(Box::new(program)), variables))
}

fn first_line(error: &impl fmt::Display) -> String {
    error.to_string().lines().next().unwrap_or("the expression cannot be read").to_owned()
}

/// Keeps evaluation cheap and the parser's stack shallow.
fn bounded(source: &str) -> Result<(), SyntaxError> {
    let bare = without_texts(source);
    let mut loops: Vec<bool> = Vec::new();
    for (at, letter) in bare.char_indices() {
        match letter {
            '(' | '[' | '{' => {
                loops.push(letter == '(' && is_loop(&bare[..at]));
                if loops.len() > DEEPEST {
                    return Err(wrong(format!("brackets are nested deeper than {DEEPEST}")));
                }
                if loops.iter().filter(|looping| **looping).count() > LOOPS {
                    return Err(wrong(format!("more than {LOOPS} loops are nested")));
                }
            }
            ')' | ']' | '}' => {
                loops.pop();
            }
            _ => {}
        }
    }
    let operators = bare.chars().filter(|letter| "!-?".contains(*letter)).count();
    if operators > 100 { Err(wrong("the expression has too many operators")) } else { Ok(()) }
}

fn is_loop(before: &str) -> bool {
    let before = before.trim_end();
    [".map", ".filter", ".all", ".exists", ".exists_one"].iter().any(|name| before.ends_with(name))
}

/// Names that loops give to their items: `o` in `list.map(o, o.n)`.
fn bound_by_loops(bare: &str) -> BTreeSet<String> {
    let openings = bare.match_indices('(').filter(|(at, _)| is_loop(&bare[..*at]));
    let first = openings.filter_map(|(at, _)| bare[at + 1..].split_once(','));
    first.map(|(name, _)| name.trim().to_owned()).collect()
}

/// The expression with the inside of its texts blanked out, byte for byte.
fn without_texts(source: &str) -> String {
    let mut quote = None;
    let mut escaped = false;
    let blank = |letter: char| {
        let inside = quote.is_some();
        match quote {
            Some(_) if escaped => escaped = false,
            Some(_) if letter == '\\' => escaped = true,
            Some(open) if letter == open => quote = None,
            None if letter == '"' || letter == '\'' => quote = Some(letter),
            _ => {}
        }
        if inside { " ".repeat(letter.len_utf8()) } else { letter.to_string() }
    };
    source.chars().map(blank).collect()
}

/// Names after `steps.` or in `steps["…"]`.
fn steps_of(source: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut rest = source;
    while let Some(at) = rest.find("steps") {
        let joined = rest[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || "._".contains(c));
        rest = &rest[at + "steps".len()..];
        if joined {
            continue;
        }
        let after = rest.trim_start();
        let name = match after.strip_prefix('.') {
            Some(name) => name.trim_start(),
            None => after.strip_prefix('[').unwrap_or_default().trim_start_matches([' ', '"', '\'']),
        };
        let end = name.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(name.len());
        if end > 0 {
            found.insert(name[..end].to_owned());
        }
    }
    found
}

/// A value in which expressions may stand.
#[derive(Debug, Clone)]
pub enum Template {
    /// No expression inside.
    Literal(Value),
    Whole(Arc<Compiled>),
    Text(Vec<Part>),
    List(Vec<Self>),
    Map(Vec<(String, Self)>),
}

/// A piece of a text with expressions.
#[derive(Debug, Clone)]
pub enum Part {
    Plain(String),
    Expression(Arc<Compiled>),
}

impl Default for Template {
    fn default() -> Self {
        Self::Literal(Value::Object(serde_json::Map::new()))
    }
}

impl Template {
    /// Compiles a text; what is no expression stays as it is.
    pub fn of_text(text: &str) -> Result<Self, SyntaxError> {
        let mut parts = pieces(text)?;
        Ok(match (parts.len(), parts.pop()) {
            (_, None) => Self::Literal(Value::String(String::new())),
            (1, Some(Part::Plain(plain))) => Self::Literal(Value::String(plain)),
            (1, Some(Part::Expression(whole))) => Self::Whole(whole),
            (_, Some(last)) => {
                parts.push(last);
                Self::Text(parts)
            }
        })
    }

    /// Expressions anywhere inside.
    pub fn expressions(&self) -> Vec<&Arc<Compiled>> {
        match self {
            Self::Literal(_) => Vec::new(),
            Self::Whole(whole) => vec![whole],
            Self::Text(parts) => parts
                .iter()
                .filter_map(|part| match part {
                    Part::Plain(_) => None,
                    Part::Expression(expression) => Some(expression),
                })
                .collect(),
            Self::List(items) => items.iter().flat_map(Self::expressions).collect(),
            Self::Map(entries) => entries.iter().flat_map(|(_, value)| value.expressions()).collect(),
        }
    }
}

fn pieces(text: &str) -> Result<Vec<Part>, SyntaxError> {
    let mut parts = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("${{") {
        if rest[..at].ends_with('$') {
            plain.push_str(&rest[..at - 1]);
            plain.push_str("${{");
            rest = &rest[at + 3..];
            continue;
        }
        plain.push_str(&rest[..at]);
        let inner = &rest[at + 3..];
        let end = end_of(inner).ok_or_else(|| wrong("`${{` is not closed by `}}`"))?;
        if !plain.is_empty() {
            parts.push(Part::Plain(std::mem::take(&mut plain)));
        }
        parts.push(Part::Expression(Arc::new(Compiled::parse(&inner[..end])?)));
        rest = &inner[end + 2..];
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        parts.push(Part::Plain(plain));
    }
    Ok(parts)
}

/// Where the expression ends: at the first `}}` that is neither in a text nor closes a map.
fn end_of(inner: &str) -> Option<usize> {
    let bare = without_texts(inner);
    let mut open = 0_usize;
    let bytes = bare.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'{' => open += 1,
            b'}' if open > 0 => open -= 1,
            b'}' if bytes.get(at + 1) == Some(&b'}') => return Some(at),
            _ => {}
        }
    }
    None
}
