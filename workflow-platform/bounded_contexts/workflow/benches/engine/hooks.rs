//! Webhooks that answer when their run of three steps has ended, over HTTP on loopback.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Instant,
};

use futures::{StreamExt as _, stream};
use serde_json::Value;
use testkit::report::{Report, percentile};
use tokio::net::TcpListener;

use crate::{place::Place, runs::chain};

const CALLERS: usize = 64;
const CALLS: usize = 3000;
/// What n8n 2.41 answers on such a machine, requests a second.
const PEER: f64 = 28.0;

pub async fn measure(place: &Place, report: &mut Report) {
    let source = format!("{}triggers: [{{webhook: {{reply: finished}}}}]\n", chain("hooked", 3));
    let definition = place.define(source).await;
    let token = place.hook_of(definition).await;
    let (address, server) = serve(place).await;
    let worker = place.own_worker();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("http://{address}/workflow/hooks/{token}");
    let one = |_| {
        let call = client.post(&url).header("content-type", "application/json").body("{}");
        async move {
            let called = Instant::now();
            let answer = call.send().await.unwrap().bytes().await.unwrap();
            let answer: Value = serde_json::from_slice(&answer).unwrap();
            assert_eq!(answer["data"]["status"], "succeeded", "{answer}");
            called.elapsed().as_secs_f64() * 1000.0
        }
    };
    let begun = Instant::now();
    let mut millis: Vec<f64> =
        stream::iter(0..CALLS).map(one).buffer_unordered(CALLERS).collect().await;
    let rate = CALLS as f64 / begun.elapsed().as_secs_f64();
    worker.stop().await;
    server.abort();
    place.clear().await;
    report.line("webhook, 3 steps, answer at the end", rate, "calls/s", "n8n: 28");
    report.line("  beside n8n", rate / PEER, "ratio", "target 100");
    report.line("  from call to answer, p50", percentile(&mut millis, 50), "ms", "n8n: 500");
    report.line("  from call to answer, p99", percentile(&mut millis, 99), "ms", "target 50");
}

async fn serve(place: &Place) -> (SocketAddr, tokio::task::JoinHandle<()>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = place.router();
    (address, tokio::spawn(async move { axum::serve(listener, router).await.unwrap() }))
}
