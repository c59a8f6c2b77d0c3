//! Arrows between crates: everybody may know the kernel, the binary knows everybody, and nobody
//! else knows anybody. Benchmarks have the binary's allocator.

use std::collections::BTreeSet;

use cargo_metadata::{DependencyKind, Metadata};

use super::metadata::metadata;

const KERNEL: &str = "shared_kernel";
const TESTKIT: &str = "testkit";
const ALLOCATOR: &str = "allocator";
const BINARY: &str = "workflow-platform";

/// A crate of the workspace and those of the workspace it names in its manifest.
struct Crate {
    name: String,
    uses: BTreeSet<String>,
    tests_use: BTreeSet<String>,
}

fn house(metadata: &Metadata) -> Vec<Crate> {
    let packages = metadata.workspace_packages();
    let ours: BTreeSet<String> = packages.iter().map(|package| package.name.to_string()).collect();
    let read = |package: &cargo_metadata::Package, tests: bool| {
        let wanted = |kind| (kind == DependencyKind::Development) == tests;
        let named = package.dependencies.iter().filter(|one| wanted(one.kind));
        named.map(|one| one.name.clone()).filter(|name| ours.contains(name)).collect()
    };
    let crates = packages.iter().map(|package| Crate {
        name: package.name.to_string(),
        uses: read(package, false),
        tests_use: read(package, true),
    });
    crates.collect()
}

/// Every arrow that should not be.
fn violations(crates: &[Crate]) -> Vec<String> {
    let mut found = Vec::new();
    for one in crates {
        for used in one.uses.iter().filter(|used| !may_use(&one.name, used)) {
            found.push(format!("{} must not depend on {used}", one.name));
        }
        for used in one.tests_use.iter().filter(|used| !tests_may_use(&one.name, used)) {
            found.push(format!("tests of {} must not depend on {used}", one.name));
        }
    }
    found
}

fn may_use(name: &str, used: &str) -> bool {
    match name {
        BINARY => used != TESTKIT,
        KERNEL | ALLOCATOR => false,
        _ => used == KERNEL,
    }
}

fn tests_may_use(name: &str, used: &str) -> bool {
    name != KERNEL && [TESTKIT, ALLOCATOR].contains(&used)
}

#[test]
fn crates_keep_to_the_arrows() {
    let crates = house(&metadata());
    assert!(crates.len() > 10, "the workspace was read: {}", crates.len());
    assert_eq!(violations(&crates), Vec::<String>::new());
}

#[test]
fn each_forbidden_arrow_between_crates_is_found() {
    let forbidden = [
        ("workflow", "proxy_pool"),
        ("subscription", "user_management"),
        ("qidian", "data_collection"),
        (KERNEL, "workflow"),
        (KERNEL, TESTKIT),
        ("api_gateway", "workflow"),
        ("event_driven_coordination", "subscription"),
        (TESTKIT, "workflow"),
        ("workflow", TESTKIT),
        ("workflow", ALLOCATOR),
        (ALLOCATOR, KERNEL),
        ("workflow", BINARY),
        (BINARY, TESTKIT),
    ];
    for (name, used) in forbidden {
        let uses = BTreeSet::from([used.to_owned()]);
        let one = Crate { name: name.to_owned(), uses, tests_use: BTreeSet::new() };
        assert_eq!(violations(&[one]), [format!("{name} must not depend on {used}")]);
    }
}

#[test]
fn a_context_in_the_tests_of_another_is_found() {
    let tests_use = BTreeSet::from([TESTKIT.to_owned(), "proxy_pool".to_owned()]);
    let one = Crate { name: "workflow".to_owned(), uses: BTreeSet::new(), tests_use };
    assert_eq!(violations(&[one]), ["tests of workflow must not depend on proxy_pool"]);
}
