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

use super::model::{Call, Kind, Model, blocks};
use super::rows::{BLOCK, Evaluation, Rows, RowsMut, Tally};
use super::step::Step;
use super::task::Task;
use super::wide::{Function, Parts, Wide};
use crate::backend::cpu::simd::Kernel;
use std::any::type_name;
use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// A node by its place in the graph: later ones are made of earlier ones.
type Id = usize;

/// What a number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Node {
    /// A constant, by its bits.
    Constant(u64),
    /// A number of [`Call::parameters`], times a constant.
    Parameter(usize, u64),
    /// The first coordinate of an argument.
    Head(usize),
    /// Any other coordinate of an argument.
    Coordinate(usize),
    /// The sum of such terms over all coordinates.
    Sum(Id),
    /// A function of the language that is printed.
    Operation(&'static str, [Option<Id>; 3]),
    /// `a` where x < limit, else `b`: [x, limit, a, b].
    Select([Id; 4]),
    /// A number that a function gives: which one, its argument, which part.
    Apply(usize, Id, usize),
    /// The argument of a function, in its own graph.
    Argument,
}

/// A graph; equal nodes are one.
#[derive(Clone, Debug, Default)]
struct Graph {
    nodes: Vec<Node>,
    known: HashMap<Node, Id>,
}

impl Graph {
    fn add(&mut self, node: Node) -> Id {
        *self.known.entry(node).or_insert_with(|| {
            self.nodes.push(node);
            self.nodes.len() - 1
        })
    }

    fn constant(&self, id: Id) -> Option<f64> {
        match self.nodes[id] {
            Node::Constant(bits) => Some(f64::from_bits(bits)),
            _ => None,
        }
    }
}

/// A function of [`super::scalar`] and its graph.
#[derive(Clone, Debug)]
struct Named {
    name: String,
    parts: &'static [&'static str],
    graph: Graph,
    results: Vec<Id>,
}

/// All that is known of the row function that runs.
#[derive(Default)]
struct Session {
    graph: Graph,
    functions: Vec<Named>,
    /// Values of parameters.
    parameters: Vec<f64>,
    /// Arguments that were looked at in their first coordinate as in any other.
    whole: Vec<usize>,
}

thread_local! {
    static SESSION: RefCell<Session> = RefCell::default();
}

fn with<T>(f: impl FnOnce(&mut Session) -> T) -> T {
    SESSION.with(|s| f(&mut s.borrow_mut()))
}

/// What a row of argument `a` holds as coordinate `i`.
fn place(a: usize, i: usize) -> f64 {
    (PLACES + 2 * a + i) as f64
}
const PLACES: usize = 1 << 20;

/// The argument and coordinate of a number of a row, unless it is a constant.
fn placed(x: f64) -> Option<(usize, usize)> {
    let at = (x as usize).checked_sub(PLACES)?;
    Some((at / 2, at % 2))
}

/// Mantissas of short numbers end in as many zeros, in binary or in decimal.
fn short(x: f64) -> bool {
    let decimals = format!("{x:e}");
    let digits = decimals.split('e').next().map_or(0, |m| m.chars().filter(char::is_ascii_digit).count());
    !x.is_finite() || digits <= 7 || x.to_bits().trailing_zeros() >= 40
}

/// A number of a trace.
#[derive(Clone, Copy, Debug)]
struct Symbol<const SIGNED: bool, const CAREFUL: bool>(Id);

impl<const S: bool, const C: bool> Symbol<S, C> {
    fn node(node: Node) -> Self {
        Symbol(with(|s| s.graph.add(node)))
    }

    fn operation<const N: usize>(name: &'static str, of: [Self; N]) -> Self {
        let mut args = [None; 3];
        args.iter_mut().zip(of).for_each(|(to, x)| *to = Some(x.0));
        Self::node(Node::Operation(name, args))
    }

    fn constant(self) -> Option<f64> {
        with(|s| s.graph.constant(self.0))
    }

    fn is(self, x: f64) -> bool {
        self.constant() == Some(x)
    }
}

impl<const S: bool, const C: bool> Wide for Symbol<S, C> {
    const TERMS: usize = if C { <super::Dd as Wide>::TERMS } else { <f64 as Wide>::TERMS };
    const SIGNED: bool = S;
    const CARE: f64 = <f64 as Wide>::CARE;

    fn of(x: f64) -> Self {
        let parameter = with(|s| {
            let same = |p: &f64| {
                let ratio = x / p;
                ratio.is_finite() && ratio != 0.0 && ratio.to_bits() << 12 == 0
            };
            s.parameters.iter().position(same).map(|i| (i, x / s.parameters[i]))
        });
        match parameter {
            Some((i, factor)) => Self::node(Node::Parameter(i, factor.to_bits())),
            None => {
                assert!(short(x), "{x:e} is neither a constant nor a parameter");
                Self::node(Node::Constant(x.to_bits()))
            }
        }
    }
    fn sqrt(self) -> Self {
        Self::operation("sqrt", [self])
    }
    fn exp(self) -> Self {
        Self::operation("exp", [self])
    }
    fn ln(self) -> Self {
        Self::operation("log", [self])
    }
    fn sin_cos(self) -> (Self, Self) {
        (Self::operation("sine", [self]), Self::operation("cosine", [self]))
    }
    fn atan2(self, x: Self) -> Self {
        Self::operation("atan2", [self, x])
    }
    fn accumulate(self, v: Self) -> Self {
        Self::node(Node::Sum(v.0))
    }
    fn below(self, _: f64) -> Option<bool> {
        None
    }
    fn if_below(self, limit: Self, a: Self, b: Self) -> Self {
        if a.0 == b.0 { a } else { Self::node(Node::Select([self.0, limit.0, a.0, b.0])) }
    }
    fn unless_zero(self, d: Self) -> Self {
        Self::operation("unless_zero", [self, d])
    }
    fn at_least_zero(self) -> Self {
        Self::operation("at_least_zero", [self])
    }
    fn larger(self, o: Self) -> Self {
        if self.0 == o.0 || o.is(0.0) { self } else { Self::operation("larger", [self, o]) }
    }

