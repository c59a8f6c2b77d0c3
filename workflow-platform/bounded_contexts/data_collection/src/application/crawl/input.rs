//! What a crawl is asked to do.

use std::time::Duration;

use regex::{Regex, RegexBuilder};
use serde::Deserialize;
use serde_json::Value;
use shared_kernel::application::ActionError;
use url::Url;

use super::{
    super::{html_extract::bad_fields, input_of},
    rules::{LinkRules, Ranked, Reach},
};
use crate::domain::{
    address::normalised,
    dataset::DatasetName,
    extract::{Extraction, Fields},
};

/// Largest compiled link pattern, bytes.
const PATTERN: usize = 256 * 1024;
pub(super) const MOST_PAGES: usize = 1_000_000;
/// Rows that a step's output holds; larger crawls save theirs as they go.
pub(super) const MOST_ROWS: usize = 50_000;

#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the step's input")]
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    #[serde(default)]
    start_urls: Vec<String>,
    #[serde(default)]
    sitemaps: Sitemaps,
    #[serde(default)]
    allow: Vec<String>,
    #[serde(default)]
    deny: Vec<String>,
    #[serde(default = "yes")]
    same_host: bool,
    #[serde(default)]
    same_domain: bool,
    #[serde(default)]
    follow_nofollow: bool,
    #[serde(default)]
    drop_params: Vec<String>,
    #[serde(default)]
    skip_same_content: bool,
    #[serde(default)]
    priorities: Vec<PriorityInput>,
    #[serde(default = "depth")]
    max_depth: u32,
    #[serde(default = "pages")]
    max_pages: usize,
    max_seconds: Option<u64>,
    #[serde(default = "parallelism")]
    parallelism: usize,
    proxy_pool: Option<String>,
    #[serde(default = "yes")]
    archive: bool,
    #[serde(default = "yes")]
    revalidate: bool,
    #[serde(default)]
    cookies: bool,
    #[serde(default)]
    extract: Fields,
    save: Option<SaveInput>,
}

/// `true`: those that robots.txt names; or a list of addresses.
#[derive(Debug, Default, Deserialize)]
#[serde(untagged)]
enum Sitemaps {
    #[default]
    None,
    Robots(bool),
    These(Vec<String>),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PriorityInput {
    pattern: String,
    priority: i32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SaveInput {
    dataset: String,
    #[serde(default = "url_key")]
    key: KeyFields,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum KeyFields {
    One(String),
    Several(Vec<String>),
}

fn url_key() -> KeyFields {
    KeyFields::One("url".to_owned())
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
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the step's input")]
#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub starts: Vec<Url>,
    /// Sitemaps that were named.
    pub maps: Vec<Url>,
    /// And those that robots.txt of the start pages' sites names.
    pub robots_maps: bool,
    pub rules: LinkRules,
    pub max_depth: u32,
    pub max_pages: usize,
    pub max_time: Option<Duration>,
    pub parallelism: usize,
    pub proxy_pool: Option<String>,
    pub archive: bool,
    pub revalidate: bool,
    pub cookies: bool,
    pub skip_same_content: bool,
    pub extraction: Extraction,
    pub save: Option<Save>,
}

/// Where rows go as they come.
#[derive(Debug, Clone)]
pub(super) struct Save {
    pub dataset: DatasetName,
    pub key: Vec<String>,
}

pub(super) fn plan(input: Value) -> Result<Plan, ActionError> {
    let input: Input = input_of(input)?;
    between("max_depth", input.max_depth as usize, 0, 1000)?;
    let most = if input.save.is_some() { MOST_PAGES } else { MOST_ROWS };
    between("max_pages", input.max_pages, 1, most)?;
    between("parallelism", input.parallelism, 1, 256)?;
    if let Some(seconds) = input.max_seconds {
        between("max_seconds", usize::try_from(seconds).unwrap_or(usize::MAX), 1, 30 * 86_400)?;
    }
    let (maps, robots_maps) = match &input.sitemaps {
        Sitemaps::None => (Vec::new(), false),
        Sitemaps::Robots(wanted) => (Vec::new(), *wanted),
        Sitemaps::These(list) => (addresses("sitemaps", list)?, false),
    };
    let least = usize::from(maps.is_empty());
    between("start_urls", input.start_urls.len(), least, 10_000)?;
    let starts = addresses("start_urls", &input.start_urls)?;
    let reach = match (input.same_domain, input.same_host) {
        (true, _) => Reach::domains(starts.iter().chain(&maps)),
        (false, true) => Reach::hosts(starts.iter().chain(&maps)),
        (false, false) => Reach::Anywhere,
    };
    let rules = LinkRules {
        allow: patterns("allow", &input.allow)?,
        deny: patterns("deny", &input.deny)?,
        reach,
        follow_nofollow: input.follow_nofollow,
        drop_params: input.drop_params,
        priorities: priorities(&input.priorities)?,
    };
    Ok(Plan {
        starts,
        maps,
        robots_maps,
        rules,
        max_depth: input.max_depth,
        max_pages: input.max_pages,
        max_time: input.max_seconds.map(Duration::from_secs),
        parallelism: input.parallelism,
        proxy_pool: input.proxy_pool,
        archive: input.archive,
        revalidate: input.revalidate,
        cookies: input.cookies,
        skip_same_content: input.skip_same_content,
        extraction: Extraction::compile(&input.extract, None, "extract")
            .map_err(|error| bad_fields(&error))?,
        save: input.save.map(save).transpose()?,
    })
}

fn save(input: SaveInput) -> Result<Save, ActionError> {
    let dataset = input
        .dataset
        .parse()
        .map_err(|error| ActionError::invalid_input("save.dataset", format!("{error}")))?;
    let key = match input.key {
        KeyFields::One(name) => vec![name],
        KeyFields::Several(names) => names,
    };
    between("save.key", key.len(), 1, 10)?;
    Ok(Save { dataset, key })
}

fn between(field: &str, value: usize, least: usize, most: usize) -> Result<(), ActionError> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(ActionError::invalid_input(field, format!("must be between {least} and {most}")))
}

fn addresses(field: &str, texts: &[String]) -> Result<Vec<Url>, ActionError> {
    let address = |(index, text): (usize, &String)| {
        let url = Url::parse(text).ok().and_then(normalised);
        url.ok_or_else(|| {
            let message = format!("{field}[{index}] is not a usable address: {text:.200}");
            ActionError::permanent("BAD_URL", message)
        })
    };
    texts.iter().enumerate().map(address).collect()
}

/// The engine takes time linear in the text, whatever the pattern.
fn pattern(path: &str, text: &str) -> Result<Regex, ActionError> {
    let regex = RegexBuilder::new(text).size_limit(PATTERN).build();
    regex.map_err(|error| ActionError::invalid_input(path, error.to_string()))
}

fn patterns(field: &str, texts: &[String]) -> Result<Vec<Regex>, ActionError> {
    between(field, texts.len(), 0, 100)?;
    let compile = |(index, text): (usize, &String)| pattern(&format!("{field}[{index}]"), text);
    texts.iter().enumerate().map(compile).collect()
}

fn priorities(given: &[PriorityInput]) -> Result<Vec<Ranked>, ActionError> {
    between("priorities", given.len(), 0, 50)?;
    let compile = |(index, one): (usize, &PriorityInput)| {
        let pattern = pattern(&format!("priorities[{index}].pattern"), &one.pattern)?;
        Ok(Ranked { pattern, priority: one.priority })
    };
    given.iter().enumerate().map(compile).collect()
}
