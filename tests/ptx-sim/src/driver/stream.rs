//! Streams: lines of work within a context.

use std::sync::{Arc, Mutex};

use super::abi::{Callback, HostPtr, Out, Outcome, api};
use super::capture::{self, Point};
use super::context::{Context, current};
use super::event::{self, Recorded};
use super::guard::lock;
use super::handles::Table;
use super::queue::{self, Line};
use super::status::Status;
use super::work::Work;

/// A stream.
pub(super) struct Stream {
    pub handle: usize,
    pub context: Arc<Context>,
    kind: Kind,
    /// Whether it and the default stream wait for each other.
    pub blocking: bool,
    flags: u32,
    priority: i32,
    pub line: Line,
    /// Where the capture stands that this stream takes part in.
    pub capture: Mutex<Option<Point>>,
}

#[derive(PartialEq)]
enum Kind {
    Default,
    Created,
}

static STREAMS: Table<Stream> = Table::new();

/// `CU_STREAM_NON_BLOCKING`.
const NON_BLOCKING: u32 = 1;
/// `CU_STREAM_LEGACY` and `CU_STREAM_PER_THREAD` as handles; both, and null, mean the default stream here.
const LEGACY: usize = 1;
const PER_THREAD: usize = 2;

impl Stream {
    pub fn is_default(&self) -> bool {
        self.kind == Kind::Default
    }

    pub fn is_capturing(&self) -> bool {
        lock(&self.capture).is_some()
    }
}

fn add(context: &Arc<Context>, kind: Kind, flags: u32, priority: i32) -> Arc<Stream> {
    STREAMS.add(|handle| Stream {
        handle,
        context: context.clone(),
        blocking: kind == Kind::Created && flags & NON_BLOCKING == 0,
        kind,
        flags,
        priority,
        line: Line::default(),
        capture: Mutex::default(),
    })
}

/// Gives a new context its default stream.
pub(super) fn add_default(context: &Arc<Context>) {
    add(context, Kind::Default, 0, 0);
}

/// Drops all streams of a context.
pub(super) fn forget(context: &Context) {
    STREAMS.remove_all(|stream| stream.context.handle == context.handle);
}

/// The streams of a context, in the order in which they were made.
pub(super) fn of(context: usize) -> Vec<Arc<Stream>> {
    STREAMS.all(|stream| stream.context.handle == context)
}

/// The streams of a context with which its default stream keeps order.
pub(super) fn blocking(context: usize) -> Vec<Arc<Stream>> {
    STREAMS.all(|stream| stream.context.handle == context && stream.blocking)
}

/// The default stream of a context; none once the context is destroyed.
pub(super) fn default(context: &Context) -> Option<Arc<Stream>> {
    STREAMS.all(|stream| stream.context.handle == context.handle && stream.is_default()).into_iter().next()
}

/// The stream of a handle.
pub(super) fn stream(handle: usize) -> Result<Arc<Stream>, Status> {
    let context = current()?;
    match handle {
        0 | LEGACY | PER_THREAD => default(&context).ok_or(Status::InvalidContext),
        _ => STREAMS.get(handle),
    }
}

/// Gives work to a stream, or to the graph that the stream is recording.
pub(super) fn submit(handle: usize, work: Work) -> Outcome {
    let stream = stream(handle)?;
    if stream.is_capturing() { capture::add(&stream, work) } else { queue::submit(&stream, work, Vec::new()) }
}

/// Runs all that was submitted to a stream. Not allowed while it records.
pub(super) fn synchronize(stream: &Arc<Stream>) -> Outcome {
    if stream.is_capturing() {
        return Err(Status::CaptureUnsupported);
    }
    queue::run(&queue::end(stream))
}

/// Does work on the default stream, now.
pub(super) fn submit_and_wait(work: Work) -> Outcome {
    submit(0, work)?;
    synchronize(&stream(0)?)
}

/// Runs all work of a context.
pub(super) fn synchronize_context(context: &Context) -> Outcome {
    queue::run_context(context)
}

api! {
    fn cuStreamCreate(made: Out<usize>, flags: u32) {
        made.set(add(&current()?, Kind::Created, flags, 0).handle)
    }

    fn cuStreamCreateWithPriority(made: Out<usize>, flags: u32, priority: i32) {
        made.set(add(&current()?, Kind::Created, flags, priority.clamp(-5, 0)).handle)
    }

    fn cuStreamDestroy_v2(handle: usize) {
        current()?;
        let destroyed = STREAMS.remove(handle)?;
        queue::run(&queue::end(&destroyed))
    }

    fn cuStreamSynchronize(handle: usize) {
        synchronize(&stream(handle)?)
    }

    /// Pending work is run, so that a loop of queries ends; that it was pending is still the answer.
    fn cuStreamQuery(handle: usize) {
        let stream = stream(handle)?;
        let pending = !queue::is_done(&queue::end(&stream));
        synchronize(&stream)?;
        if pending { Err(Status::NotReady) } else { Ok(()) }
    }

    fn cuStreamWaitEvent(handle: usize, waited: usize, _flags: u32) {
        let stream = stream(handle)?;
        match event::recorded(waited)? {
            Recorded::Never => Ok(()),
            Recorded::At(_) if stream.is_capturing() => Err(Status::CaptureIsolation),
            Recorded::At(mark) => queue::submit(&stream, Work::Order, vec![mark]),
            Recorded::Captured(point) => capture::join(&stream, &point),
        }
    }

    fn cuStreamGetFlags(handle: usize, flags: Out<u32>) {
        flags.set(stream(handle)?.flags)
    }

    fn cuStreamGetPriority(handle: usize, priority: Out<i32>) {
        priority.set(stream(handle)?.priority)
    }

    fn cuStreamGetCtx(handle: usize, context: Out<usize>) {
        context.set(stream(handle)?.context.handle)
    }

    fn cuLaunchHostFunc(handle: usize, function: Option<unsafe extern "C" fn(HostPtr)>, data: HostPtr) {
        let function = function.ok_or(Status::InvalidValue)?;
        submit(handle, Work::Host(Callback { function, data }))
    }
}
