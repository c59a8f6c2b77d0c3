//! Mails that the platform wrote into its folder.

use std::path::Path;

use workflow_platform::cli::demo::newest_code;

use super::eventually;

/// The newest six-digit code mailed to `address`.
pub async fn code_for(folder: &Path, address: &str) -> String {
    eventually("a mail with a code", async || newest_code(folder, address)).await
}
