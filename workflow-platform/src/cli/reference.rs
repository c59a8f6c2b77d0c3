//! `config reference`: every variable, from what the binary reads.

use std::path::Path;

use anyhow::Context as _;

use crate::config::reference_markdown;

/// Prints the table, or writes it to `output`.
pub fn print(output: Option<&Path>) -> anyhow::Result<()> {
    let text = reference_markdown();
    match output {
        Some(path) => {
            std::fs::write(path, text).with_context(|| format!("writing {}", path.display()))?;
        }
        None => print!("{text}"),
    }
    Ok(())
}
