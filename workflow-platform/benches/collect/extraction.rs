//! Extraction alone, on one core.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use data_collection::domain::extract::{Extraction, Fields, extract};
use url::Url;

use crate::site::Site;

/// How long each is measured.
const TIME: Duration = Duration::from_secs(3);

pub const FIELDS: &str = include_str!("fields.json");

/// Megabytes of pages a second: with all fields, and links alone.
pub fn measure(site: &Site) -> [(&'static str, f64); 2] {
    let text = site.text();
    let all: Fields = serde_json::from_str(FIELDS).unwrap();
    [
        ("extraction: 15 fields and the links", rate(&text, &all)),
        ("extraction: the links alone", rate(&text, &Fields::new())),
    ]
}

fn rate(text: &str, fields: &Fields) -> f64 {
    let extraction = Extraction::compile(fields, None, "fields").unwrap();
    let url = Url::parse("http://shop.example/b/00/").unwrap();
    let (begun, mut pages) = (Instant::now(), 0_u32);
    while begun.elapsed() < TIME {
        black_box(extract(black_box(text), &url, None, &extraction).unwrap());
        pages += 1;
    }
    let bytes = f64::from(pages) * f64::from(u32::try_from(text.len()).unwrap());
    bytes / begun.elapsed().as_secs_f64() / 1e6
}
