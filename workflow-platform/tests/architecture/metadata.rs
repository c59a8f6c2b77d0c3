//! What cargo knows of the workspace and of everything it is built from.

use std::{path::PathBuf, process::Command};

use cargo_metadata::{Metadata, MetadataCommand};

/// The folder that holds everything.
pub fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// The graph as it is resolved for this machine. Other platforms' crates need not be at hand.
pub fn metadata() -> Metadata {
    let platform = format!("--filter-platform={}", host());
    MetadataCommand::new()
        .current_dir(root())
        .other_options(["--offline".to_owned(), "--locked".to_owned(), platform])
        .exec()
        .unwrap()
}

fn host() -> String {
    let output = Command::new("rustc").arg("-vV").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().find_map(|line| line.strip_prefix("host: ")).unwrap().to_owned()
}
