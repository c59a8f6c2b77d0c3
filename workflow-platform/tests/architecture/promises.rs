//! The page on security names a test for each promise: each must be there.

use std::{collections::BTreeSet, fs, path::Path};

use crate::metadata::root;

/// Names of functions in all sources below.
fn functions(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            functions(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let source = fs::read_to_string(&path).unwrap();
            let names = source.split("fn ").skip(1);
            found.extend(names.filter_map(|rest| Some(rest.split_once('(')?.0.to_owned())));
        }
    }
}

/// What stands between backticks and is made of words with underscores between them.
fn promised(page: &str) -> Vec<&str> {
    let quoted = page.split('`').skip(1).step_by(2);
    quoted.filter(|text| text.matches('_').count() >= 3 && !text.contains(' ')).collect()
}

#[test]
fn every_promise_of_security_has_its_test() {
    let page = fs::read_to_string(root().join("docs/operations/security.md")).unwrap();
    let mut known = BTreeSet::new();
    functions(&root().join("workflow-platform"), &mut known);
    let promised = promised(&page);
    assert!(promised.len() > 40, "the page names {} tests", promised.len());
    let missing: Vec<_> = promised.into_iter().filter(|name| !known.contains(*name)).collect();
    assert!(missing.is_empty(), "no such tests: {missing:?}");
}
