//! A real binary: `run` of a crawl that stores its rows in a dataset.

use std::{
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use serde_json::{Value, json};

use crate::{extraction::FIELDS, site::Site};

/// What came of it.
pub struct Crawled {
    pub rate: f64,
    pub resident_mb: f64,
}

/// Has the binary crawl so many pages.
pub fn crawl(binary: &Path, site: &Site, pages: usize) -> Crawled {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("crawl.json");
    let fields: Value = serde_json::from_str(FIELDS).unwrap();
    let definition = json!({
        "name": "crawl",
        "timeout": "2h",
        "outputs": { "counts": "${{ steps.crawl.output.counts }}" },
        "steps": [{
            "id": "crawl", "uses": "crawl.pages",
            "with": {
                "start_urls": [site.start_url()], "max_depth": 100, "max_pages": pages,
                "parallelism": 64, "extract": fields, "save": { "dataset": "books", "key": "url" },
            },
        }],
    });
    fs::write(&file, definition.to_string()).unwrap();
    let mut child = Command::new(binary)
        .args(["run", file.to_str().unwrap()])
        .current_dir(folder.path())
        .env_clear()
        .env("OUTBOUND_ALLOW", site.address().to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let resident_mb = watch(&mut child);
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    let result: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(result["outputs"]["counts"]["pages"], pages, "{result}");
    let (_, took) = said.rsplit_once("succeeded in ").unwrap();
    let seconds: f64 = took.split_whitespace().next().unwrap().parse().unwrap();
    let pages = f64::from(u32::try_from(pages).unwrap());
    Crawled { rate: pages / seconds, resident_mb }
}

/// The most memory that the process had, as long as it runs.
fn watch(child: &mut Child) -> f64 {
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0.0_f64;
    while child.try_wait().unwrap().is_none() {
        if let Ok(text) = fs::read_to_string(&status)
            && let Some(line) = text.lines().find(|line| line.starts_with("VmHWM:"))
        {
            let kib: f64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
            most = most.max(kib / 1024.0);
        }
        thread::sleep(Duration::from_millis(100));
    }
    most
}
