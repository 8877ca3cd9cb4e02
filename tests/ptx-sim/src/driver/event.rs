//! Events: marks in the lines of streams, with the time at which they were reached.

use std::sync::Mutex;
use std::time::Instant;

use super::abi::{Out, Outcome, api};
use super::capture::Point;
use super::context::{Context, current};
use super::guard::lock;
use super::handles::Table;
use super::queue::{self, Mark};
use super::status::Status;
use super::stream;
use super::work::Work;

/// An event.
pub(super) struct Event {
    handle: usize,
    context: usize,
    timed: bool,
    recorded: Mutex<Recorded>,
    pub time: Mutex<Option<Instant>>,
}

/// Where an event was recorded last.
#[derive(Clone)]
pub(super) enum Recorded {
    Never,
    At(Mark),
    /// In a stream that was recording a graph.
    Captured(Point),
}

static EVENTS: Table<Event> = Table::new();

/// `CU_EVENT_DISABLE_TIMING`.
const DISABLE_TIMING: u32 = 2;

/// Drops all events of a context.
pub(super) fn forget(context: &Context) {
    EVENTS.remove_all(|event| event.context == context.handle);
}

pub(super) fn recorded(handle: usize) -> Result<Recorded, Status> {
    Ok(lock(&EVENTS.get(handle)?.recorded).clone())
}

fn record(handle: usize, stream: usize) -> Outcome {
    let event = EVENTS.get(handle)?;
    let stream = stream::stream(stream)?;
    if let Some(point) = lock(&stream.capture).clone() {
        *lock(&event.recorded) = Recorded::Captured(point);
        return Ok(());
    }
    *lock(&event.time) = None;
    queue::submit(&stream, Work::Record(event.clone()), Vec::new())?;
    *lock(&event.recorded) = Recorded::At(queue::end(&stream));
    Ok(())
}

/// The mark of an event, if it has one.
fn mark(handle: usize) -> Result<Option<Mark>, Status> {
    match recorded(handle)? {
        Recorded::Never => Ok(None),
        Recorded::At(mark) => Ok(Some(mark)),
        Recorded::Captured(_) => Err(Status::CapturedEvent),
    }
}

/// When an event with a time was reached.
fn time(handle: usize) -> Result<Instant, Status> {
    let event = EVENTS.get(handle)?;
    let mark = mark(handle)?.filter(|_| event.timed).ok_or(Status::InvalidHandle)?;
    if !queue::is_done(&mark) {
        return Err(Status::NotReady);
    }
    let time = *lock(&event.time);
    time.ok_or(Status::NotReady)
}

fn elapsed(milliseconds: Out<f32>, start: usize, end: usize) -> Outcome {
    let (start, end) = (time(start)?, time(end)?);
    let sign = if end < start { -1.0 } else { 1.0 };
    let apart = end.max(start) - end.min(start);
    milliseconds.set(sign * apart.as_secs_f32() * 1e3)
}

api! {
    fn cuEventCreate(made: Out<usize>, flags: u32) {
        let context = current()?.handle;
        let timed = flags & DISABLE_TIMING == 0;
        let recorded = Mutex::new(Recorded::Never);
        made.set(EVENTS.add(|handle| Event { handle, context, timed, recorded, time: Mutex::default() }).handle)
    }

    fn cuEventDestroy_v2(handle: usize) {
        EVENTS.remove(handle).map(drop)
    }

    fn cuEventRecord(handle: usize, stream: usize) {
        record(handle, stream)
    }

    fn cuEventRecordWithFlags(handle: usize, stream: usize, _flags: u32) {
        record(handle, stream)
    }

    /// As `cuStreamQuery`: what was pending is run.
    fn cuEventQuery(handle: usize) {
        match mark(handle)? {
            Some(mark) if !queue::is_done(&mark) => {
                queue::run(&mark)?;
                Err(Status::NotReady)
            }
            _ => Ok(()),
        }
    }

    fn cuEventSynchronize(handle: usize) {
        mark(handle)?.map_or(Ok(()), |mark| queue::run(&mark))
    }

    fn cuEventElapsedTime(milliseconds: Out<f32>, start: usize, end: usize) {
        elapsed(milliseconds, start, end)
    }

    fn cuEventElapsedTime_v2(milliseconds: Out<f32>, start: usize, end: usize) {
        elapsed(milliseconds, start, end)
    }
}
