//! Functions by name, for programs that ask the driver instead of the loader.

use super::abi::{Out, Outcome, Text, api};
use super::status::Status;
use super::{
    allocation, capture, context, device, event, graph, host, launch, managed, missing, module, occupancy, pool,
    status, stream, transfer,
};

/// In each file the functions that it defines.
const FILES: &[fn(&str) -> Option<*const ()>] = &[
    allocation::address,
    capture::address,
    context::address,
    device::address,
    event::address,
    graph::address,
    host::address,
    launch::address,
    managed::address,
    missing::address,
    module::address,
    occupancy::address,
    pool::address,
    status::address,
    stream::address,
    transfer::address,
    address,
];

/// `CU_GET_PROC_ADDRESS_SUCCESS` and `..._SYMBOL_NOT_FOUND`.
const FOUND: i32 = 0;
const MISSING: i32 = 1;

/// The newest version of a function: programs ask for `cuMemAlloc` and mean `cuMemAlloc_v2`.
fn find(name: &str) -> Option<*const ()> {
    let names = ["_v4", "_v3", "_v2", ""].map(|version| format!("{name}{version}"));
    names.iter().find_map(|name| FILES.iter().find_map(|file| file(name)))
}

fn get(name: Text, function: Out<*const ()>, status: Out<i32>) -> Outcome {
    let found = find(name.str()?);
    status.offer(if found.is_some() { FOUND } else { MISSING });
    function.set(found.unwrap_or(std::ptr::null()))?;
    found.map(drop).ok_or(Status::NotFound)
}

api! {
    fn cuGetProcAddress(name: Text, function: Out<*const ()>, _version: i32, _flags: u64) {
        get(name, function, Out::none())
    }

    fn cuGetProcAddress_v2(name: Text, function: Out<*const ()>, _version: i32, _flags: u64, status: Out<i32>) {
        get(name, function, status)
    }
}
