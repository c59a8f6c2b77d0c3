//! HTTP clients: one for direct requests, one for each proxy in use.

use std::{sync::Arc, time::Duration};

use moka::sync::Cache;
use reqwest::{Certificate, Client, Proxy, redirect::Policy};
use secrecy::ExposeSecret as _;
use shared_kernel::{
    application::{FetchError, ProxyAddress, ProxyScheme},
    infrastructure::outbound::OutboundPolicy,
};

use super::guard::{GuardedResolver, Names};

const CONNECT: Duration = Duration::from_secs(10);
const IDLE: Duration = Duration::from_secs(30);
/// Proxies whose connections are kept.
const KEPT: u64 = 500;

/// Clients by proxy.
pub(super) struct Clients {
    policy: Arc<OutboundPolicy>,
    names: Names,
    user_agent: String,
    direct: std::sync::OnceLock<Client>,
    by_proxy: Cache<String, Client>,
    /// PEM of authorities to trust beside those of the system.
    authorities: Option<Vec<u8>>,
}

impl Clients {
    pub fn new(policy: Arc<OutboundPolicy>, names: Names, user_agent: String) -> Self {
        let by_proxy = Cache::builder().max_capacity(KEPT).time_to_idle(IDLE * 4).build();
        let direct = std::sync::OnceLock::new();
        Self { policy, names, user_agent, direct, by_proxy, authorities: None }
    }

    pub fn trusting(self, authorities: Option<Vec<u8>>) -> Self {
        Self { authorities, ..self }
    }

    pub fn direct(&self) -> Result<Client, FetchError> {
        if let Some(client) = self.direct.get() {
            return Ok(client.clone());
        }
        let client = self.build(None)?;
        Ok(self.direct.get_or_init(|| client).clone())
    }

    /// An address of the proxy is judged here, a name by the resolver when it is connected to.
    pub fn through(&self, address: &ProxyAddress) -> Result<Client, FetchError> {
        if !self.policy.allows_host(&address.host, address.port) {
            return Err(FetchError::NoProxy("the proxy's address is not allowed".to_owned()));
        }
        let key = key_of(address);
        if let Some(client) = self.by_proxy.get(&key) {
            return Ok(client);
        }
        let client = self.build(Some(proxy(address)?))?;
        self.by_proxy.insert(key, client.clone());
        Ok(client)
    }

    fn build(&self, proxy: Option<Proxy>) -> Result<Client, FetchError> {
        let builder = Client::builder()
            .user_agent(&self.user_agent)
            .redirect(Policy::none())
            .referer(false)
            .connect_timeout(CONNECT)
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(256)
            .tcp_nodelay(true)
            .dns_resolver(GuardedResolver {
                policy: Arc::clone(&self.policy),
                names: self.names.clone(),
            });
        let builder = match proxy {
            Some(proxy) => builder.proxy(proxy),
            None => builder.no_proxy(),
        };
        let broken = |error: reqwest::Error| FetchError::Transport(error.to_string());
        let authorities = self.authorities.as_deref().map(Certificate::from_pem_bundle);
        let builder = match authorities.transpose().map_err(broken)? {
            Some(authorities) => builder.tls_certs_merge(authorities),
            None => builder,
        };
        builder.build().map_err(broken)
    }
}

/// The password is part of the key: a changed one wants a client of its own.
fn key_of(address: &ProxyAddress) -> String {
    match &address.credentials {
        None => address.to_string(),
        Some((user, password)) => {
            let secret = blake3::hash(format!("{user}\n{}", password.expose_secret()).as_bytes());
            format!("{address} {}", secret.to_hex())
        }
    }
}

fn proxy(address: &ProxyAddress) -> Result<Proxy, FetchError> {
    // Names are resolved by the proxy, not here.
    let text = match address.scheme {
        ProxyScheme::Socks5 => address.to_string().replacen("socks5://", "socks5h://", 1),
        ProxyScheme::Http | ProxyScheme::Https => address.to_string(),
    };
    let proxy = Proxy::all(text).map_err(|error| FetchError::NoProxy(error.to_string()))?;
    Ok(match &address.credentials {
        Some((user, password)) => proxy.basic_auth(user, password.expose_secret()),
        None => proxy,
    })
}
