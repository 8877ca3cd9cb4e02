//! Libraries that stand in for those of CUDA.

use std::path::Path;
use std::process::Command;

/// Makes a shared library of C source.
pub fn compile(folder: &Path, name: &str, source: &str) {
    let file = folder.join("stub.c");
    std::fs::write(&file, source).expect("the source is written");
    let library = folder.join(name);
    let status = Command::new("cc").args(["-shared", "-fPIC", "-o"]).args([&library, &file]).status();
    assert!(status.expect("cc, which also links Rust programs").success());
}
