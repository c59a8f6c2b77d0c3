//! What the demo prints, and whether it may call itself a success.

use std::net::SocketAddr;

use anyhow::bail;
use serde_json::Value;

use super::{DemoWorld, Findings, table::table};

/// Rows that the demo site's pages lead to.
const BOOKS: u64 = 20;

/// Prints everything; an error says what was not as it should be.
pub fn show(
    findings: &Findings,
    world: &DemoWorld,
    address: SocketAddr,
    once: bool,
) -> anyhow::Result<()> {
    for (name, count, rows) in &findings.datasets {
        println!("\nDataset {name}: {count} records, the first {}:\n", rows.len());
        print!("{}", dataset(name, rows));
    }
    println!("\nHow the proxies fared:\n");
    print!("{}", proxies(&findings.pool));
    println!("\nTimings:\n");
    let rows = findings
        .timings
        .iter()
        .map(|(what, took)| vec![(*what).to_owned(), format!("{:.2} s", took.as_secs_f64())]);
    print!("{}", table(&["what", "took"], &rows.collect::<Vec<_>>()));
    judge(findings, world)?;
    if !once {
        println!("\nWeb UI: http://{address}/");
        println!("Login:  {} / {}", findings.login.username, findings.login.password);
    }
    Ok(())
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn dataset(name: &str, rows: &[Value]) -> String {
    let columns: &[&str] = if name == "demo_books" {
        &["book_id", "title", "author", "category", "words", "status"]
    } else {
        &["sku", "name", "shelf", "price", "stock"]
    };
    let rows: Vec<Vec<String>> =
        rows.iter().map(|row| columns.iter().map(|column| text(&row[*column])).collect()).collect();
    table(columns, &rows)
}

fn listed(pool: &Value) -> &[Value] {
    pool["proxies"].as_array().map_or(&[], Vec::as_slice)
}

fn proxies(pool: &Value) -> String {
    let rows: Vec<Vec<String>> = listed(pool)
        .iter()
        .map(|proxy| {
            let latency = proxy["latency_ms"]
                .as_f64()
                .map_or_else(|| "-".to_owned(), |ms| format!("{ms:.0} ms"));
            vec![
                text(&proxy["address"]),
                text(&proxy["state"]),
                text(&proxy["requests"]),
                text(&proxy["successes"]),
                text(&proxy["failures"]),
                latency,
                if is_bad(proxy) { "← bad".to_owned() } else { String::new() },
            ]
        })
        .collect();
    table(&["proxy", "state", "requests", "ok", "failed", "latency", ""], &rows)
}

/// A proxy through which nothing came.
fn is_bad(proxy: &Value) -> bool {
    proxy["successes"].as_u64() == Some(0) && proxy["failures"].as_u64() > Some(0)
}

fn judge(findings: &Findings, world: &DemoWorld) -> anyhow::Result<()> {
    if findings.execution["status"] != "succeeded" {
        bail!("the run ended as {}: {}", findings.execution["status"], findings.execution["error"]);
    }
    let records = |name: &str| {
        findings.datasets.iter().find(|(found, ..)| found == name).map_or(0, |found| found.1)
    };
    if records("demo_books") != BOOKS {
        bail!("demo_books has {} records instead of {BOOKS}", records("demo_books"));
    }
    let goods = super::books::Good::all().count() as u64;
    if records("demo_goods") != goods {
        bail!("demo_goods has {} records instead of {goods}", records("demo_goods"));
    }
    let bad = world.bad_proxy().map(|address| format!("http://{address}")).unwrap_or_default();
    let found: Vec<String> = listed(&findings.pool)
        .iter()
        .filter(|proxy| is_bad(proxy))
        .map(|proxy| text(&proxy["address"]))
        .collect();
    if !found.contains(&bad) {
        bail!("the bad proxy {bad} was not found out; found: {found:?}");
    }
    println!("\nThe bad proxy was found out: {bad}");
    Ok(())
}
