//! `admin`: accounts from the machine itself.

use std::io::{BufRead as _, IsTerminal as _};

use anyhow::Context as _;
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use super::start::logs;
use crate::{config::Config, container::Platform};

/// Creates a super administrator. The password is the first line of standard input, so that it
/// stands in no process list.
pub async fn create_super_admin(config: Config, username: &str, email: &str) -> anyhow::Result<()> {
    logs(&config);
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
