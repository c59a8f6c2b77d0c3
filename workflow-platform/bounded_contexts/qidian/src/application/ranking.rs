//! `qidian.ranking`: the books of a ranking.

use std::collections::HashSet;

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared_kernel::application::{
    Action, ActionContext, ActionDescriptor, ActionError, LogLevel, SiteReader, schema_of,
};

use super::input::{Route, read_input, web_address};
use crate::domain::{
    ALL_CATEGORIES, BookRecord, Ranking, category_id, category_names, parse_ranking,
};

/// The site shows at most this many pages of a list.
const MOST_PAGES: u32 = 5;

/// The step kind.
pub struct RankingAction {
    pub site: SiteReader,
}

/// What to rank by.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum List {
    /// Bestsellers (畅销榜)
    Hotsales,
    /// Monthly tickets (月票榜)
    Yuepiao,
    /// Reading index (阅读指数榜)
    Readindex,
    /// Recommendations (推荐榜)
    Rec,
    /// Newly updated (更新榜)
    Update,
    /// New books (新书榜)
    Newbook,
    /// Overview (排行榜总览): the heads of all rankings, each row with its `board`
    Overview,
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
            Self::Overview => "",
        }
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Input {
    /// The ranking. Or `url`.
    list: Option<List>,
    /// The address of a ranking page of either site, instead of `list`.
    url: Option<String>,
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

impl Input {
    /// Addresses of the list's pages, and the proxies to go through.
    fn pages(&self) -> Result<Vec<String>, ActionError> {
        if !(1..=MOST_PAGES).contains(&self.pages) {
            let message = format!("is not in 1 to {MOST_PAGES}");
            return Err(ActionError::invalid_input("pages", message));
        }
        let route = Route::new(self.base_url.as_deref(), self.proxy_pool.as_deref())?;
        let list = match (self.list, &self.url) {
            (None, Some(url)) => return Ok(vec![web_address("url", url)?.into()]),
            (Some(list), None) => list,
            _ => return Err(ActionError::invalid_input("list", "give either list or url")),
        };
        let catid = self.catid()?;
        if matches!(list, List::Overview) {
            return Ok(vec![route.address("/rank/", None)]);
        }
        let path = format!("/rank/{}/catid{catid}/", list.slug());
        let page = |number| (number > 1).then(|| format!("page={number}"));
        Ok((1..=self.pages).map(|number| route.address(&path, page(number).as_deref())).collect())
    }
}

impl RankingAction {
    async fn collect(&self, ctx: &ActionContext, input: &Input) -> Result<Found, ActionError> {
        let pages = input.pages()?;
        let total = u64::try_from(pages.len()).ok();
        let mut found = Found::default();
        for url in &pages {
            let ranking =
                self.site.live(ctx, url, input.proxy_pool.as_deref(), parse_ranking).await?;
            let more = found.add(ranking);
            ctx.progress(found.pages_fetched.into(), total, url);
            if !more {
                ctx.log(LogLevel::Info, &format!("{url} is the last page of its list"));
                break;
            }
        }
        Ok(found)
    }
}

/// Books of the pages read so far, each once.
#[derive(Default, Serialize, JsonSchema)]
struct Found {
    books: Vec<BookRecord>,
    #[serde(skip)]
    seen: HashSet<(Option<String>, String)>,
    pages_fetched: u32,
    /// Length of the whole list, when the site says so.
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
        let new = |book: &BookRecord| seen.insert((book.board.clone(), book.book_id.clone()));
        self.books.extend(ranking.books.into_iter().filter(new));
        !ranking.is_last && self.books.len() > before
    }
}

#[async_trait]
impl Action for RankingAction {
    fn describe(&self) -> ActionDescriptor {
        ActionDescriptor {
            name: "qidian.ranking".to_owned(),
            title: "Qidian ranking".to_owned(),
            description:
                "The books of a ranking of Qidian, in order; or of any of its ranking pages."
                    .to_owned(),
            input_schema: schema_of::<Input>(),
            output_schema: schema_of::<Found>(),
        }
    }

    async fn run(&self, ctx: &ActionContext, input: Value) -> Result<Value, ActionError> {
        let input: Input = read_input(input)?;
        Ok(json!(self.collect(ctx, &input).await?))
    }
}
