//! One step, fused: distances, softmax and gradients of a batch, and the new points.
//!
//! 1. Each node of the batch is visited on its own, against fixed points: in parallel.
//! 2. The gradients are added row by row, in the order of the batch: one thread, so that sums have one order.
//! 3. Each row that was touched moves along its geodesic: in parallel.

use crate::backend::cpu::Cpu;
use crate::backend::cpu::simd::{Kernel, dispatch};
use crate::backend::cpu::vmath::VectorMath;
use crate::models::chart::{Block, Chart, LANES, Table, add_scaled, combine, dot, gap2, lanes, scaled_gap, total};

/// Visits, or rows, that are handed to a thread together.
const CHUNK: usize = 8;

/// A node, its ancestors and samples, and what they add to the loss and its gradient.
#[derive(Clone, Default)]
pub(super) struct Visit {
    pub node: u32,
    /// How many of `others` are ancestors; they come first, the samples follow.
    pub ancestors: usize,
    pub others: Vec<u32>,
    /// Sum of the loss over the ancestors.
    pub loss: f64,
    distance: Vec<f64>,
    along: Vec<f64>,
    scale: Vec<f64>,
    /// along · (node − other), a row each.
    gaps: Vec<Block>,
    /// Where the gradients of `others`, then of `node`, are added up.
    slots: Vec<u32>,
}

/// The points, and buffers of which nothing outlives a step.
pub(super) struct Stepper {
    pub table: Table,
    /// Where in `touched` a node is, or NONE.
    slot: Vec<u32>,
    touched: Vec<u32>,
    /// Gradients of the touched rows; then their new points.
    rows: Vec<Block>,
    scale: Vec<f64>,
}

const NONE: u32 = u32::MAX;

impl Stepper {
    pub fn new(table: Table) -> Stepper {
        Stepper { slot: vec![NONE; table.side.len()], table, touched: vec![], rows: vec![], scale: vec![] }
    }

    /// Runs the visits (node and others given) and moves the points. Returns the sum of the loss.
    pub fn run<C: Chart>(&mut self, chart: C, visits: &mut [Visit], rate: f64, cpu: &Cpu) -> f64 {
        let table = &self.table;
        let chunks: Vec<_> = visits.chunks_mut(CHUNK).collect();
        cpu.for_each(chunks, |visits| dispatch(Visiting { chart, table, visits }));

        self.number(visits);
        let (n, blocks) = (self.touched.len(), self.table.blocks);
        self.rows.resize(n * blocks, [0.0; LANES]);
        self.scale.resize(n, 0.0);
        dispatch(Adding { visits, rows: &mut self.rows, scale: &mut self.scale, blocks });

        let table = &self.table;
        let (rows, scale) = (self.rows.chunks_mut(CHUNK * blocks), self.scale.chunks_mut(CHUNK));
        let chunks: Vec<_> = self.touched.chunks(CHUNK).zip(rows).zip(scale).collect();
        cpu.for_each(chunks, |((nodes, rows), scale)| dispatch(Moving { chart, table, rate, nodes, rows, scale }));

        for ((&node, row), &side) in self.touched.iter().zip(self.rows.chunks_exact(blocks)).zip(&self.scale) {
            let i = node as usize;
            self.table.rows[i * blocks..(i + 1) * blocks].copy_from_slice(row);
            self.table.side[i] = side;
            self.slot[i] = NONE;
        }
        visits.iter().map(|v| v.loss).sum()
    }

    /// Numbers the rows that a step touches, in the order of the visits.
    fn number(&mut self, visits: &mut [Visit]) {
        self.touched.clear();
        for visit in visits {
            visit.slots.clear();
            for &node in visit.others.iter().chain([&visit.node]) {
                let slot = &mut self.slot[node as usize];
                if *slot == NONE {
                    *slot = self.touched.len() as u32;
                    self.touched.push(node);
                }
                visit.slots.push(*slot);
            }
        }
    }
}

/// Step 2: adds up the gradient of every row, in the order of the visits.
struct Adding<'a> {
    visits: &'a [Visit],
    rows: &'a mut [Block],
    scale: &'a mut [f64],
    blocks: usize,
}

impl Kernel for Adding<'_> {
    type Output = ();

    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let Adding { visits, rows, scale, blocks } = self;
        rows.fill([0.0; LANES]);
        scale.fill(0.0);
        for visit in visits {
            let Some((&own, slots)) = visit.slots.split_last() else { continue };
            let own = own as usize;
            for ((&slot, gap), s) in slots.iter().zip(visit.gaps.chunks_exact(blocks)).zip(&visit.scale) {
                let at = slot as usize;
                add_scaled(&mut rows[own * blocks..(own + 1) * blocks], 1.0, gap);
                add_scaled(&mut rows[at * blocks..(at + 1) * blocks], -1.0, gap);
                scale[at] += s;
                scale[own] += s;
            }
        }
    }
}

/// Step 1.
struct Visiting<'a, C> {
    chart: C,
    table: &'a Table,
    visits: &'a mut [Visit],
}

