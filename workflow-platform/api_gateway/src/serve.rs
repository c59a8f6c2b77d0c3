//! Listening, and stopping without cutting anybody off.

use std::{io, net::SocketAddr, time::Duration};

use axum::Router;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::Readiness;

/// Serves until told to stop, then lets requests under way finish, for at most `drain_limit`.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    readiness: Readiness,
    stop: CancellationToken,
    drain_limit: Duration,
) -> io::Result<()> {
    let draining = {
        let stop = stop.clone();
        async move {
            stop.cancelled().await;
            readiness.drain();
            info!("no new requests are taken, those under way finish");
        }
    };
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, service).with_graceful_shutdown(draining).into_future();
    tokio::select! {
        ended = server => ended,
        () = async { stop.cancelled().await; tokio::time::sleep(drain_limit).await } => {
            warn!("requests that did not finish in time are cut off");
            Ok(())
        }
    }
}
