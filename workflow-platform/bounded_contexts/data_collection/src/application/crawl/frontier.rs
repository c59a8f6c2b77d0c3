//! Which pages are known, which wait, and which are done.
//!
//! Of a page that is known stands here a mark, of one that waits its address, packed: nothing of
//! what is in it.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashSet},
};

use serde_json::{Map, Value};

use super::{
    input::Plan,
    line::Line,
    marks::Marks,
    visit::{Outcome, Visit},
};

/// Failures that the output names.
const FAILED: usize = 1000;
/// Problems that the output names.
const PROBLEMS: usize = 100;

/// A page that is to be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Waiting {
    pub url: Box<str>,
    pub depth: u32,
    /// A list of pages, and no page.
    pub is_map: bool,
}

/// How much came of a crawl.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub pages: usize,
    pub failed: usize,
    pub skipped: usize,
    pub not_modified: usize,
    /// Found, and not even put into the queue, which was full.
    pub dropped: usize,
}

/// Lists of pages come first: they say what there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Priority {
    is_map: bool,
    given: i32,
}

/// The state of a crawl.
#[derive(Debug, Default)]
pub(super) struct Frontier {
    known: Marks,
    queue: BTreeMap<Reverse<Priority>, Line>,
    waiting: usize,
    /// Addresses of pages that were kept, after redirects, and their canonical ones.
    kept: HashSet<u128>,
    /// Contents of pages that were kept.
    contents: HashSet<u128>,
    pub rows: Vec<Value>,
    pub failed: Vec<Value>,
    pub problems: Vec<Value>,
    pub counts: Counts,
    /// Pages handed out in this run and not answered.
    pub under_way: usize,
}

/// A hash that nobody finds another text for.
pub(super) fn hash_of(text: &[u8]) -> u128 {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&blake3::hash(text).as_bytes()[..16]);
    u128::from_le_bytes(bytes)
}

impl Frontier {
    /// The start pages, and what earlier runs of the step found.
    ///
    /// The visits are gone through twice, so that they need not all be there at once.
    pub fn resume<V: Iterator<Item = Visit>>(plan: &Plan, visits: impl Fn() -> V) -> Self {
        let mut frontier = Self::default();
        for visit in visits() {
            frontier.known.insert(mark_of(&visit.url, visit.is_map));
        }
        for map in &plan.maps {
            frontier.discover(plan, map.as_str(), 0, true);
        }
        for start in &plan.starts {
            frontier.discover(plan, plan.rules.known_as(start.clone()).as_str(), 0, false);
        }
        visits().for_each(|visit| frontier.take(plan, visit));
        frontier
    }

    /// Room in the queue: enough for what may still be wanted.
    fn room(plan: &Plan) -> usize {
        plan.max_pages.saturating_mul(3).saturating_add(10_000)
    }

    pub fn discover(&mut self, plan: &Plan, url: &str, depth: u32, is_map: bool) {
        if !self.known.insert(mark_of(url, is_map)) {
            return;
        }
        if self.waiting >= Self::room(plan) {
            self.counts.dropped += 1;
            return;
        }
        let given = if is_map { 0 } else { plan.rules.priority(url) };
        self.queue.entry(Reverse(Priority { is_map, given })).or_default().push(url, depth);
        self.waiting += 1;
    }

