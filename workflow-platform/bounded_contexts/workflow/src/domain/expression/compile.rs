//! From the text of an expression to something that can be run.

use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
};

use cel::{IdedExpr, ParseErrors};

use super::{
    Scope,
    analyse::{Names, analyse},
    path::Path,
    shape::{check_shape, wrong},
    work::ENV,
};

/// An expression cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SyntaxError {
    pub message: String,
}

/// One compiled expression.
pub struct Compiled {
    pub(super) source: String,
    pub(super) kind: Kind,
    names: Names,
}

pub(super) enum Kind {
    Path(Path),
    Program(Box<IdedExpr>),
}

impl fmt::Debug for Compiled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "${{{{ {} }}}}", self.source)
    }
}

impl Compiled {
    pub fn parse(source: &str) -> Result<Self, SyntaxError> {
        let source = source.trim();
        check_shape(source)?;
        let (kind, names) = match Path::parse(source) {
            Some(path) => {
                let names = path.names()?;
                (Kind::Path(path), names)
            }
            None => program(source)?,
        };
        Ok(Self { source: source.to_owned(), kind, names })
    }

    /// Steps whose results it uses.
    pub fn steps(&self) -> impl Iterator<Item = &str> {
        self.names.steps.iter().map(String::as_str)
    }

    /// Parameters it uses by name.
    pub fn params(&self) -> impl Iterator<Item = &str> {
        self.names.params.iter().map(String::as_str)
    }

    /// Variables of the owner that it uses.
    pub fn vars(&self) -> impl Iterator<Item = &str> {
        self.names.vars.iter().map(String::as_str)
    }

    /// Secrets that it uses.
    pub fn secrets(&self) -> impl Iterator<Item = &str> {
        self.names.secrets.iter().map(String::as_str)
    }

    pub(super) fn is_secret(&self) -> bool {
        !self.names.secrets.is_empty()
    }

    pub fn uses(&self, variable: &str) -> bool {
        self.names.variables.contains(variable)
    }
}

/// The parser is generated code of another house: should it panic, the expression is refused.
fn program(source: &str) -> Result<(Kind, Names), SyntaxError> {
    let parsed = catch_unwind(AssertUnwindSafe(|| ENV.compile(source)));
    let parsed = parsed.map_err(|_| wrong("the expression cannot be read"))?;
    let program = parsed.map_err(|errors| wrong(first_of(&errors, source)))?;
    let mut expression = program.expression().clone();
    let names = analyse(&mut expression)?;
    Ok((Kind::Program(Box::new(expression)), names))
}

/// What is wrong and where; places are counted from 1 within the expression.
fn first_of(errors: &ParseErrors, source: &str) -> String {
    let Some(first) = errors.errors.first() else {
        return "the expression cannot be read".to_owned();
    };
    let message = first.msg.lines().next().unwrap_or_default();
    match (first.pos, source.contains('\n')) {
        ((line, column), true) if line > 0 => format!("line {line}, character {column}: {message}"),
        ((line, column), false) if line > 0 => format!("character {column}: {message}"),
        _ => message.to_owned(),
    }
}

/// A name that is no variable.
pub(super) fn unknown_variable(name: &str) -> SyntaxError {
    wrong(format!("there is no variable {name:?}; there are {}", Scope::VARIABLES.join(", ")))
}
