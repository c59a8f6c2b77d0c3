//! Mails that the platform wrote into its folder.

use std::path::Path;

use super::eventually;

/// The newest six-digit code mailed to `address`.
pub async fn code_for(folder: &Path, address: &str) -> String {
    eventually("a mail with a code", async || newest_code(folder, address)).await
}

fn newest_code(folder: &Path, address: &str) -> Option<String> {
    let mut mails: Vec<_> = std::fs::read_dir(folder)
        .ok()?
        .filter_map(std::result::Result::ok)
        .filter(|entry| entry.path().extension().is_some_and(|kind| kind == "eml"))
        .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
        .collect();
    mails.sort();
    mails.iter().rev().find_map(|(_, path)| {
        let text = std::fs::read_to_string(path).ok()?;
        text.contains(address).then(|| code_in(&text)).flatten()
    })
}

/// Six digits that stand alone in the body.
fn code_in(mail: &str) -> Option<String> {
    let (_, body) = mail.split_once("\r\n\r\n").or_else(|| mail.split_once("\n\n"))?;
    body.split(|letter: char| !letter.is_ascii_alphanumeric())
        .find(|word| word.len() == 6 && word.bytes().all(|b| b.is_ascii_digit()))
        .map(str::to_owned)
}
