//! `pg_dump`, `pg_restore` and `psql`.

use std::{path::PathBuf, process::Stdio};

use secrecy::SecretString;
use tokio::process::Command;

use super::connection::environment;
use crate::{backup::BackupError, config::BackupConfig};

/// Characters of what a failed program said that are told on.
const TOLD: usize = 2000;

/// Where PostgreSQL's programs are.
#[derive(Debug, Clone)]
pub(in crate::backup) struct Programs {
    folder: Option<PathBuf>,
}

impl Programs {
    pub(in crate::backup) fn of(config: &BackupConfig) -> Self {
        Self { folder: config.postgres_programs.clone() }
    }

    /// One of them, talking to this server.
    pub(super) fn command(&self, program: &str, url: &SecretString) -> Command {
        let mut command = self.plain(program);
        command.envs(environment(url));
        command
    }

    fn plain(&self, program: &str) -> Command {
        let path = self.folder.as_ref().map(|folder| folder.join(program));
        let mut command = Command::new(path.unwrap_or_else(|| program.into()));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        command.env("LC_ALL", "C").kill_on_drop(true);
        command
    }

    /// Fails unless a program is there and at least as new as a server.
    pub(super) async fn need(&self, program: &'static str, server: u32) -> Result<(), BackupError> {
        let unusable = |reason: String| BackupError::Program { program, reason };
        let asked = self.plain(program).arg("--version").stdout(Stdio::piped()).output().await;
        let answer = asked.map_err(|error| {
            let place = match &self.folder {
                Some(folder) => format!("in POSTGRES_BIN_DIR {}", folder.display()),
                None => "on PATH; POSTGRES_BIN_DIR may name its folder".to_owned(),
            };
            unusable(format!(
                "{error}; PostgreSQL's client programs of version {server} or newer must be {place}"
            ))
        })?;
        let said = String::from_utf8_lossy(&answer.stdout).into_owned();
        let version = major(&said)
            .ok_or_else(|| unusable(format!("it says {:?} of its version", said.trim())))?;
        if version < server {
            return Err(unusable(format!(
                "it is of version {version}, older than the server's {server}; POSTGRES_BIN_DIR \
                 may name the folder of newer ones"
            )));
        }
        Ok(())
    }
}

/// `pg_dump (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)` is of version 15.
fn major(said: &str) -> Option<u32> {
    let (_, behind) = said.split_once("(PostgreSQL) ")?;
    let digits = behind.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}

/// What a program that failed said, bounded.
pub(super) fn failure(program: &'static str, stderr: &[u8]) -> BackupError {
    let text = String::from_utf8_lossy(stderr);
    let said: String = text.trim().chars().take(TOLD).collect();
    let said = if said.is_empty() { "it said nothing".to_owned() } else { said };
    BackupError::Failed { program, said: said.replace('\n', "; ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read() {
        assert_eq!(major("pg_dump (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)\n"), Some(15));
        assert_eq!(major("psql (PostgreSQL) 18beta1"), Some(18));
        assert_eq!(major("GNU bash"), None);
    }

    #[tokio::test]
    async fn a_missing_program_is_told_with_where_it_was_looked_for() {
        let programs = Programs { folder: Some("/nowhere".into()) };
        let told = programs.need("pg_dump", 15).await.unwrap_err().to_string();
        assert!(told.starts_with("pg_dump cannot be used") && told.contains("/nowhere"), "{told}");
    }

    #[tokio::test]
    async fn a_program_older_than_the_server_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pg_dump");
        std::fs::write(&path, "#!/bin/sh\necho 'pg_dump (PostgreSQL) 14.2'\n").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        let programs = Programs { folder: Some(folder.path().to_owned()) };
        programs.need("pg_dump", 14).await.unwrap();
        let told = programs.need("pg_dump", 15).await.unwrap_err().to_string();
        assert!(told.contains("version 14, older than the server's 15"), "{told}");
    }
}
