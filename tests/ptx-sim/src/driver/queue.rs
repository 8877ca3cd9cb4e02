//! The order of work. Each stream is a line of entries; an entry may also wait for entries of other streams.
//!
//! Without `CUSIM_LAZY` an entry runs as soon as it is submitted, on the thread that submits it. With it, entries wait
//! until a result is asked for, and then run only as far as that result needs: work whose order the program has not
//! asked for by a stream or an event really comes late, and what reads its result sees the old bytes.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use super::abi::Outcome;
use super::context::Context;
use super::guard::lock;
use super::settings::settings;
use super::stream::{self, Stream};
use super::work::Work;

/// Where an entry stands: later entries have larger tickets, over all streams.
pub(super) type Ticket = u64;

static NEXT: AtomicU64 = AtomicU64::new(1);

/// A place in a line: all entries of the stream up to that ticket.
#[derive(Clone)]
pub(super) struct Mark {
    pub stream: Arc<Stream>,
    pub ticket: Ticket,
}

struct Entry {
    ticket: Ticket,
    after: Vec<Mark>,
    work: Work,
}

/// The line of a stream.
#[derive(Default)]
pub(super) struct Line {
    entries: Mutex<VecDeque<Entry>>,
    last: AtomicU64,
    done: AtomicU64,
    /// Held while an entry runs.
    running: Mutex<()>,
}

impl Line {
    fn is_done(&self, ticket: Ticket) -> bool {
        self.done.load(Ordering::Acquire) >= ticket
    }
}

/// A mark at the present end of a stream's line.
pub(super) fn end(stream: &Arc<Stream>) -> Mark {
    Mark { stream: stream.clone(), ticket: stream.line.last.load(Ordering::Acquire) }
}

/// Whether everything up to the mark has run.
pub(super) fn is_done(mark: &Mark) -> bool {
    mark.stream.line.is_done(mark.ticket)
}

/// Puts work at the end of a stream's line, behind the marks, and behind what the rules of the default stream say.
pub(super) fn submit(stream: &Arc<Stream>, work: Work, mut after: Vec<Mark>) -> Outcome {
    after.extend(implied(stream));
    after.retain(|mark| !is_done(mark));
    let ticket = {
        let mut entries = lock(&stream.line.entries);
        let ticket = NEXT.fetch_add(1, Ordering::Relaxed);
        entries.push_back(Entry { ticket, after, work });
        stream.line.last.store(ticket, Ordering::Release);
        ticket
    };
    if settings().lazy { Ok(()) } else { run(&Mark { stream: stream.clone(), ticket }) }
}

/// The default stream waits for every blocking stream of its context, and they for it (CUDA driver API, "Stream
/// synchronization behavior", legacy default stream).
fn implied(stream: &Arc<Stream>) -> Vec<Mark> {
    if stream.is_default() {
        stream::blocking(stream.context.handle).iter().map(end).collect()
    } else if stream.blocking {
        stream::default(&stream.context).iter().map(end).collect()
    } else {
        Vec::new()
    }
}

/// Runs a stream up to a mark, and before each entry what that waits for. The first error ends the run; its entry counts
/// as done.
///
/// Marks of an entry have smaller tickets than the entry, and no line is held while others are run, so that two threads
/// never wait for each other.
pub(super) fn run(mark: &Mark) -> Outcome {
    let line = &mark.stream.line;
    while !line.is_done(mark.ticket) {
        let head = lock(&line.entries).front().map(|entry| (entry.ticket, entry.after.clone()));
        let Some((ticket, after)) = head else { break };
        for earlier in &after {
            run(earlier)?;
        }
        let running = lock(&line.running);
        let work = lock(&line.entries).front().filter(|entry| entry.ticket == ticket).map(|entry| entry.work.clone());
        // Another thread may have run it meanwhile.
        let Some(work) = work else { continue };
        let outcome = work.run(&mark.stream.context);
        line.done.store(ticket, Ordering::Release);
        lock(&line.entries).pop_front();
        drop(running);
        outcome?;
    }
    Ok(())
}

/// Runs all work of a context; streams made last go first, since nothing but a missing dependency can tell.
pub(super) fn run_context(context: &Context) -> Outcome {
    let streams = stream::of(context.handle);
    streams.iter().rev().try_for_each(|stream| run(&end(stream)))
}
