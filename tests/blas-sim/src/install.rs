//! How a test program gets this library: as it gets the driver of ptx-sim, which goes first. The program links the Rust
//! library, which loads the `libcublas.so` that cargo built beside the program; by its SONAME the loader then gives that one
//! to everyone who asks for cuBLAS.

use std::path::PathBuf;
use std::sync::OnceLock;

use libloading::os::unix::{Library, RTLD_GLOBAL, RTLD_NOW};

const NAME: &str = "libcublas.so";

/// The loaded library.
pub struct Blas {
    products: extern "C" fn() -> u64,
    _library: Library,
}

impl Blas {
    /// How many calls of a product this thread has made, of one matrix or a batch, that were not refused.
    pub fn products(&self) -> u64 {
        (self.products)()
    }
}

/// Where cargo put `libcublas.so`: beside the program, above it or in `deps` beside it.
fn library() -> Option<PathBuf> {
    let program = std::env::current_exe().ok()?;
    let beside = program.parent()?;
    let places = [beside.to_path_buf(), beside.join("deps"), beside.join("../deps"), beside.join("..")];
    places.iter().map(|place| place.join(NAME)).find(|path| path.is_file())
}

/// Loads the library, once for the process. Call it before the first product; the message says what is missing.
pub fn install() -> Result<&'static Blas, String> {
    static BLAS: OnceLock<Result<Blas, String>> = OnceLock::new();
    BLAS.get_or_init(load).as_ref().map_err(Clone::clone)
}

fn load() -> Result<Blas, String> {
    let path = library().ok_or("no libcublas.so of blas-sim beside the program: build it")?;
    let failed = |error: libloading::Error| format!("{}: {error}", path.display());
    // SAFETY: loading runs no code of ours, and the symbol has the type of its definition in `calls`.
    unsafe {
        let library = Library::open(Some(&path), RTLD_NOW | RTLD_GLOBAL).map_err(failed)?;
        Ok(Blas { products: *library.get(b"blassim_products\0").map_err(failed)?, _library: library })
    }
}
