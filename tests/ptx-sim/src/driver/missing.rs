//! What this device does not have, although bindings name it: the answer is `NotSupported`, not a missing symbol.

use super::abi::api;
use super::status::Status;

api! {
    fn cuImportExternalMemory(_memory: usize, _description: usize) {
        Err(Status::NotSupported)
    }

    fn cuExternalMemoryGetMappedBuffer(_address: usize, _memory: usize, _description: usize) {
        Err(Status::NotSupported)
    }

    fn cuDestroyExternalMemory(_memory: usize) {
        Err(Status::NotSupported)
    }

    fn cuOccupancyMaxActiveClusters(_clusters: usize, _function: usize, _config: usize) {
        Err(Status::NotSupported)
    }

    fn cuOccupancyMaxPotentialClusterSize(_size: usize, _function: usize, _config: usize) {
        Err(Status::NotSupported)
    }
}
