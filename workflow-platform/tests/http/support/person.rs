//! Somebody signed in.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::{Reply, Site, code_for, eventually, logs};

/// Good enough for the strength estimate.
pub const PASSWORD: &str = "correct-horse-battery-9";

/// A user of the platform with their tokens.
pub struct Person<'a> {
    pub site: &'a Site,
    pub name: String,
    pub access: String,
    pub refresh: String,
}

impl<'a> Person<'a> {
    pub async fn register(site: &'a Site, name: &str) -> Self {
        let email = format!("{name}@example.com");
        let ask = json!({ "email": email, "purpose": "register" });
        site.post("/users/public/send-verification-code", &ask).await.data();
        let code = code_for(&site.mail_dir, &email).await;
        let new = json!({ "username": name, "email": email, "password": PASSWORD, "code": code });
        site.post("/users/auth/register", &new).await.data();
        Self::sign_in(site, name).await
    }

    pub async fn sign_in(site: &'a Site, name: &str) -> Self {
        let login = json!({ "identifier": name, "password": PASSWORD });
        let tokens = site.post("/users/auth/login", &login).await.data();
        let text = |key: &str| tokens[key].as_str().unwrap().to_owned();
        let (access, refresh) = (text("access_token"), text("refresh_token"));
        Self { site, name: name.to_owned(), access, refresh }
    }

    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.site.request(method, path).bearer_auth(&self.access)
    }

    pub async fn get(&self, path: &str) -> Reply {
        Reply::of(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        logs::remember(body);
        Reply::of(self.request(Method::POST, path).json(body)).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Reply {
        logs::remember(body);
        if let (true, Some(secret)) =
            (path.starts_with("/workflow/secrets/"), body["value"].as_str())
        {
            logs::remember_text(secret);
        }
        Reply::of(self.request(Method::PUT, path).json(body)).await
    }

    pub async fn delete(&self, path: &str) -> Reply {
        Reply::of(self.request(Method::DELETE, path)).await
    }

    /// Saves a definition written as YAML; gives its id.
    pub async fn define(&self, source: &str) -> String {
        let data = self.post("/workflow/definitions", &json!({ "source": source })).await.data();
        data["id"].as_str().unwrap().to_owned()
    }

    /// Starts an execution; gives its id.
    pub async fn start(&self, definition: &str, params: Value) -> String {
        let ask = json!({ "definition_id": definition, "params": params });
        let data = self.post("/workflow/executions", &ask).await.data();
        data["id"].as_str().unwrap().to_owned()
    }

    pub async fn execution(&self, id: &str) -> Value {
        self.get(&format!("/workflow/executions/{id}")).await.data()
    }

    /// Waits for the end of an execution.
    pub async fn finished(&self, id: &str, within: Duration) -> Value {
        let ended = ["succeeded", "failed", "cancelled", "timed_out"];
        let wait = eventually("the end of an execution", async || {
            let found = self.execution(id).await;
            ended.contains(&found["status"].as_str()?).then_some(found)
        });
        tokio::time::timeout(within, wait).await.expect("the execution ends in time")
    }

    /// Defines, starts and waits.
    pub async fn run(&self, source: &str, params: Value) -> Value {
        let definition = self.define(source).await;
        let execution = self.start(&definition, params).await;
        self.finished(&execution, Duration::from_secs(30)).await
    }

    /// A proxy pool of these lines, used in turns; gives its id.
    pub async fn pool(&self, name: &str, lines: &[String]) -> String {
        let new = json!({ "name": name, "strategy": "round_robin" });
        let made = self.post("/proxy/pools", &new).await.data();
        let id = made["id"].as_str().unwrap().to_owned();
        if !lines.is_empty() {
            let text = json!({ "text": lines.join("\n") });
            let report = self.post(&format!("/proxy/pools/{id}/import"), &text).await.data();
            assert_eq!(report["added"], lines.len(), "{report}");
        }
        id
    }

    /// All records of a dataset.
    pub async fn records(&self, dataset: &str) -> Vec<Value> {
        let mut records = Vec::new();
        let mut cursor = String::new();
        loop {
            let path = format!("/datasets/{dataset}/records?limit=200{cursor}");
            let page = self.get(&path).await.data();
            records.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return records,
            }
        }
    }
}
