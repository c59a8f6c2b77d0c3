//! `admin`: accounts from the machine itself.

use std::io::{BufRead as _, IsTerminal as _};

use anyhow::Context as _;
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use super::start::logs;
use crate::{config::Config, container::Platform};

/// Seals all stored secrets with today's key; fails when some could not be opened.
pub async fn reseal(config: Config) -> anyhow::Result<()> {
    let _logs = logs(&config)?;
    let platform = Platform::build(config, CancellationToken::new()).await?;
    platform.prepare().await?;
    let mut failed = 0;
    for (column, done) in platform.reseal().await? {
        let name = format!("{}.{}", column.table, column.column);
        println!("{name}: {} sealed anew, {} could not be opened", done.changed, done.failed);
        failed += done.failed;
    }
    platform.close().await?;
    anyhow::ensure!(failed == 0, "{failed} secrets are of keys that are not configured");
    Ok(())
}

/// Creates a super administrator. The password is the first line of standard input, so that it
/// stands in no process list.
pub async fn create_super_admin(config: Config, username: &str, email: &str) -> anyhow::Result<()> {
    let _logs = logs(&config)?;
    if std::io::stdin().is_terminal() {
        eprintln!("Password (it is shown while you type):");
    }
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).context("reading the password")?;
    let password = SecretString::from(line.trim_end_matches(['\r', '\n']));
    let platform = Platform::build(config, CancellationToken::new()).await?;
    platform.prepare().await?;
    let user = platform.users.create_super_admin(username, email, &password).await?;
    println!("created super administrator {username} ({})", user.id);
    platform.close().await
}
