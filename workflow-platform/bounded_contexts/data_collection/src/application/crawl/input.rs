//! What a crawl is asked to do.

use regex::{Regex, RegexBuilder};
use serde::Deserialize;
use serde_json::{Value, json};
use shared_kernel::application::ActionError;
use url::Url;

use super::super::{html_extract::bad_fields, input_of};
use crate::domain::{
    address::normalised,
    extract::{Extraction, Fields, schema},
};

/// Largest compiled link pattern, bytes.
const PATTERN: usize = 256 * 1024;
pub(super) const MOST_PAGES: usize = 50_000;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    start_urls: Vec<String>,
    #[serde(default)]
    allow: Vec<String>,
    #[serde(default)]
    deny: Vec<String>,
    #[serde(default = "yes")]
    same_host: bool,
    #[serde(default = "depth")]
    max_depth: u32,
    #[serde(default = "pages")]
    max_pages: usize,
    #[serde(default = "parallelism")]
    parallelism: usize,
    proxy_pool: Option<String>,
    #[serde(default)]
    extract: Fields,
}

const fn yes() -> bool {
    true
}

const fn depth() -> u32 {
    3
}

const fn pages() -> usize {
    100
}

const fn parallelism() -> usize {
    4
}

/// A checked crawl.
pub(super) struct Plan {
    pub starts: Vec<Url>,
    pub filter: LinkFilter,
    pub max_depth: u32,
    pub max_pages: usize,
    pub parallelism: usize,
    pub proxy_pool: Option<String>,
    pub extraction: Extraction,
}

/// Which links are followed.
pub(super) struct LinkFilter {
    allow: Vec<Regex>,
    deny: Vec<Regex>,
    /// `host:port` of the start pages, when the crawl stays with them.
    hosts: Option<Vec<String>>,
}

impl LinkFilter {
    pub fn follows(&self, url: &Url) -> bool {
        let text = url.as_str();
        self.hosts.as_ref().is_none_or(|hosts| hosts.contains(&host_of(url)))
            && (self.allow.is_empty() || self.allow.iter().any(|pattern| pattern.is_match(text)))
            && !self.deny.iter().any(|pattern| pattern.is_match(text))
    }
}

fn host_of(url: &Url) -> String {
    format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(0))
}

pub(super) fn plan(input: Value) -> Result<Plan, ActionError> {
    let input: Input = input_of(input)?;
    between("max_depth", input.max_depth as usize, 0, 1000)?;
    between("max_pages", input.max_pages, 1, MOST_PAGES)?;
    between("parallelism", input.parallelism, 1, 64)?;
    between("start_urls", input.start_urls.len(), 1, 10_000)?;
    let starts = input.start_urls.iter().enumerate().map(|(index, text)| start(index, text));
    let starts: Vec<Url> = starts.collect::<Result<_, _>>()?;
    let hosts = input.same_host.then(|| starts.iter().map(host_of).collect());
    let filter = LinkFilter {
        allow: patterns("allow", &input.allow)?,
        deny: patterns("deny", &input.deny)?,
        hosts,
    };
    Ok(Plan {
        starts,
        filter,
        max_depth: input.max_depth,
        max_pages: input.max_pages,
        parallelism: input.parallelism,
        proxy_pool: input.proxy_pool,
        extraction: Extraction::compile(&input.extract, None, "extract")
            .map_err(|error| bad_fields(&error))?,
    })
}

fn between(field: &str, value: usize, least: usize, most: usize) -> Result<(), ActionError> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(ActionError::invalid_input(field, format!("must be between {least} and {most}")))
}

fn start(index: usize, text: &str) -> Result<Url, ActionError> {
    let url = Url::parse(text).ok().and_then(normalised);
    url.ok_or_else(|| {
        ActionError::permanent(
            "BAD_URL",
            format!("start_urls[{index}] is not a usable address: {text:.200}"),
        )
    })
}

/// The engine takes time linear in the text, whatever the pattern.
fn patterns(field: &str, texts: &[String]) -> Result<Vec<Regex>, ActionError> {
    between(field, texts.len(), 0, 100)?;
    let compile = |(index, text): (usize, &String)| {
        let regex = RegexBuilder::new(text).size_limit(PATTERN).build();
        regex.map_err(|error| {
            ActionError::invalid_input(&format!("{field}[{index}]"), error.to_string())
        })
    };
    texts.iter().enumerate().map(compile).collect()
}

pub(super) fn input_schema() -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["start_urls"],
        "properties": {
            "start_urls": { "type": "array", "minItems": 1, "items": { "type": "string" } },
            "allow": { "type": "array", "items": { "type": "string" }, "description": "Regular expressions; a link is followed when one matches its address." },
            "deny": { "type": "array", "items": { "type": "string" }, "description": "Regular expressions of addresses that are not followed." },
            "same_host": { "type": "boolean", "default": true, "description": "Stay on the hosts of the start pages." },
            "max_depth": { "type": "integer", "minimum": 0, "maximum": 1000, "default": 3 },
            "max_pages": { "type": "integer", "minimum": 1, "maximum": MOST_PAGES, "default": 100 },
            "parallelism": { "type": "integer", "minimum": 1, "maximum": 64, "default": 4 },
            "proxy_pool": { "type": "string" },
            "extract": schema(),
        },
    })
}
