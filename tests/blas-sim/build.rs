//! A program that asks the loader for `libcublas.so` must be given this one once it is loaded.

fn main() {
    println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libcublas.so");
    println!("cargo::rerun-if-changed=build.rs");
}
