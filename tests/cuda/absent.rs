//! Machines without a usable driver: every entry point returns [`Error::CudaUnavailable`].
//!
//! The library that a process has loaded stays, so each case runs this program again with a libcuda of its own, made by the
//! C compiler that also links Rust programs.
#![cfg(target_os = "linux")]

use crate::compile::compile;
use beltrami::{Device, Error};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Run by the tests below, which set the stage.
#[test]
#[ignore = "asks a driver that the other tests provide"]
fn entry_points_refuse() {
    let wanted = std::env::var("BELTRAMI_TEST_REFUSAL").expect("set by the test that runs this one");
    for attempt in [Device::cuda(0).map(drop), Device::cuda(7).map(drop), Device::cuda_count().map(drop)] {
        match attempt {
            Err(Error::CudaUnavailable { what, remedy }) => {
                assert!(what.contains(&wanted), "{what}");
                assert!(!remedy.is_empty());
            }
            other => panic!("{other:?}"),
        }
    }
}

/// Runs the test above with a libcuda that has `source`, or with none.
fn refuses(name: &str, source: Option<&str>, wanted: &str) {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("libcuda-{name}"));
    std::fs::create_dir_all(&folder).expect("a folder for the library");
    if let Some(source) = source {
        compile(&folder, "libcuda.so", source);
    }
    let program = std::env::current_exe().expect("this program");
    let output = Command::new(program)
        .args(["absent::entry_points_refuse", "--exact", "--ignored", "--nocapture"])
        .env("LD_LIBRARY_PATH", &folder)
        .env("BELTRAMI_TEST_REFUSAL", wanted)
        .output()
        .expect("this program runs again");
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && text.contains("1 passed"), "{name}: {text}");
}

/// C functions of all names that the backend looks up, which return `code`; those of `special` are given.
fn library(code: i32, special: &str) -> String {
    let names = include_str!("../../src/backend/cuda/driver.rs").split('"').filter(|name| name.starts_with("cu"));
    let plain = names.filter(|name| !special.contains(&format!(" {name}(")));
    let functions: String = plain.map(|name| format!("int {name}(void) {{ return {code}; }}\n")).collect();
    assert!(functions.lines().count() > 20);
    functions + special
}

#[test]
fn no_library() {
    // A machine that has a driver cannot hide it from the loader.
    if Path::new("/dev/nvidiactl").exists() {
        return;
    }
    refuses("none", None, "libcuda was not found");
}

#[test]
fn a_library_without_functions() {
    refuses("empty", Some("int unrelated;\n"), "has no cu");
}

#[test]
fn the_toolkits_stub() {
    refuses("stub", Some(&library(34, "")), "stub");
}

#[test]
fn no_card() {
    refuses("no-card", Some(&library(100, "")), "no card");
    refuses("no-cards", Some(&library(0, VERSION_12)), "no card");
}

const VERSION_12: &str = "int cuDriverGetVersion(int *version) { *version = 12000; return 0; }\n\
    int cuDeviceGetCount(int *count) { *count = 0; return 0; }\n";

#[test]
fn an_old_driver() {
    let old = "int cuDriverGetVersion(int *version) { *version = 11080; return 0; }\n";
    refuses("old", Some(&library(0, old)), "11.8");
}

#[test]
fn a_driver_that_fails() {
    refuses("broken", Some(&library(999, "")), "UNKNOWN");
}
