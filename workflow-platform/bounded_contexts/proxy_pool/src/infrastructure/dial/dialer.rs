//! Connections to proxies and through them: HTTP and HTTPS (RFC 9110, sections 7.1 and 9.3.6),
//! SOCKS5 (RFC 1928 and 1929).

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, OnceLock},
};

use async_trait::async_trait;
use bytes::Bytes;
use rustls::pki_types::ServerName;
use shared_kernel::{
    application::{ProxyAddress, ProxyScheme},
    infrastructure::outbound::OutboundPolicy,
};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::{
    OwnPorts,
    handshake::{broken, connect, socks5},
    proxy_tls,
};
use crate::{
    application::gateway::{DialError, Dialer, Duplex, Line},
    domain::gateway::Target,
};

/// [`Dialer`] on this machine's network.
pub struct ProxyDialer {
    policy: Arc<OutboundPolicy>,
    own: OwnPorts,
    authorities: Option<Vec<u8>>,
    /// Made when it is first needed: a machine without certificates can still speak plainly.
    tls: OnceLock<Result<TlsConnector, String>>,
}

impl ProxyDialer {
    /// `authorities` is PEM.
    pub fn new(policy: Arc<OutboundPolicy>, own: OwnPorts, authorities: Option<Vec<u8>>) -> Self {
        Self { policy, own, authorities, tls: OnceLock::new() }
    }

    /// With TLS that is ready.
    pub fn with_tls(policy: Arc<OutboundPolicy>, own: OwnPorts, tls: TlsConnector) -> Self {
        Self { policy, own, authorities: None, tls: Ok(tls).into() }
    }

    /// Judges the addresses that the name has at this moment, and takes the first that answers.
    /// The platform's own ports are no proxies: requests would go round in circles.
    pub async fn tcp(&self, host: &str, port: u16) -> Result<TcpStream, DialError> {
        let host = bare(host);
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

    /// TLS with the server of that name over a connection.
    pub async fn secured(
        &self,
        stream: Box<dyn Duplex>,
        host: &str,
    ) -> Result<Box<dyn Duplex>, DialError> {
        let name = ServerName::try_from(bare(host).to_owned())
            .map_err(|error| broken(&io::Error::other(error)))?;
        let made = || proxy_tls(self.authorities.as_deref()).map_err(|error| error.to_string());
        let tls = self.tls.get_or_init(made).as_ref();
        let tls = tls.map_err(|error| broken(&io::Error::other(error.clone())))?;
        let stream = tls.connect(name, stream).await.map_err(|error| broken(&error))?;
        Ok(Box::new(stream))
    }

    async fn stream(&self, proxy: &ProxyAddress) -> Result<Box<dyn Duplex>, DialError> {
        let tcp = Box::new(self.tcp(&proxy.host, proxy.port).await?);
        if proxy.scheme == ProxyScheme::Https {
            self.secured(tcp, &proxy.host).await
        } else {
            Ok(tcp)
        }
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
