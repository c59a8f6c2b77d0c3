//! What may be built in: only licences that go with Apache-2.0, and one TLS library.
//!
//! `deny.toml` is the list; this test reads it, so that the rule holds without a tool installed.

use std::collections::BTreeMap;

use config::{Config, File, FileFormat};

use super::metadata::{metadata, root};

fn rules() -> Config {
    let file = File::from(root().join("deny.toml")).format(FileFormat::Toml);
    Config::builder().add_source(file).build().unwrap()
}

/// Whether an SPDX expression can be met with the allowed licences. `OR` binds weaker than `AND`;
/// the older form `MIT/Apache-2.0` means a choice.
fn is_met(expression: &str, allowed: &[String]) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<_> = spaced.split_whitespace().collect();
    let mut at = 0;
    let met = choice(&words, &mut at, allowed);
    met && at == words.len()
}

fn choice(words: &[&str], at: &mut usize, allowed: &[String]) -> bool {
    let mut met = all(words, at, allowed);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        met |= all(words, at, allowed);
    }
    met
}

fn all(words: &[&str], at: &mut usize, allowed: &[String]) -> bool {
    let mut met = one(words, at, allowed);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        met &= one(words, at, allowed);
    }
    met
}

fn one(words: &[&str], at: &mut usize, allowed: &[String]) -> bool {
    let Some(word) = words.get(*at) else { return false };
    *at += 1;
    if *word == "(" {
        let met = choice(words, at, allowed);
        *at += 1;
        return met;
    }
    let mut licence = (*word).to_owned();
    if words.get(*at) == Some(&"WITH") {
        licence = format!("{licence} WITH {}", words.get(*at + 1).unwrap_or(&""));
        *at += 2;
    }
    allowed.contains(&licence)
}

#[test]
fn every_dependency_has_an_allowed_licence() {
    let allowed: Vec<String> = rules().get("licenses.allow").unwrap();
    let metadata = metadata();
    let refused: Vec<String> = metadata
        .packages
        .iter()
        .filter(|package| !is_met(package.license.as_deref().unwrap_or_default(), &allowed))
        .map(|package| format!("{} {:?}", package.name, package.license))
        .collect();
    assert_eq!(refused, Vec::<String>::new());
}

#[test]
fn nothing_banned_is_built_in() {
    let banned: Vec<BTreeMap<String, String>> = rules().get("bans.deny").unwrap();
    assert!(banned.len() > 3, "the list was read: {banned:?}");
    let metadata = metadata();
    let found: Vec<_> = metadata
        .packages
        .iter()
        .filter(|package| banned.iter().any(|ban| ban["crate"] == package.name.as_str()))
        .map(|package| package.name.to_string())
        .collect();
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn licence_expressions_are_understood() {
    let allowed = ["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"].map(str::to_owned);
    for met in [
        "MIT",
        "MIT/Apache-2.0",
        "GPL-3.0 OR MIT",
        "ISC AND (GPL-2.0 OR MIT)",
        "Apache-2.0 WITH LLVM-exception",
        "GPL-3.0 AND ISC OR MIT",
    ] {
        assert!(is_met(met, &allowed), "{met}");
    }
    for refused in ["", "GPL-3.0", "MIT AND GPL-3.0", "(MIT OR ISC) AND Apache-2.0", "MIT ISC"] {
        assert!(!is_met(refused, &allowed), "{refused}");
    }
}
