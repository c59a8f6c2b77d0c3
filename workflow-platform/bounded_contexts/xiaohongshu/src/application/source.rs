//! Where a step's page comes from: saved, or live.

use schemars::JsonSchema;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use shared_kernel::application::{ActionContext, ActionError, ParsePage, SiteReader};

/// What every step kind that reads one page is given.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Source {
    /// A saved page (HTML), or its page state. Instead of `url`.
    html: Option<String>,
    /// The page's address, fetched live. The site's robots.txt forbids this; it works only where
    /// the operator has allowed the host.
    url: Option<String>,
    /// Name or id of the proxy pool to go through, with `url`.
    proxy_pool: Option<String>,
}

impl Source {
    pub async fn read<T: Send + 'static>(
        self,
        site: &SiteReader,
        ctx: &ActionContext,
        parse: ParsePage<T>,
    ) -> Result<T, ActionError> {
        match (self.html, self.url) {
            (Some(html), None) => site.saved(html, parse).await,
            (None, Some(url)) => {
                let read = site.live(ctx, &url, self.proxy_pool.as_deref(), parse).await;
                read.map_err(|error| with_the_way_out(error, &url))
            }
            _ => Err(ActionError::invalid_input("html", "give either html or url")),
        }
    }
}

/// The step's `with` as the action's own type.
pub(super) fn read_input<T: DeserializeOwned>(input: Value) -> Result<T, ActionError> {
    serde_json::from_value(input)
        .map_err(|error| ActionError::invalid_input("with", error.to_string()))
}

/// A refusal by robots.txt says what can be done instead.
fn with_the_way_out(mut error: ActionError, url: &str) -> ActionError {
    if error.code == "ROBOTS_DENIED" {
        error.message = format!(
            "{}; {url} is not fetched. Save the page in a browser and pass it as `html` or through \
             `xiaohongshu.import`, or ask the operator to allow this host with a reason",
            error.message
        );
    }
    error
}
