//! Symbols: numbers that are nodes of a graph.

use crate::geometry::dd::Dd;
use crate::geometry::wide::{Function, Parts, Wide};
use std::any::type_name;
use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// A node by its place in the graph: later ones are made of earlier ones.
pub(super) type Id = usize;

/// What a number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Node {
    /// A constant, by its bits.
    Constant(u64),
    /// A number of [`parameters`](crate::geometry::Call::parameters), times a constant.
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
pub(super) struct Graph {
    pub nodes: Vec<Node>,
    pub known: HashMap<Node, Id>,
}

impl Graph {
    fn add(&mut self, node: Node) -> Id {
        *self.known.entry(node).or_insert_with(|| {
            self.nodes.push(node);
            self.nodes.len() - 1
        })
    }

    pub fn constant(&self, id: Id) -> Option<f64> {
        match self.nodes[id] {
            Node::Constant(bits) => Some(f64::from_bits(bits)),
            _ => None,
        }
    }
}

/// A function of [`scalar`](crate::geometry::scalar) and its graph.
#[derive(Clone, Debug)]
pub(super) struct Named {
    pub name: String,
    pub parts: &'static [&'static str],
    pub graph: Graph,
    pub results: Vec<Id>,
}

/// All that is known of the row function that runs.
#[derive(Default)]
pub(super) struct Session {
    pub graph: Graph,
    pub functions: Vec<Named>,
    /// Values of parameters.
    pub parameters: Vec<f64>,
    /// Arguments that were looked at in their first coordinate as in any other.
    pub whole: Vec<usize>,
}

thread_local! {
    static SESSION: RefCell<Session> = RefCell::default();
}

pub(super) fn with<T>(f: impl FnOnce(&mut Session) -> T) -> T {
    SESSION.with(|s| f(&mut s.borrow_mut()))
}

/// What a row of argument `a` holds as coordinate `i`.
pub(super) fn place(a: usize, i: usize) -> f64 {
    (PLACES + 2 * a + i) as f64
}
const PLACES: usize = 1 << 20;

/// The argument and coordinate of a number of a row, unless it is a constant.
pub(super) fn placed(x: f64) -> Option<(usize, usize)> {
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
pub(super) struct Symbol<const SIGNED: bool, const CAREFUL: bool>(pub Id);

impl<const S: bool, const C: bool> Symbol<S, C> {
    pub fn node(node: Node) -> Self {
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
    const TERMS: usize = if C { <Dd as Wide>::TERMS } else { <f64 as Wide>::TERMS };
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
