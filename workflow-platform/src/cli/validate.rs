//! `validate FILE`.

use std::{path::Path, process::ExitCode};

use workflow::domain::definition::parse_source;

use super::document::{print_problems, read};
use crate::container::Platform;

/// Checks a definition against the actions of this binary.
pub async fn validate(file: &Path) -> anyhow::Result<ExitCode> {
    let text = read(file)?;
    let scratch = Platform::scratch().await?;
    let checked = parse_source(&text, scratch.platform.workflow.definitions().catalog());
    scratch.close().await?;
    Ok(match checked {
        Ok(definition) => {
            print_problems(file, &definition.advice);
            println!("{}: {} step(s), no errors", definition.name, definition.steps.len());
            ExitCode::SUCCESS
        }
        Err(problems) => {
            print_problems(file, &problems);
            ExitCode::FAILURE
        }
    })
}
