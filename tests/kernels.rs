//! The committed kernels are those of the sources.

use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::Path;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/cuda");

/// Name and hash of every file of `folder` that `wanted` takes.
fn hashes(folder: &Path, wanted: &[&str]) -> BTreeMap<String, String> {
    let is_wanted = |path: &Path| path.extension().is_some_and(|e| wanted.iter().any(|w| e == *w));
    let files = std::fs::read_dir(folder).expect("the folder of kernels").map(|file| file.expect("a file").path());
    files
        .filter(|path| is_wanted(path))
        .map(|path| {
            let name = path.file_name().and_then(|name| name.to_str()).expect("a name in UTF-8").to_owned();
            let digest = Sha256::digest(std::fs::read(path).expect("a readable file"));
            (name, digest.iter().map(|byte| format!("{byte:02x}")).collect())
        })
        .collect()
}

#[test]
fn kernels_are_compiled_from_the_sources() {
    let folder = Path::new(FOLDER);
    let mut found = hashes(folder, &["cu", "cuh"]);
    found.extend(hashes(&folder.join("ptx"), &["ptx"]));
    let manifest = std::fs::read_to_string(folder.join("ptx/MANIFEST")).expect("the manifest");
    let recorded: BTreeMap<String, String> = manifest
        .lines()
        .filter_map(|line| line.split_once("  "))
        .map(|(hash, name)| (name.to_owned(), hash.to_owned()))
        .collect();
    assert_eq!(found, recorded, "run cuda/build");
    let families = |end: &str| -> Vec<String> {
        found.keys().filter_map(|name| Some(name.strip_suffix(end)?.to_owned())).collect()
    };
    assert_eq!(families(".cu"), families(".ptx"));
}

#[test]
fn kernels_need_no_newer_driver_and_no_memory_of_threads() {
    let folder = Path::new(FOLDER).join("ptx");
    for name in hashes(&folder, &["ptx"]).keys() {
        let text = std::fs::read_to_string(folder.join(name)).expect("a readable file");
        assert!(text.contains("\n.version 8.0\n"), "{name}: another version");
        assert!(!text.contains(".local"), "{name}: a thread's local memory is slow; keep it in registers");
    }
}
