//! An answer, with what every answer must have already checked.

use reqwest::{RequestBuilder, StatusCode};
use serde_json::Value;

use super::logs;

/// Status and envelope.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub body: Value,
}

impl Reply {
    /// Sends the request and checks the envelope.
    pub async fn of(request: RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        let status = response.status();
        let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
        let text = response.text().await.unwrap();
        let body: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("no JSON: {text}"));
        logs::remember(&body["data"]);
        assert_eq!(body["request_id"], id, "{text}");
        assert_eq!(body["success"], status.is_success(), "{text}");
        assert!(body["message"].as_str().is_some_and(|message| !message.is_empty()), "{text}");
        Self { status, body }
    }

    /// `data` of a success.
    #[track_caller]
    pub fn data(self) -> Value {
        assert!(self.status.is_success(), "{} {}", self.status, self.body);
        self.body["data"].clone()
    }

    /// Checks an error's status and code; gives its details.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Value {
        let found = (self.status.as_u16(), self.body["error"].as_str().unwrap_or_default());
        assert_eq!(found, (status, code), "{}", self.body);
        self.body["details"].clone()
    }
}
