//! The commands of the binary, one a module.

mod admin;
mod backup;
mod billing;
pub mod demo;
mod doctor;
mod document;
pub mod event_catalog;
mod events;
mod health;
mod judge;
mod migrate;
mod openapi;
mod parse;
mod reference;
mod run;
mod serve;
pub mod start;
mod validate;

use std::{net::SocketAddr, path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand, ValueEnum};
use shared_kernel::infrastructure::processes::ProcessRole;
use url::Url;
use uuid::Uuid;

use crate::config::{Config, ConfigError, Purpose};

/// Automation workflows that collect public web data.
#[derive(Debug, Parser)]
#[command(name = "workflow-platform", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    /// Print the configuration with secrets hidden, and stop.
    #[arg(long, global = true)]
    print_config: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API and the web UI, and drive executions.
    Serve(ServeArgs),
    /// Drive executions only; needs PostgreSQL, shared with the API processes.
    Worker,
    /// Change the database's schema.
    #[command(subcommand)]
    Migrate(MigrateCommand),
    /// Check once what must always hold, and say what does not; nothing is changed.
    Doctor,
    /// Ask the server on this machine whether it is ready.
    Health,
    /// Manage accounts from the machine itself.
    #[command(subcommand)]
    Admin(AdminCommand),
    /// Look after the books from the machine itself.
    #[command(subcommand)]
    Billing(BillingCommand),
    /// Look at events that could not be handled, from the machine itself.
    #[command(subcommand)]
    Events(EventsCommand),
    /// Write all there is into one archive, while processes work; delete archives that are old.
    Backup(backup::BackupArgs),
    /// Put an archive in the place of the configured database and blobs.
    Restore(backup::RestoreArgs),
    /// Check a workflow definition; all faults are listed with their lines.
    Validate {
        /// YAML or JSON file; `-` reads standard input.
        file: PathBuf,
    },
    /// Run a definition here and now, without a server.
    Run(RunArgs),
    /// Say what can be configured.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Print the OpenAPI document.
    Openapi {
        /// Write to this file instead.
        #[arg(long)]
        output: Option<PathBuf>,
    },
    /// Print all kinds of events and what they say.
    EventCatalog {
        #[arg(long, value_enum, default_value = "markdown")]
        format: event_catalog::CatalogForm,
        /// Write to this file instead.
        #[arg(long)]
        output: Option<PathBuf>,
    },
    /// Show the main job on synthetic sites, offline.
    Demo {
        /// Stop after the job instead of leaving the server up.
        #[arg(long)]
        once: bool,
        /// Use the platform that runs at this address instead of starting one. It needs the same
        /// `DATA_DIR` and `OUTBOUND_ALLOW=127.0.0.1`.
        #[arg(long, value_name = "URL")]
        api: Option<Url>,
    },
    /// Answer requests with what it saw of them, for tests of proxies. It must be reached directly.
    Judge {
        /// Address and port to listen on.
        #[arg(long, default_value = "0.0.0.0:8089")]
        listen: SocketAddr,
    },
    /// Parse a saved page of a known site and print its records as JSON.
    Parse {
        /// Such as qidian.ranking, qidian.book or xiaohongshu.note.
        page: String,
        file: PathBuf,
    },
}

#[derive(Debug, Args)]
struct ServeArgs {
    /// What this process does.
    #[arg(long, value_enum, default_value_t = Role::All)]
    role: Role,
}

/// What a serving process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Role {
    /// API, web UI, executions and schedules.
    All,
    /// API and web UI; executions are left to worker processes.
    Api,
}

impl From<Role> for ProcessRole {
    fn from(role: Role) -> Self {
        match role {
            Role::All => Self::All,
            Role::Api => Self::Api,
        }
    }
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Print every variable with its default and meaning, in Markdown.
    Reference {
        /// Write to this file instead.
        #[arg(long)]
        output: Option<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
enum MigrateCommand {
    /// Apply what is pending.
    Up,
    /// Take back the last steps.
    Down {
        #[arg(long, default_value_t = 1)]
        steps: u32,
    },
    /// List all steps and whether they are applied.
    Status,
}

#[derive(Debug, Subcommand)]
enum AdminCommand {
    /// Create a super administrator; the password is read from standard input.
    CreateSuperAdmin {
        #[arg(long)]
        username: String,
        #[arg(long)]
        email: String,
    },
    /// Seal all stored secrets with today's data secret; former ones open what they sealed. Can
    /// be run while the platform works, and again.
    Reseal,
}

#[derive(Debug, Subcommand)]
enum BillingCommand {
    /// Say what of ledger, invoices and credits does not add up; nothing is changed.
    Reconcile,
}

/// What is done with parked events.
#[derive(Debug, Subcommand)]
pub enum EventsCommand {
    /// List parked events with their errors, the latest first.
    Parked {
        /// Only events of this kind, such as `user.password_changed`.
        #[arg(long)]
        kind: Option<String>,
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=200))]
        limit: u32,
    },
    /// Hand parked events once more to everybody who has not handled them yet.
    Replay {
        #[arg(required = true)]
        ids: Vec<Uuid>,
    },
    /// Let parked events go: nobody gets them any more.
    Discard {
        #[arg(required = true)]
        ids: Vec<Uuid>,
    },
}

