//! The paths a source names, outside of comments, texts and tests.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// What one file names.
#[derive(Debug, Default, PartialEq)]
pub struct Named {
    /// From the crate (`crate`) or another one (`sea_orm`) on; `self` and `super` are resolved.
    pub paths: Vec<Vec<String>>,
    /// Modules whose files are compiled for tests alone.
    pub test_modules: Vec<Vec<String>>,
}

/// Reads a source that is the module `module` (`["crate", "domain", "page"]`).
pub fn named(source: &str, module: &[String]) -> Named {
    let mut named = Named::default();
    read(source.parse().unwrap(), module, &mut named);
    named
}

fn read(stream: TokenStream, module: &[String], named: &mut Named) {
    let tokens: Vec<_> = stream.into_iter().collect();
    let mut at = 0;
    while at < tokens.len() {
        if is_test_attribute(&tokens[at..]) {
            at = skip_item(&tokens, at + 2, module, named);
        } else if let Some(name) = inline_module(&tokens[at..]) {
            at += 2;
            if let TokenTree::Group(body) = &tokens[at] {
                read(body.stream(), &child(module, name), named);
                at += 1;
            }
        } else if let TokenTree::Group(group) = &tokens[at] {
            read(group.stream(), module, named);
            at += 1;
        } else if word(&tokens[at]).is_some() {
            at += path(&tokens[at..], &[], module, named);
        } else {
            at += 1;
        }
    }
}

/// Takes in the path that begins here; answers how many tokens it has.
fn path(tokens: &[TokenTree], before: &[String], module: &[String], named: &mut Named) -> usize {
    let mut whole = before.to_vec();
    whole.extend(word(&tokens[0]));
    let mut length = 1;
    while is_path_sign(&tokens[length..]) {
        match tokens.get(length + 2) {
            Some(TokenTree::Ident(next)) => whole.push(next.to_string()),
            Some(TokenTree::Punct(star)) if star.as_char() == '*' => whole.push("*".to_owned()),
            Some(TokenTree::Group(tree)) if tree.delimiter() == Delimiter::Brace => {
                branches(tree, &whole, module, named);
                return length + 3;
            }
            _ => break,
        }
        length += 3;
    }
    named.paths.push(resolved(&whole, module));
    length
}

/// The `{a, b::c}` of a `use`.
fn branches(tree: &Group, before: &[String], module: &[String], named: &mut Named) {
    let tokens: Vec<_> = tree.stream().into_iter().collect();
    for branch in tokens.split(|token| is_sign(Some(token), ',')) {
        match branch.first() {
            Some(TokenTree::Ident(_)) => {
                path(branch, before, module, named);
            }
            Some(_) => named.paths.push(resolved(before, module)),
            None => {}
        }
    }
}

fn resolved(whole: &[String], module: &[String]) -> Vec<String> {
    let mut base = match whole[0].as_str() {
        "self" | "super" => module.to_vec(),
        // `a::{self}` names `a`.
        _ => return whole.iter().filter(|segment| *segment != "self").cloned().collect(),
    };
    for segment in whole {
        match segment.as_str() {
            "self" => {}
            "super" => {
                base.pop();
            }
            name => base.push(name.to_owned()),
        }
    }
    base
}

/// `#[cfg(test)]`.
fn is_test_attribute(tokens: &[TokenTree]) -> bool {
    let Some(TokenTree::Group(attribute)) = tokens.get(1) else { return false };
    is_sign(tokens.first(), '#') && attribute.stream().to_string().replace(' ', "") == "cfg(test)"
}

/// Passes what a test attribute stands on; answers where it ends.
fn skip_item(tokens: &[TokenTree], mut at: usize, module: &[String], named: &mut Named) -> usize {
    while at < tokens.len() {
        if let Some(name) = inline_module(&tokens[at..])
            && is_sign(tokens.get(at + 2), ';')
        {
            named.test_modules.push(child(module, name));
        }
        let ends = match &tokens[at] {
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
            token => is_sign(Some(token), ';'),
        };
        at += 1;
        if ends {
            break;
        }
    }
    at
}

fn inline_module(tokens: &[TokenTree]) -> Option<String> {
    (word(tokens.first()?)? == "mod").then(|| word(tokens.get(1)?)).flatten()
}

fn child(module: &[String], name: String) -> Vec<String> {
    module.iter().cloned().chain([name]).collect()
}

fn word(token: &TokenTree) -> Option<String> {
    if let TokenTree::Ident(name) = token { Some(name.to_string()) } else { None }
}

fn is_sign(token: Option<&TokenTree>, sign: char) -> bool {
    matches!(token, Some(TokenTree::Punct(found)) if found.as_char() == sign)
}

fn is_path_sign(tokens: &[TokenTree]) -> bool {
    is_sign(tokens.first(), ':') && is_sign(tokens.get(1), ':')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(source: &str) -> Vec<String> {
        let module = ["crate", "domain", "page"].map(str::to_owned);
        let named = named(source, &module);
        named.paths.iter().map(|path| path.join("::")).filter(|path| path.contains("::")).collect()
    }

    #[test]
    fn paths_are_found_wherever_they_stand() {
        let source = r#"
            use crate::{api::{self, Page as View}, domain::*};
            use super::super::infrastructure::Row;
            // use crate::comment::Nothing;
            fn f() -> Vec<crate::application::Port> { json!({ "a::b": sea_orm::Set(1) }) }
            mod inner { use super::Outer; }
        "#;
        let expected = [
            "crate::api",
            "crate::api::Page",
            "crate::domain::*",
            "crate::infrastructure::Row",
            "crate::application::Port",
            "sea_orm::Set",
            "crate::domain::page::Outer",
        ];
        assert_eq!(texts(source), expected);
    }

    #[test]
    fn tests_are_left_out() {
        let source = "#[cfg(test)] mod tests { use crate::api::A; } use crate::domain::B;";
        assert_eq!(texts(source), ["crate::domain::B"]);
        let module = ["crate".to_owned()];
        let found = named("#[cfg(test)] mod proofs;", &module).test_modules;
        assert_eq!(found, [["crate", "proofs"]]);
    }
}
