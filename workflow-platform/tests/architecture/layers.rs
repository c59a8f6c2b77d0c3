//! Arrows inside a crate: api → application → domain ← infrastructure.
//!
//! Adapters implement the ports of `application`, which is why `infrastructure` knows it; nobody
//! but the crate's root, where it is put together, knows `infrastructure`.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{
    metadata::root,
    paths::{Named, named},
};

/// Layers of the crate itself that a layer may name.
fn own(layer: &str) -> Option<&'static [&'static str]> {
    Some(match layer {
        "domain" => &["domain"],
        "application" => &["domain", "application"],
        "infrastructure" => &["domain", "application", "infrastructure"],
        "api" => &["domain", "application", "api"],
        _ => return None,
    })
}

/// What a layer may name of the kernel. Use cases hold the transaction (`db`), leave heavy work to
/// the pool of threads (`cpu`) and seal what is kept (`seal`); none of these has a second adapter.
fn of_kernel(layer: &str) -> &'static [&'static str] {
    match layer {
        "domain" => &["domain", "application"],
        "application" => &[
            "domain",
            "application",
            "infrastructure::db",
            "infrastructure::cpu",
            "infrastructure::seal",
        ],
        "infrastructure" => &["domain", "application", "infrastructure"],
        _ => &["domain", "application", "api"],
    }
}

/// What a domain would need for being anything but pure.
const IMPURE: [&str; 15] = [
    "axum",
    "hyper",
    "lettre",
    "redis",
    "reqwest",
    "sea_orm",
    "sea_orm_migration",
    "tokio",
    "tower",
    "std::env",
    "std::fs",
    "std::net::TcpStream",
    "std::process",
    "std::thread",
    "std::time::SystemTime",
];

/// Every arrow of one file that should not be; `module` is where the file stands in its crate.
fn violations(module: &[String], named: &Named) -> Vec<String> {
    let Some((layer, allowed)) = module.get(1).and_then(|layer| Some((layer, own(layer)?))) else {
        return Vec::new();
    };
    let mut found: Vec<String> = named
        .paths
        .iter()
        .filter(|path| path.len() > 1 && !is_allowed(layer, allowed, path))
        .map(|path| format!("{} must not name {}", module.join("::"), path.join("::")))
        .collect();
    found.dedup();
    found
}

fn is_allowed(layer: &str, allowed: &[&str], path: &[String]) -> bool {
    match path[0].as_str() {
        "crate" => allowed.contains(&path[1].as_str()),
        "shared_kernel" => begins_with_any(&path[1..].join("::"), of_kernel(layer)),
        _ => layer != "domain" || !begins_with_any(&path.join("::"), &IMPURE),
    }
}

fn begins_with_any(path: &str, beginnings: &[&str]) -> bool {
    let rest = |beginning: &&str| path.strip_prefix(*beginning).map(str::to_owned);
    beginnings.iter().filter_map(rest).any(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// The crates that have layers.
fn layered_crates() -> Vec<PathBuf> {
    let platform = root().join("workflow-platform");
    let contexts = fs::read_dir(platform.join("bounded_contexts")).unwrap();
    contexts.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect()
}

fn sources(folder: &Path, module: &[String], found: &mut Vec<(Vec<String>, Named)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let mut inner = module.to_vec();
        if name != "mod" && name != "lib" {
            inner.push(name);
        }
        if path.is_dir() {
            sources(&path, &inner, found);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            let read = named(&fs::read_to_string(&path).unwrap(), &inner);
            found.push((inner, read));
        }
    }
}

/// Sources of a crate with what they name, without those compiled for tests alone.
fn built(folder: &Path) -> Vec<(Vec<String>, Named)> {
    let mut files = Vec::new();
    sources(&folder.join("src"), &["crate".to_owned()], &mut files);
    assert!(files.len() > 3, "{} was read", folder.display());
    let tests: Vec<_> = files.iter().flat_map(|(_, named)| named.test_modules.clone()).collect();
    files.retain(|(module, _)| !tests.iter().any(|test| module.starts_with(test)));
    files
}

#[test]
fn layers_keep_to_the_arrows() {
    let mut found = Vec::new();
    let crates = layered_crates();
    assert!(crates.len() >= 7, "the contexts were found: {crates:?}");
    for one in crates {
        let name = one.file_name().unwrap().to_str().unwrap();
        let files = built(&one);
        let wrong = files.iter().flat_map(|(module, named)| violations(module, named));
        found.extend(wrong.map(|text| format!("{name}: {text}")));
    }
    assert_eq!(found, Vec::<String>::new(), "{found:#?}");
}

/// The kernel has the same layers and stands to itself as to everybody, except that its domain
/// knows nothing else at all.
#[test]
fn the_kernel_keeps_to_its_own_arrows() {
    let mut found = Vec::new();
    for (module, mut named) in built(&root().join("workflow-platform/shared_kernel")) {
        let pure = module.get(1).is_some_and(|layer| layer == "domain");
        for path in named.paths.iter_mut().filter(|path| path[0] == "crate" && !pure) {
            path[0] = "shared_kernel".to_owned();
        }
        found.extend(violations(&module, &named));
    }
    assert_eq!(found, Vec::<String>::new(), "{found:#?}");
}

#[test]
fn each_forbidden_arrow_between_layers_is_found() {
    let forbidden = [
        ("domain", "crate::application::Port"),
        ("domain", "crate::infrastructure::Row"),
        ("domain", "crate::api::View"),
        ("domain", "shared_kernel::infrastructure::db::Database"),
        ("domain", "shared_kernel::api::Reply"),
        ("domain", "sea_orm::Value"),
        ("domain", "std::fs::read"),
        ("application", "crate::infrastructure::Row"),
        ("application", "crate::api::View"),
        ("application", "crate::Module"),
        ("application", "shared_kernel::api::Reply"),
        ("application", "shared_kernel::infrastructure::outbound::OutboundPolicy"),
        ("infrastructure", "crate::api::View"),
        ("infrastructure", "shared_kernel::api::Reply"),
        ("api", "crate::infrastructure::Row"),
        ("api", "shared_kernel::infrastructure::db::Database"),
    ];
    for (layer, path) in forbidden {
        let module = ["crate", layer, "thing"].map(str::to_owned);
        let source = format!("use {path};");
        let expected = format!("crate::{layer}::thing must not name {path}");
        assert_eq!(violations(&module, &named(&source, &module)), [expected]);
    }
}

#[test]
fn the_arrows_of_the_house_are_allowed() {
    let allowed = [
        ("domain", "shared_kernel::domain::Id"),
        ("application", "crate::domain::Page"),
        ("application", "shared_kernel::infrastructure::db::UnitOfWork"),
        ("infrastructure", "crate::application::ports::Store"),
        ("infrastructure", "sea_orm::Value"),
        ("api", "crate::application::Module"),
        ("api", "shared_kernel::api::Reply"),
    ];
    for (layer, path) in allowed {
        let module = ["crate", layer, "thing"].map(str::to_owned);
        let found = violations(&module, &named(&format!("use {path};"), &module));
        assert_eq!(found, Vec::<String>::new());
    }
}
