//! The card that the tests run on: a real one if there is one, else the interpreter.

use beltrami::Device;

/// Card 0.
pub fn card() -> Device {
    Device::cuda(0).unwrap_or_else(|e| panic!("{e}"))
}

/// Card 1, if there is one.
pub fn second_card() -> Option<Device> {
    Device::cuda(1).ok()
}
