//! Which pages are known, which wait, and which are done.

use std::collections::{HashSet, VecDeque};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use shared_kernel::application::StepRecord;
use url::Url;

use super::input::Plan;

/// A page that waits for its turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Waiting {
    pub url: Url,
    pub depth: u32,
}

/// What became of one page; also the form of a journal record, under the page's address.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Visit {
    pub depth: u32,
    #[serde(flatten)]
    pub outcome: Outcome,
    /// Links worth following that were new when the page was read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Outcome {
    /// The page's row: `url`, `status`, `depth`, `title` and the fields.
    Page(Map<String, Value>),
    /// An answer that is no page, or one that another address gave already.
    Skipped(String),
    Failed(Map<String, Value>),
}

/// The state of a crawl.
#[derive(Debug, Default)]
pub(super) struct Frontier {
    known: HashSet<String>,
    queue: VecDeque<Waiting>,
    /// Addresses of rows, after redirects.
    kept: HashSet<String>,
    pub pages: Vec<Value>,
    pub failed: Vec<Value>,
    pub skipped: usize,
    /// Pages handed out in this run and not answered.
    pub under_way: usize,
}

impl Frontier {
    /// The start pages, and what earlier runs of the step found.
    pub fn resume(plan: &Plan, records: &[StepRecord]) -> Self {
        let mut frontier = Self::default();
        let visits: Vec<(&str, Visit)> = records
            .iter()
            .filter_map(|record| {
                Some((record.key.as_str(), serde_json::from_value(record.value.clone()).ok()?))
            })
            .collect();
        frontier.known.extend(visits.iter().map(|(url, _)| (*url).to_owned()));
        for start in &plan.starts {
            frontier.discover(start.clone(), 0);
        }
        for (_, visit) in visits {
            frontier.take(visit);
        }
        frontier
    }

    fn discover(&mut self, url: Url, depth: u32) {
        if self.known.insert(url.to_string()) {
            self.queue.push_back(Waiting { url, depth });
        }
    }

    /// Takes in what became of a page.
    pub fn take(&mut self, visit: Visit) {
        for link in &visit.links {
            if let Ok(url) = Url::parse(link) {
                self.discover(url, visit.depth + 1);
            }
        }
        match visit.outcome {
            Outcome::Page(row) => {
                if let Some(Value::String(url)) = row.get("url") {
                    self.kept.insert(url.clone());
                }
                self.pages.push(Value::Object(row));
            }
            Outcome::Skipped(_) => self.skipped += 1,
            Outcome::Failed(row) => self.failed.push(Value::Object(row)),
        }
    }

    /// The next page, unless the crawl has as many as it may have.
    pub fn next(&mut self, plan: &Plan) -> Option<Waiting> {
        if self.pages.len() + self.under_way >= plan.max_pages {
            return None;
        }
        let next = self.queue.pop_front()?;
        self.under_way += 1;
        Some(next)
    }

    /// Whether a page of this address is kept already, as after a redirect.
    pub fn keeps(&self, url: &str) -> bool {
        self.kept.contains(url)
    }

    /// Links that nobody has found yet.
    pub fn fresh(&self, links: Vec<Url>, plan: &Plan, depth: u32) -> Vec<String> {
        if depth >= plan.max_depth {
            return Vec::new();
        }
        let fresh = |link: &Url| plan.filter.follows(link) && !self.known.contains(link.as_str());
        links.into_iter().filter(fresh).map(String::from).collect()
    }

    pub fn done(&self) -> usize {
        self.pages.len() + self.failed.len() + self.skipped
    }

    /// How many pages the crawl will look at, as far as is known.
    pub fn expected(&self, plan: &Plan) -> usize {
        (self.done() + self.under_way + self.queue.len()).min(plan.max_pages.max(self.done()))
    }

    /// Pages that were found and left out because the crawl is full.
    pub fn left(&self) -> usize {
        self.queue.len()
    }
}
