//! From a configuration to a running process, and back down in order.

use std::{fs::File, net::SocketAddr, time::Duration};

use anyhow::Context as _;
use api_gateway::{Readiness, ServeTimes};
use shared_kernel::infrastructure::{
    processes::ProcessRole,
    system,
    telemetry::{self, LogGuard, LogSettings, LogStream, TraceGuard, TraceSettings},
};
use tokio::net::TcpListener;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{info, warn};

use super::Role;
use crate::{
    config::{Config, LogConfig},
    container::Platform,
    data_folder,
};

/// How long a process that shares its work still takes requests once it is told to stop. A balancer notices
/// meanwhile, and every answer ends its connection.
const FAREWELL: Duration = Duration::from_secs(1);

/// A server that answers and works until it is stopped.
pub struct Server {
    pub address: SocketAddr,
    pub platform: Platform,
    stop: CancellationToken,
    readiness: Readiness,
    /// Nothing to wait for where nobody else could take the requests.
    farewell: Option<Duration>,
    tasks: TaskTracker,
    /// Where `/metrics` is, when not beside the API.
    pub metrics_address: Option<SocketAddr>,
    /// Where outside clients use proxy pools, when that is on.
    pub proxy_gateway_address: Option<SocketAddr>,
    serving: tokio::task::JoinHandle<std::io::Result<()>>,
    /// Held while the process uses the data folder.
    _lock: Option<File>,
}

impl Server {
    /// Opens everything, then listens. Nothing answers before all is ready.
    pub async fn start(config: Config, role: Role) -> anyhow::Result<Self> {
        let lock = data_folder::hold(&config)?;
        data_folder::need_whole(&config)?;
        let farewell = (!config.is_embedded()).then_some(FAREWELL);
        api_gateway::record_metrics();
        let listener = listen(config.address(), "API_HOST and API_PORT").await?;
        let address = listener.local_addr()?;
        let metrics = listen_for_metrics(&config).await?;
        let proxy_gateway = listen_for_proxy_gateway(&config).await?;
        let stop = CancellationToken::new();
        let platform = Platform::build(config, stop.clone()).await?;
        platform.prepare().await?;
        let tasks = TaskTracker::new();
        platform.spawn_background(role.into(), &tasks, &stop);
        platform.spawn_measuring(&tasks, &stop);
        let readiness = Readiness::default();
        let router = platform.router(readiness.clone());
        let times = ServeTimes::from(&platform.gateway_settings());
        let metrics_address =
            metrics.map(|metrics| serve_metrics(metrics, &platform, &tasks, &stop)).transpose()?;
        let own = [address].into_iter().chain(metrics_address);
        let proxy_gateway_address = proxy_gateway
            .map(|listener| serve_proxy_gateway(listener, &platform, own, &tasks, &stop))
            .transpose()?;
        let serving = tokio::spawn(api_gateway::serve(
            listener,
            router,
            readiness.clone(),
            stop.clone(),
            times,
        ));
        info!(%address, "listening on http://{address}");
        Ok(Self {
            address,
            platform,
            stop,
            readiness,
            farewell,
            tasks,
            metrics_address,
            proxy_gateway_address,
            serving,
            _lock: lock,
        })
    }

    /// Takes no new work, lets what is under way end or hands it back, and closes the database.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.readiness.drain();
        if let Some(farewell) = self.farewell {
            tokio::time::sleep(farewell).await;
        }
        self.stop.cancel();
        self.serving.await??;
        self.tasks.close();
        self.tasks.wait().await;
        self.platform.close().await
    }
}

async fn listen(address: SocketAddr, variables: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!("cannot listen on {address}; set {variables} to choose another address")
    })
}

/// The port of `/metrics`, when it has one of its own.
pub async fn listen_for_metrics(config: &Config) -> anyhow::Result<Option<TcpListener>> {
    let Some(address) = config.metrics_address else { return Ok(None) };
    Ok(Some(listen(address, "METRICS_HOST and METRICS_PORT").await?))
}

/// Serves `/metrics` until the process stops; gives the address.
pub fn serve_metrics(
    listener: TcpListener,
    platform: &Platform,
    tasks: &TaskTracker,
    stop: &CancellationToken,
) -> anyhow::Result<SocketAddr> {
    let address = listener.local_addr()?;
    let times = ServeTimes::from(&platform.gateway_settings());
    let (router, stop) = (platform.metrics_router(), stop.clone());
    tasks.spawn(api_gateway::serve(listener, router, Readiness::default(), stop, times));
    info!(%address, "metrics on http://{address}/metrics");
    Ok(address)
}

/// The port where outside clients use proxy pools, when that is on.
async fn listen_for_proxy_gateway(config: &Config) -> anyhow::Result<Option<TcpListener>> {
    let Some(address) = config.proxy_gateway.address else { return Ok(None) };
    Ok(Some(listen(address, "PROXY_GATEWAY_HOST and PROXY_GATEWAY_PORT").await?))
}

/// Serves proxy pools until the process stops; gives the address. `own` is where else the process
/// listens.
fn serve_proxy_gateway(
    listener: TcpListener,
    platform: &Platform,
    own: impl Iterator<Item = SocketAddr>,
    tasks: &TaskTracker,
    stop: &CancellationToken,
) -> anyhow::Result<SocketAddr> {
    let address = listener.local_addr()?;
    let gateway = platform.proxy_gateway(own.chain([address]).collect())?;
    let ambient = platform.ambient().clone();
    tasks.spawn(proxy_pool::serve_gateway(listener, gateway, ambient, stop.clone()));
    info!(%address, "proxy pools can be used at {address}, over HTTP and SOCKS5");
    Ok(address)
}

/// Starts logging of a command, which has other things to say on its standard output.
pub fn logs(config: &Config) -> anyhow::Result<LogGuard> {
    logs_to(LogStream::Error, config)
}

/// Starts logging of a process that serves.
pub fn service_logs(config: &Config) -> anyhow::Result<LogGuard> {
    logs_to(LogStream::Output, config)
}

fn logs_to(stream: LogStream, config: &Config) -> anyhow::Result<LogGuard> {
    let LogConfig { form, filter, files } = config.logs.clone();
    telemetry::start(&LogSettings { form, filter, stream, files })
        .context("LOG_FILE cannot be written")
}

/// Starts sending of traces, when they are on.
pub fn traces(config: &Config, role: ProcessRole) -> anyhow::Result<Option<TraceGuard>> {
    let Some(traces) = &config.traces else { return Ok(None) };
    let settings = TraceSettings {
        url: traces.url(),
        headers: traces.headers.clone(),
        ratio: traces.ratio,
        service: traces.service.clone(),
        version: config.app_version.clone(),
        role: role.as_str(),
        attributes: traces.attributes.clone(),
    };
    let guard = telemetry::start_traces(&settings, &system::ambient())?;
    info!("traces are sent to {}", traces.endpoint);
    Ok(Some(guard))
}

/// Ends when the operator asks for it.
pub async fn told_to_stop() {
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(error) => {
                warn!(%error, "cannot listen for the request to terminate");
                std::future::pending::<()>().await;
            }
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
    info!("stopping");
}
