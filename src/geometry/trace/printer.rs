//! Expressions of a graph as C++.

use super::symbol::{Graph, Id, Named, Node};
use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;

/// `ProjectTangent` as `project_tangent`.
pub(super) fn snake(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.extend(c.to_lowercase());
    }
    out
}

/// The name of a function of one number and of what it gives.
pub(super) fn names(function: &Named) -> (String, String) {
    let short = function.name.trim_end_matches("Of");
    let value = if function.parts.len() == 1 { "W".into() } else { format!("{short}<W>") };
    (snake(short), value)
}

/// What a node is made of.
pub(super) fn operands(node: Node) -> Vec<Id> {
    match node {
        Node::Sum(a) | Node::Apply(_, a, _) => vec![a],
        Node::Operation(_, args) => args.into_iter().flatten().collect(),
        Node::Select(args) => args.to_vec(),
        _ => Vec::new(),
    }
}

/// How tightly an expression binds.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
pub(super) enum Binding {
    Sum,
    Product,
    Sign,
    Atom,
}

/// An expression that is too long to stand inside another.
const LONG: usize = 48;

/// Prints expressions of a graph, with what has a name already.
#[derive(Clone)]
pub(super) struct Printer<'a> {
    pub graph: &'a Graph,
    pub functions: &'a [Named],
    pub parameters: &'a [&'static str],
    pub uses: Vec<usize>,
    /// Depends on coordinates, not only by way of sums.
    pub varies: Vec<bool>,
    pub names: HashMap<Id, String>,
    /// Function and argument, of functions with several parts.
    pub calls: HashMap<(usize, Id), String>,
    /// The letter of variables, and how many there are.
    pub letter: char,
    pub count: usize,
}

