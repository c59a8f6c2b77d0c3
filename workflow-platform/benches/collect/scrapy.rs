//! Scrapy, in the virtual environment that `scripts/ensure-bench.sh` makes.

use std::{path::Path, process::Command};

use crate::site::Site;

/// Pages a second, as Scrapy counts them.
pub fn crawl(site: &Site, pages: usize) -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = here.join("../target/bench-venv/bin/python");
    let output = Command::new(&python)
        .arg(here.join("benches/collect/spider.py"))
        .args([&site.start_url(), &pages.to_string()])
        .arg(folder.path().join("books.db"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    let (count, seconds) = said.trim().split_once(' ').unwrap();
    let (count, seconds): (f64, f64) = (count.parse().unwrap(), seconds.parse().unwrap());
    count / seconds
}
