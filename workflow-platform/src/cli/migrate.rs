//! `migrate up|down|status`.

use shared_kernel::infrastructure::db::{Database, MigrationState};

use crate::{config::Config, container};

/// Applies what is pending.
pub async fn up(config: &Config) -> anyhow::Result<()> {
    let database = Database::open(&config.database).await?;
    container::migrations().up(&database).await?;
    print_status(&database).await
}

/// Takes back the last `steps`.
pub async fn down(config: &Config, steps: u32) -> anyhow::Result<()> {
    let database = Database::open(&config.database).await?;
    container::migrations().down(&database, steps).await?;
    print_status(&database).await
}

/// Lists all steps.
pub async fn status(config: &Config) -> anyhow::Result<()> {
    let database = Database::open(&config.database).await?;
    print_status(&database).await
}

async fn print_status(database: &Database) -> anyhow::Result<()> {
    for step in container::migrations().status(database).await? {
        let state = match step.state {
            MigrationState::Applied => "applied",
            MigrationState::Pending => "pending",
            MigrationState::Later => "later  ",
        };
        println!("{state}  {}", step.name);
    }
    database.close().await?;
    Ok(())
}
