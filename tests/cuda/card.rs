//! The card that the tests run on: a real one if there is one, else the interpreter of `tests/ptx-sim`, which is loaded as
//! libcuda before anyone asks for a driver. `BELTRAMI_CUDA=real` or `=sim` decides otherwise.

use beltrami::Device;
use std::path::Path;
use std::sync::OnceLock;

/// Card 0.
pub fn card() -> Device {
    prepare();
    Device::cuda(0).unwrap_or_else(|e| panic!("{e}"))
}

/// Card 1, if there is one; the interpreter has two.
pub fn second_card() -> Option<Device> {
    prepare();
    Device::cuda(1).ok()
}

/// Whether the tests run on a real card.
pub fn is_real() -> bool {
    match std::env::var("BELTRAMI_CUDA").as_deref() {
        Ok("real") => true,
        Ok("sim") => false,
        Ok(other) => panic!("BELTRAMI_CUDA={other}; set it to real or sim"),
        Err(_) => Path::new("/dev/nvidiactl").exists(),
    }
}

fn prepare() {
    static READY: OnceLock<()> = OnceLock::new();
    READY.get_or_init(|| {
        if !is_real() {
            cuda::install_with(&[("CUSIM_DEVICES", "2")]).expect("cargo has built the interpreter");
        }
    });
}
