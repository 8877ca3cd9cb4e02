//! Row functions as expressions: the formulas, evaluated with symbols in place of numbers.
//!
//! [`Trace`] is one more [`Evaluation`]. Its numbers are nodes of a graph, so running a row function once writes down all
//! that it computes: which terms are summed over coordinates, what is made of the sums, and what of that goes into each
//! coordinate of the results. [`cuda`] prints the graph, which is how the kernels of a device come from the same text as
//! the functions of the processor.
//!
//! What differs from row to row or from call to call must not be read as a constant. Rows hold [`place`]s, which say of
//! what argument a number is. The plain numbers of a call ([`Call::parameters`]) have a mantissa each that nothing else
//! has, and keep it when they are halved, doubled or negated; constants of any other kind are short. So every f64 that a
//! formula uses is recognised, or the trace fails.

mod cuda;
mod printer;
mod symbol;

use super::model::{Call, Kind, Model, blocks};
use super::rows::{BLOCK, Evaluation, Rows, RowsMut, Tally, in_columns};
use super::step::Step;
use super::task::Task;
use super::wide::Wide;
use crate::backend::cpu::simd::Kernel;
use symbol::{Graph, Id, Named, Node, Session, Symbol, place, placed, with};

/// The evaluation that writes down. `CAREFUL`: with the terms of series that double-double needs, and the sums that only
/// rows evaluated one by one are given.
#[derive(Clone, Copy)]
struct Trace<const SIGNED: bool, const CAREFUL: bool>;

impl<const S: bool, const C: bool> Evaluation for Trace<S, C> {
    type Number = Symbol<S, C>;
    type Coordinates = Symbol<S, C>;
    const WIDTH: usize = 1;
    const HYPERBOLIC: bool = !S;
    in_columns!(f64, 1);

    fn load(&[x]: &[f64; 1]) -> Symbol<S, C> {
        match placed(x) {
            None => Symbol::of(x),
            Some((a, i)) => {
                if i == 0 {
                    with(|s| s.whole.push(a));
                }
                Symbol::node(Node::Coordinate(a))
            }
        }
    }
    fn store(x: Symbol<S, C>, to: &mut [f64; 1]) {
        *to = [x.0 as f64];
    }
    fn totals(rows: &[Symbol<S, C>; BLOCK]) -> Symbol<S, C> {
        rows[0]
    }
    fn collect(f: impl Fn(usize) -> f64) -> Symbol<S, C> {
        match placed(f(0)) {
            None => Symbol::of(f(0)),
            Some((a, _)) => Symbol::node(Node::Head(a)),
        }
    }
    /// Less than 0, which tells heads from what [`Evaluation::store`] writes.
    fn values(x: Symbol<S, C>) -> [f64; BLOCK] {
        [-1.0 - x.0 as f64; BLOCK]
    }
    fn spread(x: &Symbol<S, C>, _: usize) -> Symbol<S, C> {
        *x
    }
    fn call<K: Kernel>(self, block: K) -> K::Output {
        block.run::<false>()
    }
    fn again<const N: usize>(
        rows: [Rows<'_, Self>; N],
        number: Symbol<S, C>,
        term: impl Fn([Symbol<S, C>; N], Symbol<S, C>) -> Symbol<S, C>,
    ) -> Option<Symbol<S, C>> {
        let last = rows.map(|row| Self::load(row.row(0).last_chunk().unwrap_or(&[0.0])));
        C.then(|| Symbol::node(Node::Sum(term(last, number).0)))
    }
}

/// What one row function does.
#[derive(Clone, Debug)]
struct Traced {
    /// Names of the parameters.
    parameters: Vec<&'static str>,
    graph: Graph,
    functions: Vec<Named>,
    /// Of each argument, cotangent included: whether its coordinates are all but the first.
    tails: Vec<bool>,
    /// Of each result.
    results: Vec<Outcome>,
    loss: Id,
    c: Id,
    t: Id,
}

/// A row of results.
#[derive(Clone, Copy, Debug)]
struct Outcome {
    /// The first coordinate, if it is apart.
    head: Option<Id>,
    /// Any other coordinate, of a row that has others.
    rest: Option<Id>,
}

/// Which function of a model.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Which {
    Forward(Kind),
    Vjp(Kind),
    /// [`Step`].
    Step,
}

/// A call whose parameters have mantissas that nothing else has.
fn call(model: Model, kind: Kind) -> Call {
    let curv = super::Curv { c: 1.238_906_715_420_331_7, t: 0.731_092_846_157_193_2 };
    let dim = if matches!(model, Model::HalfSpace | Model::Solvable) { 2 } else { 1 };
    Call { model, kind, curv, number: 1.117_350_982_461_203_5, dim }
}

/// Runs a function.
fn trace<const S: bool, const C: bool>(model: Model, which: Which) -> Traced {
    let (kind, arguments, results) = match which {
        Which::Forward(kind) => (kind, kind.inputs().len(), 1),
        Which::Vjp(kind) => (kind, kind.inputs().len() + 1, kind.inputs().len()),
        Which::Step => (Kind::Project, 4, 2),
    };
    let call = call(model, kind);
    let (names, values): (Vec<_>, Vec<_>) = call.parameters().into_iter().unzip();
    with(|s| *s = Session { parameters: values, ..Session::default() });
    let width = model.ambient(call.dim);
    let single = |a: usize, width: usize| -> Vec<f64> { (0..width).map(|i| place(a, i)).collect() };
    let args: Vec<Vec<f64>> = (0..arguments).map(|a| single(a, width)).collect();
    let rows: Vec<&[f64]> = args.iter().map(Vec::as_slice).collect();
    let mut out = vec![vec![0.0; width]; results];
    let e = Trace::<S, C>;
    let tally = match which {
        Which::Forward(_) => {
            out[0].resize(model.width(kind, call.dim), 0.0);
            call.forward_block(blocks(e, &rows, width, 0), RowsMut::at(e, &mut out[0], model.width(kind, call.dim), 0))
        }
        Which::Vjp(_) => {
            let out_width = model.width(kind, call.dim);
            let g = single(arguments - 1, out_width);
            let mut outs = out.iter_mut();
            let mut next = || RowsMut::at(e, outs.next().map_or(&mut [], Vec::as_mut_slice), width, 0);
            let outs = [next(), next(), next()];
            call.vjp_block(blocks(e, &rows[..results], width, 0), Rows::at(e, &g, out_width, 0), outs)
        }
        Which::Step => {
            let scale = single(3, 1);
            let [y, w] = &mut out[..] else { unreachable!("two rows were made") };
            let (from, to) = ([rows[0], rows[1], rows[2]], [y.as_mut_slice(), w.as_mut_slice()]);
            Step { model, curv: call.curv, max_radius: call.number, width, from, scale: &scale, to }.block(e, 0)
        }
    };
    let session = with(std::mem::take);
    let id = |x: f64| (-1.0 - x) as Id;
    let outcome = |row: &Vec<f64>| {
        let head = (row[0] < 0.0).then(|| id(row[0]));
        Outcome { head, rest: row.last().filter(|&&x| x >= 0.0).map(|&x| x as Id) }
    };
    let Tally { loss, c, t } = tally;
    Traced {
        parameters: names,
        tails: (0..arguments).map(|a| !session.whole.contains(&a)).collect(),
        graph: session.graph,
        functions: session.functions,
        results: out.iter().map(outcome).collect(),
        loss: id(loss[0]),
        c: id(c[0]),
        t: id(t[0]),
    }
}
