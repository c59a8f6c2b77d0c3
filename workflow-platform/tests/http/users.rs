//! Signing up, in and out.

use reqwest::Method;
use serde_json::json;

use crate::support::{PASSWORD, Person, Reply, TestApp, code_for};

#[tokio::test]
async fn somebody_signs_up_with_a_mailed_code_signs_in_refreshes_and_leaves() {
    for app in TestApp::everywhere(&[]).await {
        let ada = app.person("ada").await;
        let me = ada.get("/users/me").await.data();
        assert_eq!((&me["username"], &me["role"]), (&json!("ada"), &json!("user")), "{}", app.name);
        let fresh =
            app.post("/users/auth/refresh", &json!({ "refresh_token": ada.refresh })).await.data();
        assert_ne!(fresh["refresh_token"], json!(ada.refresh));
        ada.post("/users/auth/logout", &json!({})).await.data();
        ada.get("/users/me").await.refused(401, "TOKEN_REVOKED");
    }
}

#[tokio::test]
async fn a_refresh_token_used_twice_in_a_moment_gives_the_same_successor() {
    for app in TestApp::everywhere(&[]).await {
        let ada = app.person("ada").await;
        let ask = json!({ "refresh_token": ada.refresh });
        let fresh = app.post("/users/auth/refresh", &ask).await.data();
        let again = app.post("/users/auth/refresh", &ask).await.data();
        assert_eq!(fresh["refresh_token"], again["refresh_token"], "{}", app.name);
        assert_ne!(fresh["access_token"], again["access_token"]);
        let newer = json!({ "refresh_token": fresh["refresh_token"] });
        app.post("/users/auth/refresh", &newer).await.data();
    }
}

#[tokio::test]
async fn a_changed_password_counts_at_once_and_a_guessed_code_resets_nothing() {
    const NEW: &str = "another staple of batteries";
    let app = TestApp::start().await;
    let ask = json!({ "email": "eve@example.com", "purpose": "reset_password" });
    app.post("/users/public/send-verification-code", &ask).await.data();
    let reset = json!({ "email": "eve@example.com", "code": "123456", "new_password": NEW });
    app.post("/users/auth/reset-password", &reset).await.refused(422, "CODE_INVALID");
    let ada = app.person("ada").await;
    let login = |password: &str| json!({ "identifier": "ada", "password": password });
    let change = json!({ "current_password": PASSWORD, "new_password": NEW });
    ada.post("/users/me/change-password", &change).await.data();
    app.post("/users/auth/login", &login(PASSWORD)).await.refused(401, "WRONG_CREDENTIALS");
    let elsewhere = app.post("/users/auth/login", &login(NEW)).await.data();
    let sessions = ada.get("/users/me/sessions").await.data();
    assert_eq!(sessions["items"].as_array().unwrap().len(), 2, "{sessions}");
    ada.delete("/users/me/sessions").await.data();
    let ask = json!({ "refresh_token": elsewhere["refresh_token"] });
    app.post("/users/auth/refresh", &ask).await.refused(401, "REFRESH_TOKEN_INVALID");
    ada.get("/users/me").await.data();
}

#[tokio::test]
async fn registration_gives_the_free_plan() {
    for app in TestApp::everywhere(&[]).await {
        let ada = app.person("ada").await;
        let current = ada.get("/subscription/current").await.data();
        assert_eq!(current["plan"]["code"], "free", "{current}");
    }
}

#[tokio::test]
async fn a_wrong_code_registers_nobody() {
    let app = TestApp::start().await;
    let ask = json!({ "email": "eve@example.com", "purpose": "register" });
    app.post("/users/public/send-verification-code", &ask).await.data();
    let code = code_for(&app.mail_dir, "eve@example.com").await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let new = |code: &str| json!({ "username": "eve", "email": "eve@example.com", "password": PASSWORD, "code": code });
    let refused = app.post("/users/auth/register", &new(wrong)).await;
    assert!(refused.status.is_client_error(), "{refused:?}");
    app.post("/users/auth/register", &new(&code)).await.data();
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_look_the_same() {
    let app = TestApp::start().await;
    app.person("ada").await;
    let login = |name: &str| json!({ "identifier": name, "password": "not-the-password-1" });
    let wrong = app.post("/users/auth/login", &login("ada")).await;
    let unknown = app.post("/users/auth/login", &login("nobody")).await;
    assert_eq!((wrong.status.as_u16(), unknown.status.as_u16()), (401, 401));
    assert_eq!(wrong.body["error"], unknown.body["error"]);
    assert_eq!(wrong.body["message"], unknown.body["message"]);
}

#[tokio::test]
async fn fields_at_fault_are_all_named() {
    let app = TestApp::start().await;
    let new = json!({ "username": "a b", "email": "nowhere", "password": "short", "code": "12" });
    let details = app.post("/users/auth/register", &new).await.refused(422, "VALIDATION_ERROR");
    for field in ["username", "email", "password", "code"] {
        assert!(details[field].is_array(), "{field} is missing from {details}");
    }
}

#[tokio::test]
async fn tokens_that_were_not_issued_here_open_nothing() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    let (head, rest) = ada.access.split_once('.').unwrap();
    let (claims, signature) = rest.split_once('.').unwrap();
    let none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0";
    let mut letters: Vec<char> = signature.chars().collect();
    letters[5] = if letters[5] == 'A' { 'B' } else { 'A' };
    let bent: String = letters.into_iter().collect();
    let forged = [
        String::new(),
        "x".repeat(100_000),
        format!("{none}.{claims}."),
        format!("{none}.{claims}.{signature}"),
        format!("{head}.{claims}.{bent}"),
        ada.refresh.clone(),
    ];
    for token in forged {
        let ask = app.request(Method::GET, "/users/me").bearer_auth(&token);
        let status = ask.send().await.unwrap().status().as_u16();
        assert!(status == 401 || status == 431, "{status} for {token:.60}");
    }
    assert!(Reply::of(ada.request(Method::GET, "/users/me")).await.status.is_success());
}

#[tokio::test]
async fn an_account_survives_a_restart() {
    let app = TestApp::start().await;
    let access = app.person("ada").await.access;
    let app = app.restart().await;
    let me = Reply::of(app.request(Method::GET, "/users/me").bearer_auth(&access)).await;
    assert_eq!(me.data()["username"], "ada");
    Person::sign_in(&app, "ada").await;
}
