//! Made-up pages in the shapes of the site, and what is read of them.

mod books;
mod fixtures;
mod lists;
mod others;
mod properties;

use shared_kernel::domain::{SitePage, Timestamp};

/// 2026-03-02 10:30:00 in China.
fn seen_at() -> Option<Timestamp> {
    "2026-03-02T02:30:00Z".parse().ok()
}

fn saved(html: &str) -> SitePage<'_> {
    SitePage { seen_at: seen_at(), ..SitePage::saved(html.as_bytes()) }
}
