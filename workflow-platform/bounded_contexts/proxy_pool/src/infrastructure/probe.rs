//! One real request through one proxy.

use std::{error::Error, time::Duration};

use async_trait::async_trait;
use reqwest::{Client, Proxy, StatusCode, redirect};
use secrecy::ExposeSecret as _;
use shared_kernel::application::{ProxyAddress, ProxyScheme};
use tokio::time::Instant;
use url::Url;

use crate::application::ports::ProxyProbe;

/// [`ProxyProbe`] over reqwest. Any answer below 400 counts: the target was reached.
#[derive(Debug, Clone)]
pub struct HttpProbe {
    pub user_agent: String,
}

/// The address with its credentials, as reqwest takes it. Names are resolved by a SOCKS proxy,
/// not here.
fn url_of(proxy: &ProxyAddress) -> Option<Url> {
    let scheme = match proxy.scheme {
        ProxyScheme::Socks5 => "socks5h",
        other => other.as_str(),
    };
    let text = proxy.to_string();
    let (_, place) = text.split_once("://")?;
    let mut url = Url::parse(&format!("{scheme}://{place}")).ok()?;
    if let Some((user, password)) = &proxy.credentials {
        url.set_username(user).ok()?;
        url.set_password(Some(password.expose_secret())).ok()?;
    }
    Some(url)
}

impl HttpProbe {
    fn client(&self, proxy: &ProxyAddress, timeout: Duration) -> Result<Client, String> {
        let url = url_of(proxy).ok_or("address of the proxy cannot be used")?;
        let through = Proxy::all(url).map_err(|_| "address of the proxy cannot be used")?;
        Client::builder()
            .proxy(through)
            .timeout(timeout)
            .redirect(redirect::Policy::none())
            .pool_max_idle_per_host(0)
            .user_agent(&self.user_agent)
            .build()
            .map_err(|_| "client could not be made".to_owned())
    }
}

#[async_trait]
impl ProxyProbe for HttpProbe {
    async fn probe(
        &self,
        proxy: &ProxyAddress,
        target: &Url,
        timeout: Duration,
    ) -> Result<Duration, String> {
        let client = self.client(proxy, timeout)?;
        let begun = Instant::now();
        let answer =
            client.get(target.clone()).send().await.map_err(|error| in_words(&error, timeout))?;
        match answer.status() {
            StatusCode::PROXY_AUTHENTICATION_REQUIRED => {
                Err("proxy refused the credentials (407)".to_owned())
            }
            status if status.as_u16() >= 400 => Err(format!("answer was {}", status.as_u16())),
            _ => Ok(begun.elapsed()),
        }
    }
}

/// The innermost cause; addresses and credentials stay out.
fn in_words(error: &reqwest::Error, timeout: Duration) -> String {
    if error.is_timeout() {
        return format!("no answer within {} s", timeout.as_secs());
    }
    let mut cause: &dyn Error = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    if error.is_connect() {
        format!("connection failed: {cause}")
    } else {
        format!("request failed: {cause}")
    }
}
