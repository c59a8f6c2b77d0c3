//! A web site over TLS on loopback.

use std::{io, net::SocketAddr};

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use tokio::net::TcpListener;
use tokio_util::task::AbortOnDropHandle;

use crate::Identity;

/// A running site; it stops when dropped.
pub struct TlsSite {
    address: SocketAddr,
    /// The authority its certificate is signed by, in PEM.
    pub authority: String,
    _serving: AbortOnDropHandle<()>,
}

impl TlsSite {
    /// Listens on a free port of 127.0.0.1.
    pub async fn serving(router: Router) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let identity = Identity::fresh();
        let authority = identity.authority.clone();
        let serving = tokio::spawn(serve(listener, identity, router));
        Ok(Self { address, authority, _serving: AbortOnDropHandle::new(serving) })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn url(&self, path: &str) -> String {
        format!("https://{}{path}", self.address)
    }
}

async fn serve(listener: TcpListener, identity: Identity, router: Router) {
    while let Ok((stream, _)) = listener.accept().await {
        let (acceptor, router) = (identity.acceptor.clone(), router.clone());
        tokio::spawn(async move {
            if let Ok(stream) = acceptor.accept(stream).await {
                let service = TowerToHyperService::new(router);
                let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
            }
        });
    }
}
