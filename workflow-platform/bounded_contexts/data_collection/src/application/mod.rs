//! Use cases: what workflow steps can do with the web, and with datasets.

pub mod archive;
pub mod crawl;
pub mod dataset;
pub mod files;
pub mod hosts;
mod html_extract;
mod http_request;
mod json_extract;
mod meter;
pub mod outcome;

pub use archive::PageExtract;
pub use crawl::CrawlPages;
pub use html_extract::HtmlExtract;
pub use http_request::HttpRequest;
pub use json_extract::JsonExtract;
pub use meter::Metered;

use serde::de::DeserializeOwned;
use serde_json::Value;
use shared_kernel::application::ActionError;

/// A step's input as its type; what does not fit is named by its field.
fn input_of<T: DeserializeOwned>(input: Value) -> Result<T, ActionError> {
    serde_path_to_error::deserialize(input).map_err(|error| {
        let path = error.path().to_string();
        let path = if path == "." { "input" } else { path.as_str() };
        ActionError::invalid_input(path, error.inner().to_string())
    })
}
