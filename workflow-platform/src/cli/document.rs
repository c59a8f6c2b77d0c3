//! Definition files of the command line.

use std::{io::Read as _, path::Path};

use anyhow::Context as _;
use workflow::domain::definition::Problem;

/// The text of a file; `-` is standard input.
pub fn read(file: &Path) -> anyhow::Result<String> {
    let mut text = String::new();
    if file == Path::new("-") {
        std::io::stdin().read_to_string(&mut text).context("reading standard input")?;
        return Ok(text);
    }
    std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))
}

/// One problem a line, as compilers write them: `file:line:column: message [CODE] (path)`.
pub fn print_problems(file: &Path, problems: &[Problem]) {
    for problem in problems {
        let place = problem
            .place
            .map_or_else(String::new, |place| format!("{}:{}:", place.line, place.column));
        let path =
            if problem.path.is_empty() { String::new() } else { format!(" ({})", problem.path) };
        let kind = if problem.is_error() { "" } else { " warning:" };
        let (file, message) = (file.display(), &problem.message.en);
        eprintln!("{file}:{place}{kind} {message} [{}]{path}", problem.code);
    }
    if !problems.is_empty() {
        eprintln!("{} problem(s)", problems.len());
    }
}
