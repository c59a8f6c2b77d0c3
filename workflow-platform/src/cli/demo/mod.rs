//! `demo`: the main job from beginning to end, offline.
//!
//! A demo site and three forward proxies on loopback, one of which fails; a user who signs up with
//! a mailed code; a pool, a workflow with a schedule, a run followed live, and its datasets. All of
//! it goes over the real API, and works again on the same data folder.

mod account;
mod api;
mod books;
mod follow;
mod journey;
mod login;
mod pages;
mod proxies;
mod report;
mod site;
mod sse;
mod table;
mod tally;
mod verdict;
mod world;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use anyhow::{Context as _, bail};
use url::Url;

use super::{
    Role,
    start::{Server, logs, told_to_stop},
};
use crate::config::{Config, MailConfig};

pub use account::newest_code;
pub use journey::{Dataset, Findings, journey};
pub use world::DemoWorld;

/// Shows the main job; then stops, or leaves everything up.
///
/// With `api` the platform runs elsewhere on this machine already, as one process or several.
/// They must be allowed to reach loopback (`OUTBOUND_ALLOW=127.0.0.1`) and write their mails to
/// the same data folder.
pub async fn demo(mut config: Config, once: bool, api: Option<Url>) -> anyhow::Result<()> {
    "warn".clone_into(&mut config.logs.filter);
    let _logs = logs(&config)?;
    if matches!(config.mail, MailConfig::Smtp(_)) {
        bail!("the demo reads its code in the mail folder: run it without SMTP_HOST");
    }
    let world = DemoWorld::start(&config.data_dir).await?;
    match api {
        Some(api) => elsewhere(&config, &world, once, &api).await,
        None => Box::pin(here(config, &world, once)).await,
    }
}

async fn elsewhere(
    config: &Config,
    world: &DemoWorld,
    once: bool,
    api: &Url,
) -> anyhow::Result<()> {
    introduce(world);
    let shown = show(config, world, api).await;
    if !once {
        linger(&shown).await;
    }
    shown
}

async fn here(mut config: Config, world: &DemoWorld, once: bool) -> anyhow::Result<()> {
    config.outbound_allow.extend(world.addresses());
    let usual = config.address();
    if once {
        // nobody is to visit it, so any free port will do
        config.api_port = 0;
    }
    let server = Box::pin(Server::start(config.clone(), Role::All)).await?;
    introduce(world);
    let shown = show(&config, world, &url(server.address)?).await;
    if once && shown.is_ok() {
        println!("The web UI is at {} while `demo` runs without --once", url(usual)?);
    }
    if !once {
        linger(&shown).await;
    }
    server.stop().await?;
    shown
}

fn introduce(world: &DemoWorld) {
    let proxies = world.proxies.each_ref().map(|proxy| proxy.address().to_string());
    println!("Demo site:    {} (made up, with faults on purpose)", world.site.url());
    println!("Demo proxies: {} (one of them bad)\n", proxies.join(", "));
}

async fn show(config: &Config, world: &DemoWorld, api: &Url) -> anyhow::Result<()> {
    let findings = journey(world, api, &config.data_dir).await?;
    report::print(&findings);
    println!("\nWeb UI: {api}");
    println!("Login:  {} / {}", findings.login.username, findings.login.password);
    findings.check(world)?;
    println!("\nEverything is as it should be.");
    Ok(())
}

async fn linger(shown: &anyhow::Result<()>) {
    if let Err(error) = shown {
        eprintln!("\nerror: {error:#}");
    }
    println!("\nCtrl-C stops the demo.");
    told_to_stop().await;
}

/// The address for clients on this machine of a server that may listen on all interfaces.
fn url(address: SocketAddr) -> anyhow::Result<Url> {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    let address = SocketAddr::new(ip, address.port());
    Url::parse(&format!("http://{address}/")).context("the server's address is no URL")
}
