//! Xiaohongshu (小红书) as a site pack: public pages become typed records.
//!
//! **Vocabulary.** A *note* is a post with pictures or a video. A *feed* is a list of notes, a
//! *creator* somebody's profile with notes. The *page state* is what the site's own front end
//! starts from, `window.__INITIAL_STATE__`: a JavaScript literal, not JSON.
//!
//! **Invariants.**
//! * Parsers ([`domain`]) are pure functions from a page to records or to a typed
//!   [`PageError`](shared_kernel::domain::PageError). What a page does not give is `null`.
//! * A page that shows a note is never taken for a blocked one, whatever words it holds.
//! * The site's robots.txt forbids every path. Live fetching is therefore refused unless the
//!   operator overrides it for the host; *importing* saved pages is the normal way.
//! * No signature is forged, no login got round, no captcha solved.
//!
//! **Actions.** `xiaohongshu.note`, `.creator`, `.feed`, `.import`; [`actions`] hands them to the
//! registry. **Templates** ([`TEMPLATES`]) are workflows ready to be copied.
//!
//! **Room for more.** Another page kind is a parser in [`domain`] and a line in [`domain::Page`].
//! This context owns no tables and no routes.

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
pub const TEMPLATES: [Template; 1] = [Template {
    name: "note-import-tags",
    source: include_str!("../templates/note-import-tags.yaml"),
    chinese: include_str!("../templates/zh-CN.json"),
}];

/// The step kinds of this context.
pub fn actions(
    fetcher: Arc<dyn Fetcher>,
    files: Arc<dyn UserFiles>,
    cpu: CpuPool,
) -> Vec<Arc<dyn Action>> {
    let importer = Importer::new(files, cpu.clone());
    let site = SiteReader::new(fetcher, cpu);
    vec![
        Arc::new(application::NoteAction { site: site.clone() }),
        Arc::new(application::CreatorAction { site: site.clone() }),
        Arc::new(application::FeedAction { site }),
        Arc::new(application::ImportAction { importer }),
    ]
}
