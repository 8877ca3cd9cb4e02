//! Capture: work that goes into a graph instead of a stream's line.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use super::abi::{Out, Outcome, api};
use super::graph;
use super::guard::lock;
use super::status::Status;
use super::stream::{Stream, stream};
use super::work::Work;

/// A recording in progress.
pub(super) struct Capture {
    id: u64,
    /// The stream that began it.
    origin: usize,
    nodes: Mutex<Vec<Recording>>,
    /// All streams that take part.
    members: Mutex<Vec<Arc<Stream>>>,
    /// Allocations made meanwhile: they belong to the graph.
    blocks: Mutex<Vec<u64>>,
}

/// A node as it is recorded: its work, and the nodes before it by number.
pub(super) struct Recording {
    pub work: Work,
    pub after: Vec<usize>,
}

/// Where a stream stands in a capture: the next node comes after these.
#[derive(Clone)]
pub(super) struct Point {
    capture: Arc<Capture>,
    after: Vec<usize>,
}

static NEXT: AtomicU64 = AtomicU64::new(1);

/// Records work of a stream that takes part in a capture.
pub(super) fn add(stream: &Stream, work: Work) -> Outcome {
    let mut point = lock(&stream.capture);
    let point = point.as_mut().ok_or(Status::IllegalState)?;
    let mut nodes = lock(&point.capture.nodes);
    let node = nodes.len();
    nodes.push(Recording { work, after: std::mem::replace(&mut point.after, vec![node]) });
    Ok(())
}

/// Lets a stream wait for a captured event, by which it takes part in that capture.
pub(super) fn join(stream: &Arc<Stream>, event: &Point) -> Outcome {
    let mut point = lock(&stream.capture);
    match point.as_mut() {
        Some(point) if point.capture.id != event.capture.id => return Err(Status::CaptureMerge),
        Some(point) => {
            let new = event.after.iter().filter(|node| !point.after.contains(node)).copied().collect::<Vec<_>>();
            point.after.extend(new);
        }
        None => {
            lock(&event.capture.members).push(stream.clone());
            *point = Some(event.clone());
        }
    }
    Ok(())
}

/// Gives an allocation to the graph that a stream records.
pub(super) fn own(stream: &Stream, address: u64) {
    if let Some(point) = lock(&stream.capture).as_ref() {
        lock(&point.capture.blocks).push(address);
    }
}

/// Whether an allocation belongs to the graph that a stream records.
pub(super) fn owns(stream: &Stream, address: u64) -> bool {
    lock(&stream.capture).as_ref().is_some_and(|point| lock(&point.capture.blocks).contains(&address))
}

/// Ends a capture. Every branch must have come back to the stream that began it.
fn end(stream: &Stream) -> Result<usize, Status> {
    let point = lock(&stream.capture).clone().ok_or(Status::IllegalState)?;
    let Point { capture, after } = point;
    if capture.origin != stream.handle {
        return Err(Status::CaptureUnmatched);
    }
    for member in lock(&capture.members).drain(..) {
        *lock(&member.capture) = None;
    }
    let nodes = std::mem::take(&mut *lock(&capture.nodes));
    let blocks = graph::Blocks::new(std::mem::take(&mut *lock(&capture.blocks)));
    let is_last = |node: &usize| !nodes.iter().any(|other| other.after.contains(node));
    if (0..nodes.len()).filter(is_last).any(|node| !after.contains(&node)) {
        return Err(Status::CaptureUnjoined);
    }
    Ok(graph::add(nodes, blocks))
}

api! {
    fn cuStreamBeginCapture_v2(handle: usize, _mode: i32) {
        let origin = stream(handle)?;
        if origin.is_default() {
            return Err(Status::CaptureUnsupported);
        }
        let mut point = lock(&origin.capture);
        if point.is_some() {
            return Err(Status::IllegalState);
        }
        let capture = Arc::new(Capture {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            origin: origin.handle,
            nodes: Mutex::default(),
            members: Mutex::new(vec![origin.clone()]),
            blocks: Mutex::default(),
        });
        *point = Some(Point { capture, after: Vec::new() });
        Ok(())
    }

    fn cuStreamEndCapture(handle: usize, graph: Out<usize>) {
        graph.set(end(stream(handle)?.as_ref())?)
    }

    fn cuStreamIsCapturing(handle: usize, status: Out<i32>) {
        status.set(i32::from(stream(handle)?.is_capturing()))
    }

    fn cuStreamGetCaptureInfo_v2(
        handle: usize,
        status: Out<i32>,
        id: Out<u64>,
        graph: Out<usize>,
        _nodes: Out<usize>,
        count: Out<usize>,
    ) {
        let stream = stream(handle)?;
        let point = lock(&stream.capture);
        status.set(i32::from(point.is_some()))?;
        id.offer(point.as_ref().map_or(0, |point| point.capture.id));
        // The graph has no handle before the capture ends.
        graph.offer(0);
        count.offer(0);
        Ok(())
    }
}
