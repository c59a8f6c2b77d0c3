//! What inputs of the step kinds have in common.

use schemars::JsonSchema;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use shared_kernel::application::ActionError;
use url::Url;

/// Where the mobile site lives; a step's `base_url` may name another place that speaks alike.
const MOBILE_SITE: &str = "https://m.qidian.com";

/// The step's `with` as the action's own type.
pub(super) fn read_input<T: DeserializeOwned>(input: Value) -> Result<T, ActionError> {
    serde_json::from_value(input)
        .map_err(|error| ActionError::invalid_input("with", error.to_string()))
}

/// A number of the site. Workflows hand it as a text or as a number.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum SiteId {
    Text(#[schemars(regex(pattern = "^[0-9]{1,20}$"))] String),
    Number(u64),
}

impl SiteId {
    /// The number's digits; `field` is the input's name for it.
    pub fn digits(&self, field: &str) -> Result<String, ActionError> {
        match self {
            Self::Number(number) => Ok(number.to_string()),
            Self::Text(text) => {
                let text = text.trim();
                let plain =
                    (1..=20).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
                plain
                    .then(|| text.to_owned())
                    .ok_or_else(|| ActionError::invalid_input(field, "is not a number"))
            }
        }
    }
}

/// Which place pages come from, and through which proxies.
pub(super) struct Route<'a> {
    base: Url,
    pub proxy_pool: Option<&'a str>,
}

impl<'a> Route<'a> {
    pub fn new(base_url: Option<&str>, proxy_pool: Option<&'a str>) -> Result<Self, ActionError> {
        let base = web_address("base_url", base_url.unwrap_or(MOBILE_SITE))?;
        Ok(Self { base, proxy_pool })
    }

    /// The address of a path of the site.
    pub fn address(&self, path: &str, query: Option<&str>) -> String {
        let mut url = self.base.clone();
        url.set_path(&format!("{}{path}", self.base.path().trim_end_matches('/')));
        url.set_query(query);
        url.into()
    }
}

/// An http(s) address; `field` is the input's name for it.
pub(super) fn web_address(field: &str, text: &str) -> Result<Url, ActionError> {
    Url::parse(text.trim())
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        .ok_or_else(|| ActionError::invalid_input(field, "is not an http(s) address"))
}
