//! Somebody with an account.

use std::path::Path;

use serde_json::{Value, json};
use workflow_platform::cli::demo::newest_code;

pub const PASSWORD: &str = "correct-horse-battery-9";

/// Registers with a mailed code and signs in; gives the access token.
pub async fn sign_up(api: &str, mails: &Path, name: &str) -> String {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let post = async |path: &str, body: Value| -> Value {
        let answer = client.post(format!("{api}{path}")).json(&body).send().await.unwrap();
        answer.json().await.unwrap()
    };
    let email = format!("{name}@example.com");
    let ask = json!({ "email": email, "purpose": "register" });
    post("/users/public/send-verification-code", ask).await;
    let code = loop {
        if let Some(code) = newest_code(mails, &email) {
            break code;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    };
    let new = json!({ "username": name, "email": email, "password": PASSWORD, "code": code });
    post("/users/auth/register", new).await;
    let signed =
        post("/users/auth/login", json!({ "identifier": name, "password": PASSWORD })).await;
    signed["data"]["access_token"].as_str().unwrap().to_owned()
}
