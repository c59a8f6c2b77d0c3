//! `health`: asks the server on this machine whether it is ready, for checks of containers that have
//! no other client.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    process::ExitCode,
    time::Duration,
};

use reqwest::Client;

use crate::config::Config;

/// Whoever needs longer is not ready.
const PATIENCE: Duration = Duration::from_secs(4);

/// Prints what it answered; success when it is ready.
pub async fn ask(config: &Config) -> anyhow::Result<ExitCode> {
    let url = format!("http://{}/health/ready", nearby(config.address()));
    let client = Client::builder().no_proxy().timeout(PATIENCE).build()?;
    let answer = client.get(url).send().await?;
    let ready = answer.status().is_success();
    println!("{}", answer.text().await?);
    Ok(if ready { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Who listens on every address is reached by loopback.
fn nearby(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_listens_everywhere_is_asked_by_loopback() {
        for (listens, asked) in [
            ("0.0.0.0:8001", "127.0.0.1:8001"),
            ("[::]:8001", "[::1]:8001"),
            ("10.0.0.7:80", "10.0.0.7:80"),
        ] {
            assert_eq!(nearby(listens.parse().unwrap()), asked.parse().unwrap());
        }
    }
}
