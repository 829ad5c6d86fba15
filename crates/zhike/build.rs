//! The console is embedded from web/dist. A program without it must build too (and say so when opened), so the folder is
//! made if it is missing.

use std::path::Path;

fn main() {
    let dist = Path::new("../../web/dist");
    if let Err(error) = std::fs::create_dir_all(dist) {
        println!("cargo::warning={} cannot be made: {error}", dist.display());
    }
    println!("cargo::rerun-if-changed=../../web/dist");
}