impl<'a> Printer<'a> {
    pub fn new(graph: &'a Graph, functions: &'a [Named], parameters: &'a [&'static str], roots: &[Id]) -> Self {
        let n = graph.nodes.len();
        let (mut uses, mut varies) = (vec![0; n], vec![false; n]);
        roots.iter().for_each(|&r| uses[r] += 1);
        for id in (0..n).rev() {
            if uses[id] > 0 {
                operands(graph.nodes[id]).into_iter().for_each(|o| uses[o] += 1);
            }
        }
        for id in 0..n {
            varies[id] = match graph.nodes[id] {
                Node::Coordinate(_) => true,
                Node::Sum(_) => false,
                node => operands(node).into_iter().any(|o| varies[o]),
            };
        }
        Printer {
            graph,
            functions,
            parameters,
            uses,
            varies,
            names: HashMap::new(),
            calls: HashMap::new(),
            letter: 'n',
            count: 0,
        }
    }

    /// Whether it is a plain number, of no precision in particular.
    fn plain(&self, id: Id) -> bool {
        !self.names.contains_key(&id) && matches!(self.graph.nodes[id], Node::Constant(_) | Node::Parameter(..))
    }

    fn number(x: f64) -> String {
        if x.is_nan() {
            "NAN".into()
        } else if x.is_infinite() {
            if x > 0.0 { "INFINITY".into() } else { "-INFINITY".into() }
        } else {
            format!("{x:?}")
        }
    }

    pub fn text(&self, id: Id) -> (String, Binding) {
        if let Some(name) = self.names.get(&id) {
            return (name.clone(), Binding::Atom);
        }
        let sign = |x: f64| if x < 0.0 { Binding::Sign } else { Binding::Atom };
        match self.graph.nodes[id] {
            Node::Constant(bits) => {
                let x = f64::from_bits(bits);
                (Self::number(x), sign(x))
            }
            Node::Parameter(p, bits) => match (f64::from_bits(bits), self.parameters[p]) {
                (1.0, name) => (name.into(), Binding::Atom),
                (-1.0, name) => (format!("-{name}"), Binding::Sign),
                (x, name) => (format!("{} * {name}", Self::number(x)), Binding::Product),
            },
            Node::Head(_) | Node::Sum(_) => unreachable!("these have names before they are printed"),
            Node::Coordinate(a) => (format!("x[{a}]"), Binding::Atom),
            Node::Argument => ("x".into(), Binding::Atom),
            Node::Select(args) => {
                let args: Vec<String> = args.iter().map(|&a| self.text(a).0).collect();
                (format!("if_below<W>({})", args.join(", ")), Binding::Atom)
            }
            Node::Apply(f, a, part) => {
                let (name, _) = names(&self.functions[f]);
                match self.calls.get(&(f, a)) {
                    Some(call) => (format!("{call}.{}", self.functions[f].parts[part]), Binding::Atom),
                    None => (format!("{name}<W>({})", self.text(a).0), Binding::Atom),
                }
            }
            Node::Operation("-", [Some(a), None, None]) => {
                (format!("-{}", self.inner(a, Binding::Atom)), Binding::Sign)
            }
            Node::Operation(op @ ("+" | "-" | "*" | "/"), [Some(a), Some(b), None]) => {
                let binding = if matches!(op, "+" | "-") { Binding::Sum } else { Binding::Product };
                let next = if binding == Binding::Sum { Binding::Product } else { Binding::Sign };
                let left = if self.plain(a) && self.plain(b) {
                    format!("W({})", self.text(a).0)
                } else {
                    self.inner(a, binding)
                };
                (format!("{left} {op} {}", self.inner(b, next)), binding)
            }
            Node::Operation(name, args) => {
                let args: Vec<String> = args.iter().flatten().map(|&a| self.wide(a)).collect();
                (format!("{name}({})", args.join(", ")), Binding::Atom)
            }
        }
    }

    /// In brackets, if it binds less tightly than what is around it.
    fn inner(&self, id: Id, at_least: Binding) -> String {
        let (text, binding) = self.text(id);
        if binding < at_least { format!("({text})") } else { text }
    }

    /// As a number of the precision in use.
    pub fn wide(&self, id: Id) -> String {
        let text = self.text(id).0;
        if self.plain(id) { format!("W({text})") } else { text }
    }

    /// Names what an expression is made of as far as it is used again or too long. `pinned` are to have a name.
    pub fn declare(&mut self, out: &mut String, indent: &str, ids: &BTreeSet<Id>, pinned: &BTreeSet<Id>) {
        for &id in ids {
            if self.names.contains_key(&id) {
                continue;
            }
            let node = self.graph.nodes[id];
            if let Node::Apply(f, a, part) = node {
                let (name, value) = names(&self.functions[f]);
                if self.functions[f].parts.len() > 1 {
                    if !self.calls.contains_key(&(f, a)) {
                        let argument = self.wide(a);
                        let call = format!("f{}", self.calls.len());
                        let _ = writeln!(out, "{indent}const {value} {call} = {name}<W>({argument});");
                        self.calls.insert((f, a), call);
                    }
                    let call = &self.calls[&(f, a)];
                    self.names.insert(id, format!("{call}.{}", self.functions[f].parts[part]));
                    continue;
                }
            }
            let leaf = matches!(node, Node::Constant(_) | Node::Parameter(..) | Node::Coordinate(_) | Node::Argument);
            if leaf {
                continue;
            }
            let (text, _) = self.text(id);
            let small = matches!(node, Node::Operation("-", [Some(_), None, None])) && text.len() < 8;
            if pinned.contains(&id) || self.uses[id] > 1 && !small || text.len() > LONG {
                let name = format!("{}{}", self.letter, self.count);
                self.count += 1;
                let _ = writeln!(out, "{indent}const W {name} = {text};");
                self.names.insert(id, name);
            }
        }
    }

    /// Everything that `roots` are made of up to what `stop`s, roots included.
    pub fn below(&self, roots: &[Id], stop: impl Fn(Id) -> bool) -> BTreeSet<Id> {
        let (mut all, mut open) = (BTreeSet::new(), roots.to_vec());
        while let Some(id) = open.pop() {
            if !stop(id) && all.insert(id) {
                open.extend(operands(self.graph.nodes[id]));
            }
        }
        all
    }
}
