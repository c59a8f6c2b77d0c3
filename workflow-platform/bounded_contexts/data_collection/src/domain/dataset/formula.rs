//! Texts that a spreadsheet would take for a formula (OWASP, "CSV Injection").

/// What formulas begin with, in the wide forms too.
const BEGINNINGS: [char; 11] =
    ['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

pub fn is_formula(text: &str) -> bool {
    text.starts_with(BEGINNINGS)
}
