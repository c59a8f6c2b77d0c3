//! `serve` and `worker`.

use anyhow::bail;
use shared_kernel::infrastructure::{processes::ProcessRole, telemetry::TraceGuard};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{info, warn};

use super::{
    Role,
    start::{Server, listen_for_metrics, serve_metrics, service_logs, told_to_stop, traces},
};
use crate::{config::Config, container::Platform, data_folder};

/// Serves until told to stop.
pub async fn serve(config: Config, role: Role) -> anyhow::Result<()> {
    let _logs = service_logs(&config)?;
    if role == Role::Api {
        need_shared_database(&config, "serve --role api")?;
    }
    let traces = traces(&config, role.into())?;
    let server = Server::start(config, role).await?;
    told_to_stop().await;
    let stopped = server.stop().await;
    flush(traces).await;
    stopped
}

/// Sends the spans that are left.
async fn flush(traces: Option<TraceGuard>) {
    if let Some(traces) = traces {
        traces.flush().await;
    }
}

/// Drives executions until told to stop.
pub async fn worker(config: Config) -> anyhow::Result<()> {
    let _logs = service_logs(&config)?;
    need_shared_database(&config, "worker")?;
    data_folder::need_whole(&config)?;
    let traces = traces(&config, ProcessRole::Worker)?;
    let metrics = listen_for_metrics(&config).await?;
    if metrics.is_some() {
        api_gateway::record_metrics();
    }
    let stop = CancellationToken::new();
    let platform = Platform::build(config, stop.clone()).await?;
    platform.prepare().await?;
    let tasks = TaskTracker::new();
    platform.spawn_background(ProcessRole::Worker, &tasks, &stop);
    if let Some(metrics) = metrics {
        platform.spawn_measuring(&tasks, &stop);
        serve_metrics(metrics, &platform, &tasks, &stop)?;
    }
    info!("working");
    told_to_stop().await;
    stop.cancel();
    tasks.close();
    tasks.wait().await;
    let closed = platform.close().await;
    flush(traces).await;
    closed
}

fn need_shared_database(config: &Config, command: &str) -> anyhow::Result<()> {
    if config.is_embedded() {
        bail!("`{command}` shares its work with other processes: set DATABASE_URL to a PostgreSQL");
    }
    if config.redis_url.is_none() {
        warn!("REDIS_URL is not set: processes find new work and progress by asking the database");
    }
    Ok(())
}
