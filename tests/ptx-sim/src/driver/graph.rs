//! Graphs: recorded work, to be looked at and run many times.

use std::sync::Arc;

use super::abi::{Out, Outcome, api};
use super::allocation;
use super::capture::Recording;
use super::handles::Table;
use super::launch::NodeParameters;
use super::status::Status;
use super::stream;
use super::work::Work;

/// A graph. Its nodes stand in an order that respects what each comes after.
struct Graph {
    handle: usize,
    nodes: Vec<Arc<Node>>,
    blocks: Arc<Blocks>,
}

struct Node {
    handle: usize,
    work: Work,
    after: Vec<usize>,
}

/// A graph made ready to run.
struct Executable {
    handle: usize,
    nodes: Vec<Arc<Node>>,
    _blocks: Arc<Blocks>,
}

/// Allocations that live as long as a graph and what was made of it.
pub(super) struct Blocks(Vec<u64>);

impl Blocks {
    pub fn new(addresses: Vec<u64>) -> Self {
        Blocks(addresses)
    }
}

impl Drop for Blocks {
    fn drop(&mut self) {
        for address in &self.0 {
            // The program may have freed it itself.
            let _ = allocation::free(*address);
        }
    }
}

static GRAPHS: Table<Graph> = Table::new();
static NODES: Table<Node> = Table::new();
static EXECUTABLES: Table<Executable> = Table::new();

/// `CUgraphInstantiate_flags`: free on launch and launch from the device exclude each other.
const AUTO_FREE: u64 = 1;
const DEVICE_LAUNCH: u64 = 4;

/// Makes a graph of what was recorded; its handle comes back.
pub(super) fn add(recorded: Vec<Recording>, blocks: Blocks) -> usize {
    let mut nodes: Vec<Arc<Node>> = Vec::with_capacity(recorded.len());
    for Recording { work, after } in recorded {
        let after = after.iter().map(|node| nodes[*node].handle).collect();
        nodes.push(NODES.add(|handle| Node { handle, work, after }));
    }
    GRAPHS.add(|handle| Graph { handle, nodes, blocks: Arc::new(blocks) }).handle
}

/// `CUgraphNodeType`.
fn kind(work: &Work) -> i32 {
    match work {
        Work::Kernel(_) => 0,
        Work::Copy { .. } => 1,
        Work::Fill { .. } => 2,
        Work::Host(_) => 3,
        Work::Order => 5,
        Work::Record(_) => 7,
        Work::Free(_) => 11,
    }
}

/// The two calls of a listing: without an array the count, with one as many as there is room for.
fn list(values: &[usize], to: Out<usize>, count: Out<usize>) -> Outcome {
    let room = if to.is_null() { 0 } else { count.get()? };
    count.set(to.fill(values, room))
}

fn kernel_parameters(handle: usize, parameters: Out<NodeParameters>) -> Outcome {
    match &NODES.get(handle)?.work {
        Work::Kernel(launch) => parameters.set(launch.node_parameters()),
        _ => Err(Status::InvalidValue),
    }
}

api! {
    fn cuGraphGetNodes(handle: usize, nodes: Out<usize>, count: Out<usize>) {
        let graph = GRAPHS.get(handle)?;
        let handles: Vec<usize> = graph.nodes.iter().map(|node| node.handle).collect();
        list(&handles, nodes, count)
    }

    fn cuGraphGetEdges(handle: usize, from: Out<usize>, to: Out<usize>, count: Out<usize>) {
        let graph = GRAPHS.get(handle)?;
        let edges = graph.nodes.iter().flat_map(|node| node.after.iter().map(|before| (*before, node.handle)));
        let (before, behind): (Vec<usize>, Vec<usize>) = edges.unzip();
        let room = if to.is_null() { 0 } else { count.get()? };
        to.fill(&behind, room);
        list(&before, from, count)
    }

    fn cuGraphNodeGetType(handle: usize, found: Out<i32>) {
        found.set(kind(&NODES.get(handle)?.work))
    }

    fn cuGraphKernelNodeGetParams(handle: usize, parameters: Out<NodeParameters>) {
        kernel_parameters(handle, parameters)
    }

    fn cuGraphKernelNodeGetParams_v2(handle: usize, parameters: Out<NodeParameters>) {
        kernel_parameters(handle, parameters)
    }

    fn cuGraphInstantiateWithFlags(made: Out<usize>, handle: usize, flags: u64) {
        let graph = GRAPHS.get(handle)?;
        if flags & AUTO_FREE != 0 && flags & DEVICE_LAUNCH != 0 {
            return Err(Status::InvalidValue);
        }
        let (nodes, _blocks) = (graph.nodes.clone(), graph.blocks.clone());
        made.set(EXECUTABLES.add(|handle| Executable { handle, nodes, _blocks }).handle)
    }

    fn cuGraphUpload(handle: usize, on: usize) {
        EXECUTABLES.get(handle)?;
        stream::stream(on).map(drop)
    }

    fn cuGraphLaunch(handle: usize, on: usize) {
        let executable = EXECUTABLES.get(handle)?;
        executable.nodes.iter().try_for_each(|node| stream::submit(on, node.work.clone()))
    }

    fn cuGraphDestroy(handle: usize) {
        let graph = GRAPHS.remove(handle)?;
        graph.nodes.iter().try_for_each(|node| NODES.remove(node.handle).map(drop))
    }

    fn cuGraphExecDestroy(handle: usize) {
        EXECUTABLES.remove(handle).map(drop)
    }
}
