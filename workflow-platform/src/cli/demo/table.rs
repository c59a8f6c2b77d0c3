//! Aligned columns for terminals: wide characters count twice, columns of numbers stand right.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Widest cell, columns of the terminal.
const WIDEST: usize = 28;

/// Lines of a table with a head and a rule under it.
pub fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let rows: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|cell| cut(cell)).collect()).collect();
    let widths: Vec<usize> = head
        .iter()
        .enumerate()
        .map(|(at, name)| {
            let cells = rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.width());
            cells.chain([name.width()]).max().unwrap_or(0)
        })
        .collect();
    let numbers: Vec<bool> = (0..head.len())
        .map(|at| rows.iter().all(|row| row.get(at).is_none_or(is_number)))
        .collect();
    let head: Vec<String> = head.iter().map(|name| (*name).to_owned()).collect();
    let rule: Vec<String> = widths.iter().map(|width| "─".repeat(*width)).collect();
    let lines = [head, rule].into_iter().chain(rows);
    lines.map(|cells| format!("  {}\n", line(&cells, &widths, &numbers))).collect()
}

/// A number, with its unit or without.
fn is_number(cell: &String) -> bool {
    let number = cell.split(' ').next().unwrap_or_default();
    cell == "-" || number.parse::<f64>().is_ok()
}

fn line(cells: &[String], widths: &[usize], right: &[bool]) -> String {
    let padded = cells.iter().zip(widths).zip(right).map(|((cell, width), right)| {
        let blank = " ".repeat(width.saturating_sub(cell.width()));
        if *right { blank + cell } else { format!("{cell}{blank}") }
    });
    padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
}

fn cut(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.width() <= WIDEST {
        return text;
    }
    let mut kept = String::new();
    for letter in text.chars() {
        if kept.width() + letter.width().unwrap_or(0) >= WIDEST {
            break;
        }
        kept.push(letter);
    }
    kept.push('…');
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_letters_take_two_columns() {
        let rows =
            vec![vec!["星河".to_owned(), "1".to_owned()], vec!["ab".to_owned(), "22".to_owned()]];
        let text = table(&["t", "n"], &rows);
        assert_eq!(text, "  t      n\n  ────  ──\n  星河   1\n  ab    22\n");
    }

    #[test]
    fn long_cells_are_cut() {
        assert_eq!(cut(&"书".repeat(40)).width(), WIDEST - 1);
        assert_eq!(cut("a\nb"), "a b");
    }
}
