//! The devices: how many, what they are, their memories.

use std::ffi::c_char;
use std::sync::OnceLock;

use super::abi::{Out, api};
use super::settings::settings;
use super::status::Status;
use crate::Memory;

/// A device: its memory lies in a range of addresses of its own, so that a kernel which gets a pointer of another device
/// faults.
pub(super) struct Device {
    pub memory: Memory,
}

/// All devices.
pub(super) fn devices() -> &'static [Device] {
    static DEVICES: OnceLock<Vec<Device>> = OnceLock::new();
    DEVICES.get_or_init(|| {
        let memory = |ordinal| Memory::starting_at((ordinal + 1) << 40, settings().memory);
        (0..settings().devices as u64).map(|ordinal| Device { memory: memory(ordinal) }).collect()
    })
}

/// The device of that number, or `InvalidDevice`.
pub(super) fn device(ordinal: i32) -> Result<&'static Device, Status> {
    usize::try_from(ordinal).ok().and_then(|index| devices().get(index)).ok_or(Status::InvalidDevice)
}

/// The memory in which an address lies, or `InvalidValue` where it lies in no allocation of any device.
pub(super) fn memory_of(address: u64) -> Result<&'static Memory, Status> {
    let holds = |device: &&Device| device.memory.allocation(address).is_ok();
    devices().iter().find(holds).map(|device| &device.memory).ok_or(Status::InvalidValue)
}

pub(super) const WARP: u32 = 32;
pub(super) const MAX_THREADS: u32 = 1024;
pub(super) const MAX_BLOCK: [u32; 3] = [1024, 1024, 64];
pub(super) const MAX_GRID: [u32; 3] = [i32::MAX as u32, 65535, 65535];
/// Shared memory of a block: without and with the opt-in of the function attribute.
pub(super) const SHARED: u32 = 48 << 10;
pub(super) const SHARED_OPT_IN: u32 = 227 << 10;
pub(super) const SHARED_OF_PROCESSOR: u32 = 228 << 10;
pub(super) const REGISTERS: u32 = 65536;
pub(super) const PROCESSORS: u32 = 132;
pub(super) const THREADS_OF_PROCESSOR: u32 = 2048;
pub(super) const BLOCKS_OF_PROCESSOR: u32 = 32;

/// `CUdevice_attribute` by number; those not named here are 0. The figures are those of an H100, on which nothing here
/// depends: there is no model of time.
fn attribute(number: i32) -> i32 {
    let capability = settings().capability;
    let value = match number {
        1 => MAX_THREADS,
        2..=4 => MAX_BLOCK[number as usize - 2],
        5..=7 => MAX_GRID[number as usize - 5],
        8 => SHARED,
        9 => 64 << 10, // constant memory
        10 => WARP,
        11 => i32::MAX as u32, // pitch
        12 | 82 => REGISTERS,
        13 => 1_980_000, // clock, kHz
        15 => 1,         // copies overlap kernels
        16 => PROCESSORS,
        19 => 1,         // maps host memory
        31 => 1,         // concurrent kernels
        33 => 1,         // PCI bus
        36 => 2_619_000, // memory clock, kHz
        37 => 5120,      // bus width, bits
        38 => 50 << 20,  // L2
        39 => THREADS_OF_PROCESSOR,
        40 => 3, // copy engines
        41 => 1, // one address space
        75 => capability as u32 / 10,
        76 => capability as u32 % 10,
        78 => 1, // stream priorities
        81 => SHARED_OF_PROCESSOR,
        83 => 1, // managed memory
        95 => 1, // cooperative launch
        97 => SHARED_OPT_IN,
        99 => 1, // host memory can be registered
        106 => BLOCKS_OF_PROCESSOR,
        111 => 1 << 10, // shared memory that the system takes of each block
        115 => 1,       // memory pools
        _ => 0,
    };
    value as i32
}

api! {
    fn cuInit(_flags: u32) {
        if devices().is_empty() { Err(Status::NoDevice) } else { Ok(()) }
    }

    fn cuDriverGetVersion(version: Out<i32>) {
        version.set(12000)
    }

    fn cuDeviceGetCount(count: Out<i32>) {
        count.set(devices().len() as i32)
    }

    fn cuDeviceGet(found: Out<i32>, ordinal: i32) {
        device(ordinal)?;
        found.set(ordinal)
    }

    fn cuDeviceGetName(name: Out<c_char>, room: i32, ordinal: i32) {
        device(ordinal)?;
        let text = format!("PTX interpreter {ordinal}");
        let room = usize::try_from(room).ok().filter(|room| *room > 0).ok_or(Status::InvalidValue)?;
        let mut bytes: Vec<c_char> = text.bytes().take(room - 1).map(|byte| byte as c_char).collect();
        bytes.push(0);
        name.fill(&bytes, room);
        Ok(())
    }

    fn cuDeviceGetUuid(uuid: Out<[u8; 16]>, ordinal: i32) {
        device(ordinal)?;
        uuid.set([ordinal as u8 + 1; 16])
    }

    fn cuDeviceGetUuid_v2(uuid: Out<[u8; 16]>, ordinal: i32) {
        device(ordinal)?;
        uuid.set([ordinal as u8 + 1; 16])
    }

    fn cuDeviceTotalMem_v2(bytes: Out<usize>, ordinal: i32) {
        bytes.set(device(ordinal)?.memory.info().1 as usize)
    }

    fn cuDeviceGetAttribute(value: Out<i32>, number: i32, ordinal: i32) {
        device(ordinal)?;
        value.set(attribute(number))
    }

    /// Devices reach each other's memory through copies only.
    fn cuDeviceCanAccessPeer(can: Out<i32>, ordinal: i32, peer: i32) {
        device(ordinal)?;
        device(peer)?;
        can.set(0)
    }
}
