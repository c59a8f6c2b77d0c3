//! Connections to proxies over TCP and TLS.

use std::{io, net::SocketAddr, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use rustls::{
    ClientConfig,
    pki_types::{CertificateDer, ServerName, pem::PemObject as _},
};
use rustls_platform_verifier::Verifier;
use shared_kernel::{
    application::{ProxyAddress, ProxyScheme},
    infrastructure::outbound::OutboundPolicy,
};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::{
    OwnPorts,
    handshake::{broken, connect, socks5},
};
use crate::{
    application::gateway::{DialError, Dialer, Duplex, Line},
    domain::gateway::Target,
};

/// The authorities that HTTPS proxies are checked by cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    #[error("the file of authorities is no PEM")]
    Pem(#[source] rustls::pki_types::pem::Error),
    #[error("the authorities cannot be used")]
    Tls(#[source] rustls::Error),
}

/// TLS as it is spoken with HTTPS proxies: they are checked by the authorities of the system, and
/// by those of a PEM file.
pub fn proxy_tls(authorities: Option<&[u8]>) -> Result<TlsConnector, TrustError> {
    let roots = CertificateDer::pem_slice_iter(authorities.unwrap_or_default());
    let roots = roots.collect::<Result<Vec<_>, _>>().map_err(TrustError::Pem)?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let verifier = Verifier::new_with_extra_roots(roots, Arc::clone(&provider));
    let verifier = verifier.map_err(TrustError::Tls)?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(TrustError::Tls)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

/// [`Dialer`] on this machine's network.
pub struct ProxyDialer {
    policy: Arc<OutboundPolicy>,
    own: OwnPorts,
    tls: TlsConnector,
}

impl ProxyDialer {
    pub fn new(policy: Arc<OutboundPolicy>, own: OwnPorts, tls: TlsConnector) -> Self {
        Self { policy, own, tls }
    }

    /// Judges the addresses that the proxy's name has at this moment, and takes the first that
    /// answers. The gateway itself is no proxy of a pool: requests would go round in circles.
    async fn tcp(&self, proxy: &ProxyAddress) -> Result<TcpStream, DialError> {
        let (host, port) = (bare(&proxy.host), proxy.port);
        let found = tokio::net::lookup_host((host, port)).await.map_err(|error| broken(&error))?;
        let allowed = |at: &SocketAddr| {
            self.policy.allows_ip(at.ip(), host, port) && !self.own.has(at.ip(), port)
        };
        let mut last = DialError::Proxy("its address is not allowed".to_owned());
        for address in found.filter(allowed) {
            match TcpStream::connect(address).await {
                Ok(stream) => {
                    stream.set_nodelay(true).map_err(|error| broken(&error))?;
                    return Ok(stream);
                }
                Err(error) => last = broken(&error),
            }
        }
        Err(last)
    }

    async fn stream(&self, proxy: &ProxyAddress) -> Result<Box<dyn Duplex>, DialError> {
        let tcp = self.tcp(proxy).await?;
        if proxy.scheme != ProxyScheme::Https {
            return Ok(Box::new(tcp));
        }
        let name = ServerName::try_from(bare(&proxy.host).to_owned())
            .map_err(|error| broken(&io::Error::other(error)))?;
        let tls = self.tls.connect(name, tcp).await.map_err(|error| broken(&error))?;
        Ok(Box::new(tls))
    }
}

fn bare(host: &str) -> &str {
    host.trim_start_matches('[').trim_end_matches(']')
}

#[async_trait]
impl Dialer for ProxyDialer {
    async fn proxy(&self, address: &ProxyAddress) -> Result<Line, DialError> {
        Ok(Line { stream: self.stream(address).await?, early: Bytes::new() })
    }

    async fn tunnel(&self, address: &ProxyAddress, target: &Target) -> Result<Line, DialError> {
        let mut stream = self.stream(address).await?;
        let credentials = address.credentials.as_ref();
        let early = match address.scheme {
            ProxyScheme::Http | ProxyScheme::Https => {
                connect(&mut *stream, target, credentials).await?
            }
            ProxyScheme::Socks5 => {
                socks5(&mut *stream, target, credentials).await?;
                Bytes::new()
            }
        };
        Ok(Line { stream, early })
    }
}
