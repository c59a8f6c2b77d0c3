//! `demo`: the main job from beginning to end, offline.
//!
//! A demo site and three forward proxies on loopback, one of which fails; a user who signs up with
//! a mailed code; a pool, a workflow with a schedule, a run followed live, and its datasets. All of
//! it goes over the real API, and works again on the same data folder.

mod api;
mod books;
mod journey;
mod login;
mod pages;
mod proxies;
mod report;
mod site;
mod table;
mod world;

use anyhow::bail;

use super::{
    Role,
    start::{Server, logs, told_to_stop},
};
use crate::config::{Config, MailConfig};

pub use journey::{Findings, journey};
pub use world::DemoWorld;

/// Shows the main job; then stops, or leaves the server up.
pub async fn demo(mut config: Config, once: bool) -> anyhow::Result<()> {
    "warn".clone_into(&mut config.logs.filter);
    logs(&config);
    if matches!(config.mail, MailConfig::Smtp(_)) {
        bail!("the demo reads its code from the mail folder: run it without SMTP_HOST");
    }
    let world = DemoWorld::start(&config.data_dir).await?;
    config.outbound_allow.extend(world.addresses());
    if once {
        // Nobody is to visit it, so any free port will do.
        config.api_port = 0;
    }
    let data_dir = config.data_dir.clone();
    let server = Server::start(config, Role::All).await?;
    let findings = journey(&world, server.address, &data_dir).await;
    let shown = findings.and_then(|findings| report::show(&findings, &world, server.address, once));
    if shown.is_ok() && !once {
        println!("\nCtrl-C stops the platform.");
        told_to_stop().await;
    }
    server.stop().await?;
    shown
}