#[derive(Debug, Args)]
struct RunArgs {
    /// YAML or JSON file; `-` reads standard input.
    file: PathBuf,
    /// A parameter, such as `pages=3`; values are JSON where they can be.
    #[arg(long = "param", value_name = "NAME=VALUE")]
    params: Vec<String>,
}

/// Runs the command line.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    if rustls::crypto::aws_lc_rs::default_provider().install_default().is_err() {
        eprintln!("the TLS library is already set up");
    }
    match dispatch(cli) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {}", report(&error));
            backup::exit_code(&error).into()
        }
    }
}

fn dispatch(cli: Cli) -> anyhow::Result<ExitCode> {
    if cli.print_config {
        print!("{}", Config::load(purpose(cli.command.as_ref()))?.print());
        return Ok(ExitCode::SUCCESS);
    }
    let Some(command) = cli.command else {
        anyhow::bail!("a command is missing; `workflow-platform --help` lists them");
    };
    match &command {
        Command::Parse { page, file } => {
            parse::run(page, file)?;
            return Ok(ExitCode::SUCCESS);
        }
        Command::Config(ConfigCommand::Reference { output }) => {
            reference::print(output.as_deref())?;
            return Ok(ExitCode::SUCCESS);
        }
        _ => {}
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let ended = runtime.block_on(run_command(command));
    // Blocking work that is still under way is not waited for: the journal has what counts.
    runtime.shutdown_background();
    ended
}

fn purpose(command: Option<&Command>) -> Purpose {
    match command {
        Some(Command::Serve(_) | Command::Worker | Command::Admin(AdminCommand::Reseal)) => {
            Purpose::Serve
        }
        _ => Purpose::Local,
    }
}

async fn run_command(command: Command) -> anyhow::Result<ExitCode> {
    let load = || -> Result<Config, ConfigError> { Config::load(purpose(Some(&command))) };
    match &command {
        Command::Serve(args) => Box::pin(serve::serve(load()?, args.role)).await?,
        Command::Worker => Box::pin(serve::worker(load()?)).await?,
        Command::Doctor => return Box::pin(doctor::examine(load()?)).await,
        Command::Billing(BillingCommand::Reconcile) => {
            return Box::pin(billing::reconcile(load()?)).await;
        }
        Command::Health => return health::ask(&load()?).await,
        Command::Migrate(MigrateCommand::Up) => migrate::up(&load()?).await?,
        Command::Migrate(MigrateCommand::Down { steps }) => migrate::down(&load()?, *steps).await?,
        Command::Migrate(MigrateCommand::Status) => migrate::status(&load()?).await?,
        Command::Admin(AdminCommand::Reseal) => Box::pin(admin::reseal(load()?)).await?,
        Command::Admin(AdminCommand::CreateSuperAdmin { username, email }) => {
            Box::pin(admin::create_super_admin(load()?, username, email)).await?;
        }
        Command::EventCatalog { format, output } => {
            event_catalog::print(*format, output.as_deref())?;
        }
        Command::Events(command) => Box::pin(events::run(load()?, command)).await?,
        Command::Backup(args) => Box::pin(backup::run(load()?, args)).await?,
        Command::Restore(args) => Box::pin(backup::restore(load()?, args)).await?,
        Command::Validate { file } => return validate::validate(file).await,
        Command::Run(args) => return run::run(&args.file, &args.params).await,
        Command::Openapi { output } => openapi::print(output.as_deref()).await?,
        Command::Demo { once, api } => {
            Box::pin(demo::demo(load()?, *once, api.clone())).await?;
        }
        Command::Judge { listen } => judge::run(&load()?, *listen).await?,
        Command::Parse { page, file } => parse::run(page, file)?,
        Command::Config(ConfigCommand::Reference { output }) => {
            reference::print(output.as_deref())?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// `error: cause: cause of the cause`, each cause named once.
fn report(error: &anyhow::Error) -> String {
    error.chain().map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