    /// Takes in what became of a page.
    pub fn take(&mut self, plan: &Plan, visit: Visit) {
        let below = if visit.is_map { visit.depth } else { visit.depth + 1 };
        for link in &visit.links {
            self.discover(plan, link, below, false);
        }
        for map in &visit.maps {
            self.discover(plan, map, visit.depth + 1, true);
        }
        if visit.kept_as.is_empty() && matches!(visit.outcome, Outcome::Page(_)) {
            self.kept.insert(hash_of(visit.url.as_bytes()));
        }
        self.kept.extend(&visit.kept_as);
        self.contents.extend(visit.content);
        for mut problem in visit.problems {
            if self.problems.len() < PROBLEMS {
                problem.insert("url".to_owned(), Value::from(&*visit.url));
                self.problems.push(Value::Object(problem));
            }
        }
        self.counts.not_modified += usize::from(visit.not_modified);
        match visit.outcome {
            Outcome::Page(row) => {
                self.counts.pages += 1;
                self.rows.extend(row.map(Value::Object));
            }
            Outcome::Skipped => self.counts.skipped += 1,
            Outcome::Failed(row) => {
                self.counts.failed += 1;
                if self.failed.len() < FAILED {
                    self.failed.push(Value::Object(row));
                }
            }
            Outcome::Map => {}
        }
    }

    /// The next page, unless the crawl has as many as it may have.
    pub fn next(&mut self, plan: &Plan) -> Option<Waiting> {
        let mut first = self.queue.first_entry()?;
        let is_map = first.key().0.is_map;
        if !is_map && self.counts.pages + self.under_way >= plan.max_pages {
            return None;
        }
        let next = first.get_mut().pop();
        if first.get().is_empty() {
            first.remove();
        }
        self.waiting -= usize::from(next.is_some());
        self.under_way += usize::from(next.is_some());
        next.map(|(url, depth)| Waiting { url, depth, is_map })
    }

    /// Whether a page of this address is kept already, as after a redirect.
    pub fn keeps(&self, address: u128) -> bool {
        self.kept.contains(&address)
    }

    pub fn has_content(&self, content: u128) -> bool {
        self.contents.contains(&content)
    }

    /// Links that nobody has found yet.
    pub fn fresh(&self, links: Vec<String>, is_map: bool) -> Vec<String> {
        let fresh = |link: &String| !self.known.contains(mark_of(link, is_map));
        links.into_iter().filter(fresh).collect()
    }

    pub fn done(&self) -> usize {
        self.counts.pages + self.counts.failed + self.counts.skipped
    }

    /// How many pages the crawl will look at, as far as is known.
    pub fn expected(&self, plan: &Plan) -> usize {
        (self.done() + self.under_way + self.waiting).min(plan.max_pages.max(self.done()))
    }

    /// Pages that were found and left out because of a limit.
    pub fn left(&self) -> usize {
        self.waiting + self.counts.dropped
    }
}

/// A mark of an address. Of a million addresses, two have the same in one of forty million crawls;
/// the second is then passed over.
fn mark_of(url: &str, is_map: bool) -> u64 {
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&blake3::hash(url.as_bytes()).as_bytes()[..8]);
    let mark = u64::from_le_bytes(bytes);
    if is_map { !mark } else { mark }
}

/// A row of the output for a page that failed.
pub(super) fn failure(
    url: &str,
    code: &str,
    class: Option<&str>,
    message: &str,
    status: Option<u16>,
) -> Map<String, Value> {
    let mut row = Map::new();
    row.insert("url".to_owned(), Value::from(url));
    let error = serde_json::json!({
        "code": code, "class": class, "message": message, "status": status,
    });
    row.insert("error".to_owned(), error);
    row
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::input::plan, *};

    #[test]
    fn a_page_is_kept_under_its_own_address_unless_it_has_others() {
        let plan = plan(json!({ "start_urls": ["http://shop.example/"] })).unwrap();
        let visit = |url: &str| Visit::new(url.into(), 0, Outcome::Page(None));
        let skipped = Visit::new("http://shop.example/c".into(), 0, Outcome::Skipped);
        let moved = Visit { kept_as: vec![7], ..visit("http://shop.example/b") };
        let visits = [visit("http://shop.example/a"), moved, skipped];
        let frontier = Frontier::resume(&plan, || visits.iter().cloned());
        let keeps = |url: &str| frontier.keeps(hash_of(url.as_bytes()));
        assert!(keeps("http://shop.example/a") && frontier.keeps(7));
        assert!(!keeps("http://shop.example/b") && !keeps("http://shop.example/c"));
    }
}
