//! Xiaohongshu (小红书) as a site pack: public note pages become typed records.
//!
//! **Vocabulary.** A *note* is a post with pictures or a video. The *page state* is what the
//! site's own front end starts from, `window.__INITIAL_STATE__`: a JavaScript literal, not JSON.
//!
//! **Invariants.**
//! * Parsers ([`domain`]) are pure functions from a page to records or to a typed
//!   [`PageError`](shared_kernel::domain::PageError). What a page does not give is `null`.
//! * A page that shows a note is never taken for a blocked one, whatever words it holds.
//! * The site's robots.txt forbids every path. Live fetching is therefore refused unless the
//!   operator overrides it for the host; *importing* saved pages is the normal way.
//! * No signature is forged, no login got round, no captcha solved.
//!
//! **Actions.** `xiaohongshu.note`; [`actions`] hands it to the registry.
//!
//! **Room for more.** Feeds and creators are further parsers in [`domain`] and a line each in
//! [`domain::Page`]. This context owns no tables and no routes.

pub mod application;
pub mod domain;

use std::sync::Arc;

use shared_kernel::{
    application::{Action, Fetcher},
    infrastructure::cpu::CpuPool,
};

/// The step kinds of this context.
pub fn actions(fetcher: Arc<dyn Fetcher>, cpu: CpuPool) -> Vec<Arc<dyn Action>> {
    vec![Arc::new(application::NoteAction::new(fetcher, cpu))]
}
