//! What the demo prints at its end.

use serde_json::Value;

use super::{
    Findings,
    journey::Dataset,
    table::table,
    verdict::{is_bad, proxies},
};

/// Prints the datasets, how the proxies fared, what was left out, and what took how long.
pub fn print(findings: &Findings) {
    for dataset in &findings.datasets {
        let Dataset { name, records, rows } = dataset;
        println!("\nDataset {name}: {records} records, the first {}:\n", rows.len());
        print!("{}", dataset_table(name, rows));
    }
    println!("\nHow the proxies fared:\n");
    print!("{}", proxy_table(&findings.pool));
    for proxy in proxies(&findings.pool).iter().filter(|proxy| is_bad(proxy)) {
        println!(
            "\nBad proxy: {}, {}: not one of its {} requests came through ({})",
            text(&proxy["address"]),
            text(&proxy["state"]),
            text(&proxy["requests"]),
            text(&proxy["last_error"])
        );
    }
    for page in findings.execution["outputs"]["refused"].as_array().into_iter().flatten() {
        println!("Left out: {}: {}", text(&page["url"]), text(&page["error"]["message"]));
    }
    println!("\nTimings:\n");
    print!("{}", timing_table(findings));
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn dataset_table(name: &str, rows: &[Value]) -> String {
    let columns: &[&str] = if name == "demo_books" {
        &["book_id", "title", "author", "category", "words", "status", "latest_chapter"]
    } else {
        &["sku", "name", "shelf", "price", "stock"]
    };
    let row = |row: &Value| columns.iter().map(|column| text(&row[*column])).collect();
    table(columns, &rows.iter().map(row).collect::<Vec<Vec<String>>>())
}

fn proxy_table(pool: &Value) -> String {
    let row = |proxy: &Value| {
        let latency = proxy["latency_ms"].as_f64().map(|ms| format!("{ms:.0} ms"));
        vec![
            text(&proxy["address"]),
            text(&proxy["requests"]),
            text(&proxy["successes"]),
            text(&proxy["failures"]),
            latency.unwrap_or_else(|| "-".to_owned()),
            text(&proxy["state"]),
            if is_bad(proxy) { "bad" } else { "good" }.to_owned(),
        ]
    };
    let rows: Vec<Vec<String>> = proxies(pool).iter().map(row).collect();
    table(&["proxy", "requests", "ok", "failed", "latency", "state", "verdict"], &rows)
}

fn timing_table(findings: &Findings) -> String {
    let row = |(what, took): &(&str, std::time::Duration)| vec![(*what).to_owned(), seconds(*took)];
    let mut rows: Vec<Vec<String>> = findings.timings.iter().map(row).collect();
    let all = findings.timings.iter().map(|(_, took)| *took).sum();
    rows.push(vec!["all".to_owned(), seconds(all)]);
    table(&["what", "took"], &rows)
}

fn seconds(took: std::time::Duration) -> String {
    format!("{:.2} s", took.as_secs_f64())
}
