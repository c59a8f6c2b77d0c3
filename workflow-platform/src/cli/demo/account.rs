//! The demo's way to an account: ask for a code, read it in the mail, register, sign in.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, bail};
use reqwest::StatusCode;
use serde_json::json;

use super::{
    api::{Api, Refused},
    login::DemoLogin,
};

/// How long a mail may take, in looks of [`PAUSE`] each.
const LOOKS: u32 = 300;
const PAUSE: Duration = Duration::from_millis(50);

/// Somebody signed in.
#[derive(Debug)]
pub struct Account {
    pub api: Api,
    pub login: DemoLogin,
    /// Whether it was made just now.
    pub is_new: bool,
}

/// Signs in as the user of an earlier demo on this data folder, or registers a new one.
pub async fn account(nobody: &Api, data_dir: &Path) -> anyhow::Result<Account> {
    if let Some(login) = DemoLogin::remembered(data_dir) {
        match sign_in(nobody, &login).await {
            Ok(api) => return Ok(Account { api, login, is_new: false }),
            // another database than last time: nobody knows the user there
            Err(error) if is_unknown(&error) => {}
            Err(error) => return Err(error.context("signing in")),
        }
    }
    let login = DemoLogin::fresh();
    register(nobody, &login, &data_dir.join("mail")).await.context("registering")?;
    login.remember(data_dir)?;
    let api = sign_in(nobody, &login).await.context("signing in")?;
    Ok(Account { api, login, is_new: true })
}

fn is_unknown(error: &anyhow::Error) -> bool {
    let refused = error.downcast_ref::<Refused>();
    refused.is_some_and(|refused| refused.status == StatusCode::UNAUTHORIZED)
}

async fn sign_in(nobody: &Api, login: &DemoLogin) -> anyhow::Result<Api> {
    let ask = json!({ "identifier": login.username, "password": login.password });
    let tokens = nobody.post("/users/auth/login", &ask).await?;
    let token = tokens["access_token"].as_str().context("the answer has no access token")?;
    Ok(nobody.signed_in(token))
}

async fn register(nobody: &Api, login: &DemoLogin, mails: &Path) -> anyhow::Result<()> {
    let ask = json!({ "email": login.email, "purpose": "register" });
    nobody.post("/users/public/send-verification-code", &ask).await?;
    let code = mailed_code(mails, &login.email).await?;
    let user = json!({
        "username": login.username,
        "email": login.email,
        "password": login.password,
        "code": code,
    });
    nobody.post("/users/auth/register", &user).await?;
    Ok(())
}

async fn mailed_code(folder: &Path, email: &str) -> anyhow::Result<String> {
    for _ in 0..LOOKS {
        if let Some(code) = newest_code(folder, email) {
            return Ok(code);
        }
        tokio::time::sleep(PAUSE).await;
    }
    bail!(
        "no mail to {email} came into {}; the server must write its mails there: the same DATA_DIR \
         and no SMTP_HOST",
        folder.display()
    )
}

/// The code in the newest mail to an address that has one. File names end with a `UUIDv7`, so the
/// last name is the newest mail.
pub fn newest_code(folder: &Path, email: &str) -> Option<String> {
    let entries = std::fs::read_dir(folder).ok()?.filter_map(Result::ok);
    let mut mails: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "eml"))
        .collect();
    mails.sort();
    let texts = mails.iter().rev().filter_map(|mail| std::fs::read_to_string(mail).ok());
    texts.filter(|text| is_to(text, email)).find_map(|text| code_in(&text))
}

fn is_to(mail: &str, email: &str) -> bool {
    let headers = mail.lines().take_while(|line| !line.is_empty());
    let mut receivers = headers.filter_map(|line| line.strip_prefix("To:"));
    receivers.any(|to| to.trim().trim_matches(['<', '>']) == email)
}

/// Six digits that stand alone in the body.
fn code_in(mail: &str) -> Option<String> {
    let (_, body) = mail.split_once("\r\n\r\n").or_else(|| mail.split_once("\n\n"))?;
    body.split(|letter: char| !letter.is_ascii_alphanumeric())
        .find(|word| word.len() == 6 && word.bytes().all(|b| b.is_ascii_digit()))
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(to: &str, code: &str) -> String {
        format!(
            "From: p@localhost\r\nTo: {to}\r\nSubject: code: {code}\r\nMessage-ID: <000000@x>\r\n\
             \r\n--b1234567\r\n\r\nYour verification code: {code}\r\n\r\n\
             <p style=3D\"color:#123456\">{code}</p>\r\n"
        )
    }

    #[test]
    fn the_newest_mail_to_the_address_has_the_code() {
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        put("code-01.eml", &mail("a@example.com", "111111"));
        put("code-02.eml", &mail("a@example.com", "222222"));
        put("code-03.eml", &mail("aa@example.com", "333333"));
        put("code-04.tmp", &mail("a@example.com", "444444"));
        let code = |email| newest_code(folder.path(), email);
        assert_eq!(code("a@example.com").as_deref(), Some("222222"));
        assert_eq!(code("aa@example.com").as_deref(), Some("333333"));
        assert_eq!(code("b@example.com"), None);
        assert_eq!(newest_code(&folder.path().join("nowhere"), "a@example.com"), None);
    }

    #[test]
    fn a_code_stands_alone_and_in_the_body() {
        assert_eq!(
            code_in("Id: 111111\n\n1234567 12345 x654321 in: 042042."),
            Some("042042".into())
        );
        assert_eq!(code_in("Subject: 111111\n\nnothing here"), None);
    }
}
