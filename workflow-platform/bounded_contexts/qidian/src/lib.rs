//! Qidian (起点中文网) as a site pack: its public pages become typed records.
//!
//! **Vocabulary.** A *ranking* is a list of books by one measure (`yuepiao` is monthly tickets)
//! within one *category* (`catid`, -1 is all); a *board* is the head of one, among others on the
//! overview. A *book page* tells everything public about one book, its *catalog* lists the
//! chapters. The *page context* is the JSON the mobile site embeds for its own front end; parsers
//! read it rather than the markup.
//!
//! **Invariants.**
//! * Parsers ([`domain`]) are pure functions from a page to records or to a typed
//!   [`PageError`](shared_kernel::domain::PageError). A field the page does not give is `null`;
//!   nothing is guessed, nothing scrambled is decoded.
//! * A challenge is told from healthy pages by their whole shape, never by a keyword alone.
//! * Every fetch goes through the kernel's `Fetcher`: robots.txt, rates and proxies are its
//!   business, and it is told what the parser found.
//!
//! **Actions.** `qidian.ranking`, `.book`, `.catalog`, `.author`, `.free`, `.import`; [`actions`]
//! hands them to the registry. **Templates** ([`TEMPLATES`]) are workflows ready to be copied.
//!
//! **Room for more.** Another page kind is a parser in [`domain`], a line in [`domain::Page`] and,
//! if workflows should fetch it, an action in [`application`]. Qidian owns no tables and no routes.

pub mod application;
pub mod domain;

use std::sync::Arc;

use shared_kernel::{
    application::{Action, Fetcher, Importer, SiteReader, Template, UserFiles},
    infrastructure::cpu::CpuPool,
};

/// What the actions say of themselves in Chinese.
pub const ACTIONS_IN_CHINESE: &str = include_str!("application/actions.zh-CN.json");

/// Workflows ready to be copied.
pub const TEMPLATES: [Template; 3] = [
    template("ranking-watch", include_str!("../templates/ranking-watch.yaml")),
    template("book-tracker", include_str!("../templates/book-tracker.yaml")),
    template("new-book-radar", include_str!("../templates/new-book-radar.yaml")),
];

const fn template(name: &'static str, source: &'static str) -> Template {
    Template { name, source, chinese: include_str!("../templates/zh-CN.json") }
}

/// The step kinds of this context.
pub fn actions(
    fetcher: Arc<dyn Fetcher>,
    files: Arc<dyn UserFiles>,
    cpu: CpuPool,
) -> Vec<Arc<dyn Action>> {
    let importer = Importer::new(files, cpu.clone());
    let site = SiteReader::new(fetcher, cpu);
    vec![
        Arc::new(application::RankingAction { site: site.clone() }),
        Arc::new(application::BookAction { site: site.clone() }),
        Arc::new(application::CatalogAction { site: site.clone() }),
        Arc::new(application::AuthorAction { site: site.clone() }),
        Arc::new(application::FreeAction { site }),
        Arc::new(application::ImportAction { importer }),
    ]
}
