//! `openapi`: the document, without a server.

use std::path::Path;

use anyhow::Context as _;

use crate::container::Platform;

/// Prints the document, or writes it to `output`.
pub async fn print(output: Option<&Path>) -> anyhow::Result<()> {
    let scratch = Platform::scratch().await?;
    let document = api_gateway::document(scratch.platform.routes()).to_pretty_json()?;
    match output {
        Some(path) => std::fs::write(path, document + "\n")
            .with_context(|| format!("writing {}", path.display()))?,
        None => println!("{document}"),
    }
    scratch.close().await
}