impl<C: Chart> Kernel for Visiting<'_, C> {
    type Output = ();

    #[inline(always)]
    fn run<const FMA: bool>(self) {
        for visit in self.visits {
            visit.distances::<FMA, C>(self.chart, self.table);
            visit.softmax::<FMA>();
            visit.pulls(self.table);
        }
    }
}

impl Visit {
    /// Distances, and their gradients for a unit cotangent.
    #[inline(always)]
    fn distances<const FMA: bool, C: Chart>(&mut self, chart: C, table: &Table) {
        let n = self.others.len();
        // Everything is overwritten below.
        for column in [&mut self.distance, &mut self.along, &mut self.scale] {
            column.resize(n, 0.0);
        }
        let (x, side_x) = (table.row(self.node as usize), table.side[self.node as usize]);
        let (squares, sides) = (&mut self.distance[..n], &mut self.scale[..n]);
        for (j, &other) in self.others.iter().enumerate() {
            squares[j] = gap2(x, table.row(other as usize));
            sides[j] = table.side[other as usize];
        }
        let along = &mut self.along[..n];
        for j in 0..n {
            let pull = chart.pull::<FMA>(squares[j], side_x, sides[j]);
            (squares[j], along[j], sides[j]) = (pull.distance, pull.along, pull.scale);
        }
    }

    /// The parts of the gradient along the differences of points.
    #[inline(always)]
    fn pulls(&mut self, table: &Table) {
        let (x, blocks) = (table.row(self.node as usize), table.blocks);
        self.gaps.resize(self.others.len() * blocks, [0.0; LANES]);
        for ((&other, &along), gap) in self.others.iter().zip(&self.along).zip(self.gaps.chunks_exact_mut(blocks)) {
            scaled_gap(gap, along, x, table.row(other as usize));
        }
    }

    /// Turns distances into the loss's derivatives, which multiply `along` and `scale`; sets the loss.
    ///
    /// Distances are taken relative to the smallest of the samples, so nothing overflows at any curvature. With Z the
    /// samples' sum of e^−d, an ancestor at t has loss ln(1 + Z e^t) and derivative Z / (e^−t + Z).
    #[inline(always)]
    fn softmax<const FMA: bool>(&mut self) {
        let (near, far) = self.distance.split_at_mut(self.ancestors);
        let base = far.iter().fold(f64::INFINITY, |m, &d| if d < m { d } else { m });
        far.iter_mut().for_each(|d| *d = (base - *d).v_exp::<FMA>());
        let z = sum(far);
        let (mut loss, mut share) = (0.0, 0.0);
        for d in near {
            let t = *d - base;
            loss += if t > 0.0 { t + (z + (-t).exp()).ln() } else { (z * t.exp()).ln_1p() };
            let whole = (-t).exp() + z;
            share += 1.0 / whole;
            *d = z / whole;
        }
        self.loss = loss;
        far.iter_mut().for_each(|w| *w *= -share);
        for ((w, along), scale) in self.distance.iter().zip(&mut self.along).zip(&mut self.scale) {
            *along *= w;
            *scale *= w;
        }
    }
}

/// The sum of many numbers, in lanes.
#[inline(always)]
fn sum(x: &[f64]) -> f64 {
    let (blocks, rest) = x.as_chunks::<LANES>();
    let mut sums = [0.0; LANES];
    for &b in blocks {
        sums = lanes(sums, b, |s, b| s + b);
    }
    total(sums) + rest.iter().sum::<f64>()
}

/// Step 3: `rows` holds gradients and receives points, `scale` their scales and receives sides.
struct Moving<'a, C> {
    chart: C,
    table: &'a Table,
    rate: f64,
    nodes: &'a [u32],
    rows: &'a mut [Block],
    scale: &'a mut [f64],
}

impl<C: Chart> Kernel for Moving<'_, C> {
    type Output = ();

    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let Moving { chart, table, rate, nodes, rows, scale } = self;
        let blocks = table.blocks;
        let [mut xu, mut u2, mut side, mut by_x, mut by_u] = [[0.0; CHUNK]; 5];
        for (i, &node) in nodes.iter().enumerate() {
            let (x, u) = (table.row(node as usize), &mut rows[i * blocks..(i + 1) * blocks]);
            side[i] = table.side[node as usize];
            let f = -rate * chart.metric(side[i]);
            combine(u, f, f * scale[i] / side[i], x);
            (xu[i], u2[i]) = (dot(x, u), dot(u, u));
        }
        // Rows that are not there have side 0, and results that nobody reads.
        for i in 0..CHUNK {
            let m = chart.exp::<FMA>(side[i], xu[i], u2[i]);
            (by_x[i], by_u[i]) = (m.x, m.u);
        }
        let rim = chart.rim();
        for (i, &node) in nodes.iter().enumerate() {
            let (x, u) = (table.row(node as usize), &mut rows[i * blocks..(i + 1) * blocks]);
            combine(u, by_u[i], by_x[i], x);
            let norm2 = dot(u, u);
            if norm2 > rim * rim {
                let f = rim / norm2.sqrt();
                combine(u, f, 0.0, x);
            }
            scale[i] = chart.side(dot(u, u));
        }
    }
}
