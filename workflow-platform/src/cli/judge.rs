//! `judge`: answers requests with what it saw of them.

use std::net::SocketAddr;

use anyhow::Context as _;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tracing::info;

use super::start::{logs, told_to_stop};
use crate::config::Config;

pub async fn run(config: &Config, listen: SocketAddr) -> anyhow::Result<()> {
    let _logs = logs(config)?;
    let listener = TcpListener::bind(listen).await;
    let listener = listener.with_context(|| format!("{listen} cannot be listened on"))?;
    let stop = CancellationToken::new();
    let judging = tokio::spawn(proxy_pool::judge(listener, stop.clone()));
    info!("judging on {listen}");
    told_to_stop().await;
    stop.cancel();
    judging.await?;
    Ok(())
}
