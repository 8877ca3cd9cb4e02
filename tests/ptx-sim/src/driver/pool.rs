//! Memory pools. All pools of a device draw on its one memory and hold nothing back: what matters to a program is that
//! the calls exist and that the figures of use are true.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use super::abi::{Out, Outcome, api};
use super::device::{device, devices};
use super::guard::lock;
use super::handles::Table;
use super::status::Status;

struct Pool {
    handle: usize,
    device: i32,
    /// `CUmemPool_attribute` to what the program set.
    set: Mutex<BTreeMap<i32, u64>>,
}

static POOLS: Table<Pool> = Table::new();

/// The default and the present pool of each device.
static CHOSEN: Mutex<BTreeMap<i32, (Arc<Pool>, usize)>> = Mutex::new(BTreeMap::new());

/// Attributes 1 to 3 are switches (`int`), 4 the release threshold, 5 to 8 figures (`cuuint64_t`).
const SWITCHES: std::ops::RangeInclusive<i32> = 1..=3;
const RELEASE_THRESHOLD: i32 = 4;
const FIGURES: std::ops::RangeInclusive<i32> = 5..=8;

fn add(device: i32) -> Arc<Pool> {
    POOLS.add(|handle| Pool { handle, device, set: Mutex::default() })
}

/// (default, present) pool of a device.
fn chosen(ordinal: i32) -> Result<(usize, usize), Status> {
    device(ordinal)?;
    let mut chosen = lock(&CHOSEN);
    let (default, present) = chosen.entry(ordinal).or_insert_with(|| {
        let pool = add(ordinal);
        let handle = pool.handle;
        (pool, handle)
    });
    Ok((default.handle, *present))
}

/// Whether a handle is of a pool.
pub(super) fn check(handle: usize) -> Outcome {
    POOLS.get(handle).map(drop)
}

/// The head of `CUmemPoolProps`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Properties {
    allocation: i32,
    handles: i32,
    location: i32,
    device: i32,
}

api! {
    fn cuDeviceGetDefaultMemPool(pool: Out<usize>, ordinal: i32) {
        pool.set(chosen(ordinal)?.0)
    }

    fn cuDeviceGetMemPool(pool: Out<usize>, ordinal: i32) {
        pool.set(chosen(ordinal)?.1)
    }

    fn cuDeviceSetMemPool(ordinal: i32, pool: usize) {
        chosen(ordinal)?;
        check(pool)?;
        if let Some((_, present)) = lock(&CHOSEN).get_mut(&ordinal) {
            *present = pool;
        }
        Ok(())
    }

    fn cuMemPoolCreate(made: Out<usize>, properties: Out<Properties>) {
        let ordinal = properties.get()?.device;
        device(ordinal)?;
        made.set(add(ordinal).handle)
    }

    fn cuMemPoolDestroy(pool: usize) {
        POOLS.remove(pool).map(drop)
    }

    fn cuMemPoolTrimTo(pool: usize, _keep: usize) {
        check(pool)
    }

    fn cuMemPoolSetAttribute(pool: usize, attribute: i32, value: Out<u64>) {
        let pool = POOLS.get(pool)?;
        let given = match attribute {
            RELEASE_THRESHOLD => value.get()?,
            _ if SWITCHES.contains(&attribute) => u64::from(value.cast::<u32>().get()?),
            // The high water marks may be set to zero.
            _ if FIGURES.contains(&attribute) && value.get()? == 0 => return Ok(()),
            _ => return Err(Status::InvalidValue),
        };
        lock(&pool.set).insert(attribute, given);
        Ok(())
    }

    fn cuMemPoolGetAttribute(pool: usize, attribute: i32, value: Out<u64>) {
        let pool = POOLS.get(pool)?;
        if FIGURES.contains(&attribute) {
            let (free, total) = devices()[pool.device as usize].memory.info();
            return value.set(total - free);
        }
        let set = lock(&pool.set).get(&attribute).copied();
        match attribute {
            RELEASE_THRESHOLD => value.set(set.unwrap_or(0)),
            _ if SWITCHES.contains(&attribute) => value.cast::<u32>().set(set.unwrap_or(1) as u32),
            _ => Err(Status::InvalidValue),
        }
    }
}
