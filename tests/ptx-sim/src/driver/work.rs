//! Work: what a stream runs and what a node of a graph does.

use std::sync::Arc;
use std::time::Instant;

use super::abi::{Callback, HostPtr, Outcome};
use super::allocation;
use super::context::Context;
use super::device::memory_of;
use super::event::Event;
use super::guard::lock;
use super::launch::Launch;
use super::managed;
use super::report;
use super::status::Status;

/// One end of a copy.
#[derive(Clone)]
pub(super) enum Place {
    Device(u64),
    Host(HostPtr),
    /// Bytes taken from the host when the copy was asked for.
    Staged(Arc<[u8]>),
}

#[derive(Clone)]
pub(super) enum Work {
    Kernel(Arc<Launch>),
    Copy {
        to: Place,
        from: Place,
        bytes: usize,
    },
    Fill {
        address: u64,
        pattern: [u8; 4],
        width: usize,
        count: usize,
    },
    Host(Callback),
    Record(Arc<Event>),
    Free(u64),
    /// Only the order of what stands around it.
    Order,
}

impl Work {
    /// Does it, now.
    pub fn run(&self, context: &Context) -> Outcome {
        let shared = match self {
            Work::Kernel(_) | Work::Copy { .. } | Work::Fill { .. } => managed::send(),
            _ => None,
        };
        let outcome = self.act(context);
        if let Some(shared) = shared {
            shared.bring_back();
        }
        outcome
    }

    fn act(&self, context: &Context) -> Outcome {
        match self {
            Work::Kernel(launch) => launch.run(context),
            Work::Copy { to, from, bytes } => copy(to, from, *bytes),
            Work::Fill { address, pattern, width, count } => {
                if *count == 0 {
                    return Ok(());
                }
                let filled = memory_of(*address)?.fill(*address, &pattern[..*width], *count as u64);
                filled.map_err(|violation| report::refuse("memset", violation))
            }
            Work::Host(callback) => {
                callback.call();
                Ok(())
            }
            Work::Record(event) => {
                *lock(&event.time) = Some(Instant::now());
                Ok(())
            }
            Work::Free(address) => allocation::free(*address),
            Work::Order => Ok(()),
        }
    }
}

fn copy(to: &Place, from: &Place, bytes: usize) -> Outcome {
    if bytes == 0 {
        return Ok(());
    }
    let done = match (to, from) {
        (Place::Device(to), Place::Device(from)) => return copy_on_devices(*to, *from, bytes),
        (Place::Device(to), Place::Host(from)) => {
            from.read(bytes, |data| memory_of(*to)?.write(*to, data).map_err(refuse))?
        }
        (Place::Device(to), Place::Staged(data)) => memory_of(*to)?.write(*to, data).map_err(refuse),
        (Place::Host(to), Place::Device(from)) => {
            to.write(bytes, |data| memory_of(*from)?.read(*from, data).map_err(refuse))?
        }
        _ => Err(Status::InvalidValue),
    };
    return done;

    fn refuse(violation: crate::Violation) -> Status {
        report::refuse("copy", violation)
    }
}

/// Within a device what is not initialised stays so; between devices it arrives as zeros.
fn copy_on_devices(to: u64, from: u64, bytes: usize) -> Outcome {
    let (target, source) = (memory_of(to)?, memory_of(from)?);
    let copied = if std::ptr::eq(target, source) {
        target.copy(to, from, bytes as u64)
    } else {
        let mut data = vec![0; bytes];
        source.read(from, &mut data).and_then(|()| target.write(to, &data))
    };
    copied.map_err(|violation| report::refuse("copy", violation))
}
