//! `qidian.ranking`: the books of a ranking.

use std::collections::HashSet;

use async_trait::async_trait;
use schemars::{JsonSchema, schema_for};
use serde::Deserialize;
use serde_json::{Value, json};
use shared_kernel::application::{Action, ActionContext, ActionDescriptor, ActionError, LogLevel};

use super::site::{Route, Site, read_input};
use crate::domain::{
    ALL_CATEGORIES, BookRecord, Ranking, category_id, category_names, parse_ranking,
};

/// The site shows at most this many pages of a list.
const MOST_PAGES: u32 = 5;

/// The step kind.
pub struct RankingAction {
    site: Site,
}

/// What to rank by.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum List {
    /// 畅销榜
    Hotsales,
    /// 月票榜
    Yuepiao,
    /// 阅读指数榜
    Readindex,
    /// 推荐榜
    Rec,
    /// 更新榜
    Update,
    /// 新书榜
    Newbook,
}

impl List {
    const fn slug(self) -> &'static str {
        match self {
            Self::Hotsales => "hotsales",
            Self::Yuepiao => "yuepiao",
            Self::Readindex => "readindex",
            Self::Rec => "rec",
            Self::Update => "update",
            Self::Newbook => "newbook",
        }
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Input {
    /// The ranking.
    list: List,
    /// A category by its Chinese name, such as 玄幻. All of them by default.
    category: Option<String>,
    /// A category by the site's number (-1 is all). Instead of `category`.
    catid: Option<i64>,
    /// How many pages to read at most. The mobile site shows one of 20 books per category.
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = MOST_PAGES))]
    pages: u32,
    /// Name or id of the proxy pool to go through.
    proxy_pool: Option<String>,
    /// Another place that speaks like the mobile site. `https://m.qidian.com` by default.
    base_url: Option<String>,
}

const fn one() -> u32 {
    1
}

impl Input {
    fn catid(&self) -> Result<i64, ActionError> {
        match (self.catid, &self.category) {
            (Some(_), Some(_)) => {
                Err(ActionError::invalid_input("catid", "goes not with category"))
            }
            (Some(id), None) => Ok(id),
            (None, None) => Ok(ALL_CATEGORIES),
            (None, Some(name)) => category_id(name).ok_or_else(|| {
                let known = category_names().collect::<Vec<_>>().join(", ");
                ActionError::invalid_input("category", format!("is none of {known}"))
            }),
        }
    }
}

impl RankingAction {
    pub fn new(site: Site) -> Self {
        Self { site }
    }

    async fn collect(&self, ctx: &ActionContext, input: &Input) -> Result<Found, ActionError> {
        if !(1..=MOST_PAGES).contains(&input.pages) {
            return Err(ActionError::invalid_input(
                "pages",
                format!("is not in 1 to {MOST_PAGES}"),
            ));
        }
        let route = Route::new(input.base_url.as_deref(), input.proxy_pool.as_deref())?;
        let path = format!("/rank/{}/catid{}/", input.list.slug(), input.catid()?);
        let mut found = Found::default();
        for page in 1..=input.pages {
            let query = (page > 1).then(|| format!("page={page}"));
            let url = route.address(&path, query.as_deref());
            let ranking = self.site.read(ctx, &route, &url, parse_ranking).await?;
            let more = found.add(ranking);
            ctx.progress(page.into(), Some(input.pages.into()), &url);
            if !more {
                ctx.log(LogLevel::Info, &format!("page {page} is the last of {path}"));
                break;
            }
        }
        Ok(found)
    }
}

/// Books of the pages read so far, each once.
#[derive(Default)]
struct Found {
    books: Vec<BookRecord>,
    seen: HashSet<String>,
    pages_fetched: u32,
    total: Option<u64>,
}

impl Found {
    /// Adds a page's books. False when another page would bring nothing: the site said so, or,
    /// ignoring `page`, gave the same books again.
    fn add(&mut self, ranking: Ranking) -> bool {
        self.pages_fetched += 1;
        self.total = ranking.total.or(self.total);
        let before = self.books.len();
        let seen = &mut self.seen;
        self.books
            .extend(ranking.books.into_iter().filter(|book| seen.insert(book.book_id.clone())));
        !ranking.is_last && self.books.len() > before
    }
}

#[async_trait]
impl Action for RankingAction {
    fn describe(&self) -> ActionDescriptor {
        ActionDescriptor {
            name: "qidian.ranking".to_owned(),
            title: "起点榜单".to_owned(),
            description: "The books of a ranking of Qidian's mobile site, in order.".to_owned(),
            input_schema: schema_for!(Input).to_value(),
            output_schema: json!({
                "type": "object",
                "required": ["books", "pages_fetched"],
                "properties": {
                    "books": {"type": "array", "items": super::book::book_schema()},
                    "pages_fetched": {"type": "integer"},
                    "total": {"type": ["integer", "null"], "description": "length of the whole list, when the site says so"},
                },
            }),
        }
    }

    async fn run(&self, ctx: &ActionContext, input: Value) -> Result<Value, ActionError> {
        let input: Input = read_input(input)?;
        let found = self.collect(ctx, &input).await?;
        Ok(json!({
            "books": found.books,
            "pages_fetched": found.pages_fetched,
            "total": found.total,
        }))
    }
}
