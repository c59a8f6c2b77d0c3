//! The binary holds the front end's files: a new build of those is a new build of this.

fn main() {
    println!("cargo::rerun-if-changed=../../frontend/dist");
}
