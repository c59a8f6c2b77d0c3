//! The gateway port: HTTP (CONNECT and absolute form) and SOCKS5 on one port, told apart by the
//! first byte.

mod answer;
mod client;
mod forward;
mod http;
mod meters;
mod pump;
mod socks;
#[cfg(target_os = "linux")]
mod splice;
mod tunnel;
mod within;

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use shared_kernel::{
    application::{RequestContext, RequestId},
    domain::{Ambient, Locale},
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::{sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{info, warn};

use crate::{application::gateway::Gateway, domain::gateway::socks5};
use client::Client;
use meters::Meters;

/// After the listener failed, as it does when the process has no file descriptor left.
const PAUSE: Duration = Duration::from_millis(100);

/// What all connections share.
struct Port {
    gateway: Arc<Gateway>,
    meters: Meters,
    /// No further requests are taken.
    stop: CancellationToken,
}

/// Serves until told to stop, then lets what is under way finish, for a bounded time.
pub async fn serve_gateway(
    listener: TcpListener,
    gateway: Arc<Gateway>,
    ambient: Ambient,
    stop: CancellationToken,
) {
    let drain = gateway.settings.drain;
    let places = Arc::new(Semaphore::new(gateway.settings.connections));
    let port = Arc::new(Port { gateway, meters: Meters::new(), stop: stop.clone() });
    let (tasks, cut) = (TaskTracker::new(), CancellationToken::new());
    tasks.spawn(sweep(Arc::clone(&port)));
    loop {
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, accept(&listener).await)
        };
        let (place, (stream, peer)) = tokio::select! {
            next = next => next,
            () = stop.cancelled() => break,
        };
        if !port.gateway.settings.lets_in(peer.ip()) {
            Meters::refused("ADDRESS_DENIED");
            continue;
        }
        let (port, cut, context) = (Arc::clone(&port), cut.clone(), context(&ambient, peer));
        tasks.spawn(async move {
            let _place = place;
            tokio::select! {
                () = context.scope(serve(stream, peer, &port)) => {}
                () = cut.cancelled() => {}
            }
        });
    }
    drop(listener);
    tasks.close();
    info!("the proxy gateway takes no new connections, those under way finish");
    if timeout(drain, tasks.wait()).await.is_err() {
        warn!("connections of the proxy gateway that did not finish in time are cut off");
        cut.cancel();
        tasks.wait().await;
    }
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                warn!(%error, "the proxy gateway cannot take connections");
                sleep(PAUSE).await;
            }
        }
    }
}

fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}

/// So that it is known where a key was used.
fn context(ambient: &Ambient, peer: SocketAddr) -> RequestContext {
    RequestContext {
        request_id: RequestId::fresh(ambient.uuid()),
        locale: Locale::default(),
        locale_asked: false,
        received_at: ambient.now(),
        user_agent: None,
        client: Some(peer.ip().to_canonical()),
    }
}

async fn sweep(port: Arc<Port>) {
    loop {
        tokio::select! {
            () = sleep(port.gateway.sweep_every()) => port.gateway.sweep(),
            () = port.stop.cancelled() => return,
        }
    }
}

async fn serve(stream: TcpStream, peer: SocketAddr, port: &Port) {
    let _ = stream.set_nodelay(true);
    let mut client = Client::new(stream, peer.ip().to_canonical());
    let limit = port.gateway.settings.handshake;
    match timeout(limit, client.first()).await {
        Ok(Some(socks5::VERSION)) => {
            let _open = Meters::open("socks5");
            socks::serve(client, port).await;
        }
        Ok(Some(b'A'..=b'Z')) => {
            let _open = Meters::open("http");
            http::serve(client, port).await;
        }
        Ok(Some(_)) => Meters::refused("PROTOCOL_UNKNOWN"),
        Ok(None) | Err(_) => {}
    }
}