    fn apply<F: Function<Self>>(self) -> F::Output {
        // The function in a graph of its own, of an argument of its own.
        let outer = with(|s| std::mem::take(&mut s.graph));
        let output = F::at(Self::node(Node::Argument));
        let mut results = Vec::new();
        let output = output.map(|part| {
            results.push(part.0);
            part
        });
        let graph = with(|s| std::mem::replace(&mut s.graph, outer));
        let path = type_name::<F>();
        let name = path.rsplit("::").next().unwrap_or(path).to_string();
        let index = with(|s| {
            s.functions.iter().position(|f| f.name == name).unwrap_or_else(|| {
                s.functions.push(Named { name, parts: F::Output::NAMES, graph, results });
                s.functions.len() - 1
            })
        });
        let mut part = 0..;
        output.map(|_| Self::node(Node::Apply(index, self.0, part.next().unwrap_or(0))))
    }
}

impl<const S: bool, const C: bool> Neg for Symbol<S, C> {
    type Output = Self;
    fn neg(self) -> Self {
        match with(|s| s.graph.nodes[self.0]) {
            Node::Constant(bits) => Self::of(-f64::from_bits(bits)),
            Node::Operation("-", [Some(a), None, None]) => Symbol(a),
            _ => Self::operation("-", [self]),
        }
    }
}
impl<const S: bool, const C: bool> Add for Symbol<S, C> {
    type Output = Self;
    fn add(self, o: Self) -> Self {
        if o.is(0.0) {
            self
        } else if self.is(0.0) {
            o
        } else {
            Self::operation("+", [self, o])
        }
    }
}
impl<const S: bool, const C: bool> Sub for Symbol<S, C> {
    type Output = Self;
    fn sub(self, o: Self) -> Self {
        if o.is(0.0) {
            self
        } else if self.is(0.0) {
            -o
        } else {
            Self::operation("-", [self, o])
        }
    }
}
impl<const S: bool, const C: bool> Mul for Symbol<S, C> {
    type Output = Self;
    fn mul(self, o: Self) -> Self {
        if self.is(0.0) || o.is(1.0) {
            self
        } else if o.is(0.0) || self.is(1.0) {
            o
        } else {
            Self::operation("*", [self, o])
        }
    }
}
impl<const S: bool, const C: bool> Div for Symbol<S, C> {
    type Output = Self;
    fn div(self, o: Self) -> Self {
        if self.is(0.0) || o.is(1.0) { self } else { Self::operation("/", [self, o]) }
    }
}
/// The same with an f64.
macro_rules! plain {
    ($($Op:ident $op:ident),*) => {$(
        impl<const S: bool, const C: bool> $Op<f64> for Symbol<S, C> {
            type Output = Self;
            fn $op(self, o: f64) -> Self {
                self.$op(Self::of(o))
            }
        }
    )*};
}
plain!(Add add, Sub sub, Mul mul, Div div);

/// The evaluation that writes down. `CAREFUL`: with the terms of series that double-double needs, and the sums that only
/// rows evaluated one by one are given.
#[derive(Clone, Copy)]
struct Trace<const SIGNED: bool, const CAREFUL: bool>;

impl<const S: bool, const C: bool> Evaluation for Trace<S, C> {
    type Storage = f64;
    type Number = Symbol<S, C>;
    const WIDTH: usize = 1;
    const HYPERBOLIC: bool = !S;

    fn load(x: &[f64]) -> Symbol<S, C> {
        match placed(x[0]) {
            None => Symbol::of(x[0]),
            Some((a, i)) => {
                if i == 0 {
                    with(|s| s.whole.push(a));
                }
                Symbol::node(Node::Coordinate(a))
            }
        }
    }
    fn store(x: Symbol<S, C>, to: &mut [f64]) {
        to[0] = x.0 as f64;
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
        term: impl Fn([Symbol<S, C>; N]) -> Symbol<S, C>,
    ) -> Option<Symbol<S, C>> {
        let last = rows.map(|row| Self::load(row.row(0).last().map_or(&[0.0], std::slice::from_ref)));
        C.then(|| Symbol::node(Node::Sum(term(last).0)))
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
    /// [`super::Descent`].
    Descent,
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
        Which::Descent => (Kind::Project, 2, 1),
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
        Which::Descent => {
            let from = [rows[0], rows[1]];
            super::Descent { model, curv: call.curv, width, from, to: &mut out[0] }.block(e, 0)
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
