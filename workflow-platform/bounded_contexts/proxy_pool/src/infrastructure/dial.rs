//! Connections through proxies: HTTP and HTTPS (RFC 9110, sections 7.1 and 9.3.6), SOCKS5
//! (RFC 1928 and 1929).

use std::{
    net::SocketAddr,
    sync::{Arc, OnceLock},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use rustls::{ClientConfig, pki_types::ServerName};
use rustls_platform_verifier::BuilderVerifierExt as _;
use secrecy::ExposeSecret as _;
use shared_kernel::application::{ProxyAddress, ProxyScheme};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;
use url::Url;

use crate::application::ports::{AddressRules, ProbeFailure};

/// Most bytes of an answer to CONNECT.
const MOST_HEAD: usize = 8 * 1024;

/// A connection that carries bytes both ways.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// A connection to the target, or to the proxy that is to be asked in absolute form.
pub struct Dialled {
    pub stream: Box<dyn Stream>,
    /// The proxy wants whole addresses, and this in `Proxy-Authorization`.
    pub forward: bool,
    pub authorization: Option<String>,
}

/// Dials through proxies.
pub struct Dialer {
    rules: Arc<dyn AddressRules>,
    /// Made when it is first needed: a machine without certificates can still speak plainly.
    tls: OnceLock<Result<TlsConnector, String>>,
}

fn connector() -> Result<TlsConnector, rustls::Error> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_platform_verifier()?
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

impl Dialer {
    pub fn new(rules: Arc<dyn AddressRules>) -> Self {
        Self { rules, tls: OnceLock::new() }
    }

    /// Connects to the target's host without a proxy.
    pub async fn direct(&self, target: &Url) -> Result<Dialled, ProbeFailure> {
        let (host, port) = place(target)?;
        let stream: Box<dyn Stream> = Box::new(self.connect(&host, port).await?);
        let stream = if target.scheme() == "https" {
            self.secured(stream, &host).await.map_err(ProbeFailure::target)?
        } else {
            stream
        };
        Ok(Dialled { stream, forward: false, authorization: None })
    }

    /// Connects to the target through the proxy; plain HTTP goes in absolute form, as browsers
    /// do it.
    pub async fn through(
        &self,
        proxy: &ProxyAddress,
        target: &Url,
    ) -> Result<Dialled, ProbeFailure> {
        let (host, port) = place(target)?;
        let mut stream: Box<dyn Stream> = Box::new(self.connect(&proxy.host, proxy.port).await?);
        if proxy.scheme == ProxyScheme::Https {
            stream = self.secured(stream, &proxy.host).await.map_err(ProbeFailure::proxy)?;
        }
        let authorization = basic(proxy);
        let secure = target.scheme() == "https";
        match proxy.scheme {
            ProxyScheme::Socks5 => socks5(&mut stream, proxy, &host, port).await?,
            ProxyScheme::Http | ProxyScheme::Https if secure => {
                tunnel(&mut stream, authorization.as_deref(), &host, port).await?;
            }
            ProxyScheme::Http | ProxyScheme::Https => {
                return Ok(Dialled { stream, forward: true, authorization });
            }
        }
        if secure {
            stream = self.secured(stream, &host).await.map_err(ProbeFailure::target)?;
        }
        Ok(Dialled { stream, forward: false, authorization: None })
    }

    /// What a name resolves to is judged here, where it is connected to.
    async fn connect(&self, host: &str, port: u16) -> Result<TcpStream, ProbeFailure> {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let failed = |cause: std::io::Error| {
            ProbeFailure::proxy(format!("connection failed: {}", words(&cause)))
        };
        let found = tokio::net::lookup_host((bare, port)).await.map_err(failed)?;
        let allowed: Vec<SocketAddr> =
            found.filter(|address| self.rules.address_allowed(address.ip(), bare, port)).collect();
        if allowed.is_empty() {
            return Err(ProbeFailure::proxy("its address is not allowed"));
        }
        let stream = TcpStream::connect(allowed.as_slice()).await.map_err(failed)?;
        let _ = stream.set_nodelay(true);
        Ok(stream)
    }

    async fn secured(
        &self,
        stream: Box<dyn Stream>,
        host: &str,
    ) -> Result<Box<dyn Stream>, String> {
        let bare = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let name = ServerName::try_from(bare).map_err(|_| "TLS failed: bad name".to_owned())?;
        let tls = self.tls.get_or_init(|| connector().map_err(|error| error.to_string()));
        let tls = tls.as_ref().map_err(|error| format!("TLS failed: {error}"))?;
        let secured = tls.connect(name, stream).await;
        Ok(Box::new(secured.map_err(|cause| format!("TLS failed: {}", words(&cause)))?))
    }
}

/// An IO error without the number of the system's.
fn words(cause: &std::io::Error) -> String {
    let text = cause.to_string();
    text.split(" (os error").next().unwrap_or_default().to_lowercase()
}

fn place(target: &Url) -> Result<(String, u16), ProbeFailure> {
    let host = target.host_str().map(str::to_owned);
    match (host, target.port_or_known_default()) {
        (Some(host), Some(port)) => Ok((host, port)),
        _ => Err(ProbeFailure::target("the address has no host")),
    }
}

fn basic(proxy: &ProxyAddress) -> Option<String> {
    let (user, password) = proxy.credentials.as_ref()?;
    let plain = format!("{user}:{}", password.expose_secret());
    Some(format!("Basic {}", STANDARD.encode(plain)))
}

async fn tunnel(
    stream: &mut Box<dyn Stream>,
    authorization: Option<&str>,
    host: &str,
    port: u16,
) -> Result<(), ProbeFailure> {
    let authorization =
        authorization.map(|value| format!("Proxy-Authorization: {value}\r\n")).unwrap_or_default();
    let head =
        format!("CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n{authorization}\r\n");
    stream.write_all(head.as_bytes()).await.map_err(|cause| hung_up(&cause))?;
    let answer = head_of(stream).await?;
    let status = answer.split(' ').nth(1).and_then(|text| text.parse::<u16>().ok());
    match status {
        Some(200..=299) => Ok(()),
        Some(407) => Err(ProbeFailure::proxy("proxy refused the credentials (407)")),
        Some(status) => Err(ProbeFailure::target(format!("answer was {status}"))),
        None => Err(ProbeFailure::proxy("connection failed: no HTTP answer")),
    }
}

fn hung_up(cause: &std::io::Error) -> ProbeFailure {
    ProbeFailure::proxy(format!("connection failed: {}", words(cause)))
}

/// Reads up to the empty line; what follows belongs to the target and has not come yet, since
/// nothing was sent to it.
async fn head_of(stream: &mut Box<dyn Stream>) -> Result<String, ProbeFailure> {
    let mut head = Vec::with_capacity(256);
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() >= MOST_HEAD {
            return Err(ProbeFailure::proxy("connection failed: the answer has no end"));
        }
        head.push(stream.read_u8().await.map_err(|cause| hung_up(&cause))?);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

async fn socks5(
    stream: &mut Box<dyn Stream>,
    proxy: &ProxyAddress,
    host: &str,
    port: u16,
) -> Result<(), ProbeFailure> {
    let ways: &[u8] = if proxy.credentials.is_some() { &[5, 2, 0, 2] } else { &[5, 1, 0] };
    stream.write_all(ways).await.map_err(|cause| hung_up(&cause))?;
    let mut chosen = [0; 2];
    stream.read_exact(&mut chosen).await.map_err(|cause| hung_up(&cause))?;
    match (chosen, &proxy.credentials) {
        ([5, 0], _) => {}
        ([5, 2], Some((user, password))) => {
            let mut sub = vec![1, short(user)?];
            sub.extend(user.as_bytes());
            sub.push(short(password.expose_secret())?);
            sub.extend(password.expose_secret().as_bytes());
            stream.write_all(&sub).await.map_err(|cause| hung_up(&cause))?;
            let mut answer = [0; 2];
            stream.read_exact(&mut answer).await.map_err(|cause| hung_up(&cause))?;
            if answer[1] != 0 {
                return Err(ProbeFailure::proxy("proxy refused the credentials"));
            }
        }
        ([5, _], _) => return Err(ProbeFailure::proxy("proxy refused the credentials")),
        _ => return Err(ProbeFailure::proxy("connection failed: no SOCKS5 answer")),
    }
    ask_for(stream, host, port).await
}

fn short(text: &str) -> Result<u8, ProbeFailure> {
    u8::try_from(text.len()).map_err(|_| ProbeFailure::proxy("credentials are too long"))
}

async fn ask_for(stream: &mut Box<dyn Stream>, host: &str, port: u16) -> Result<(), ProbeFailure> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let mut wish = vec![5, 1, 0];
    match bare.parse() {
        Ok(std::net::IpAddr::V4(ip)) => {
            wish.push(1);
            wish.extend(ip.octets());
        }
        Ok(std::net::IpAddr::V6(ip)) => {
            wish.push(4);
            wish.extend(ip.octets());
        }
        Err(_) => {
            wish.extend([3, short(bare)?]);
            wish.extend(bare.as_bytes());
        }
    }
    wish.extend(port.to_be_bytes());
    stream.write_all(&wish).await.map_err(|cause| hung_up(&cause))?;
    let mut answer = [0; 4];
    stream.read_exact(&mut answer).await.map_err(|cause| hung_up(&cause))?;
    if answer[1] != 0 {
        let text = format!("proxy could not reach the target (SOCKS5 reply {})", answer[1]);
        return Err(ProbeFailure::target(text));
    }
    let rest = match answer[3] {
        1 => 4,
        4 => 16,
        3 => usize::from(stream.read_u8().await.map_err(|cause| hung_up(&cause))?),
        _ => return Err(ProbeFailure::proxy("connection failed: no SOCKS5 answer")),
    };
    let mut bound = vec![0; rest + 2];
    stream.read_exact(&mut bound).await.map(|_| ()).map_err(|cause| hung_up(&cause))
}
