//! Graphs as CUDA C++: a structure a row function, in the terms of `cuda/rows.cuh`.
//!
//! `BELTRAMI_GENERATE=1 cargo test --lib geometry::trace` writes the files; without it the test compares them.

use super::printer::{Printer, names, operands, snake};
use super::symbol::{Graph, Id, Named, Node};
use super::{Outcome, Traced, Which, trace};
use crate::geometry::model::{Kind, Model};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The definition of a function of one number, in one precision.
fn function(f: &Named, all: &[Named], number: &str) -> String {
    let (name, value) = names(f);
    let value = value.replace('W', number);
    let place = if number == "dd" { "APART" } else { "FUNCTION" };
    let mut out = format!("template <> {place} {value} {name}<{number}>({number} x) {{\n    using W = {number};\n");
    let mut p = Printer::new(&f.graph, all, &[], &f.results);
    let ids = p.below(&f.results, |_| false);
    p.declare(&mut out, "    ", &ids, &BTreeSet::new());
    let results: Vec<String> = f.results.iter().map(|&r| p.text(r).0).collect();
    let _ = match &results[..] {
        [one] => writeln!(out, "    return {one};\n}}"),
        many => writeln!(out, "    return {{{}}};\n}}", many.join(", ")),
    };
    out
}

/// The declaration of a function of one number.
fn declaration(f: &Named) -> String {
    let (name, value) = names(f);
    let mut out = String::new();
    if f.parts.len() > 1 {
        let _ = writeln!(
            out,
            "template <class W> struct {} {{\n    W {};\n}};",
            f.name.trim_end_matches("Of"),
            f.parts.join(", ")
        );
    }
    let _ = writeln!(out, "template <class W> FUNCTION {value} {name}(W x);");
    out
}

/// How many sums lie one inside another.
fn depths(graph: &Graph) -> Vec<usize> {
    let mut depth = vec![0; graph.nodes.len()];
    for id in 0..graph.nodes.len() {
        let inside = operands(graph.nodes[id]).into_iter().map(|o| depth[o]).max().unwrap_or(0);
        depth[id] = inside + usize::from(matches!(graph.nodes[id], Node::Sum(_)));
    }
    depth
}

/// The body of a row function.
fn body(t: &Traced) -> String {
    let graph = &t.graph;
    let mut p = Printer::new(graph, &t.functions, &t.parameters, &roots(t));
    let live: BTreeSet<Id> = (0..graph.nodes.len()).filter(|&id| p.uses[id] > 0).collect();
    let depth = depths(graph);
    let mut out = String::new();
    let indent = "        ";
    // Parameters and first coordinates.
    let used: BTreeSet<usize> = live
        .iter()
        .filter_map(|&id| match graph.nodes[id] {
            Node::Parameter(i, _) => Some(i),
            _ => None,
        })
        .collect();
    if !used.is_empty() {
        let list: Vec<String> = used.iter().map(|&i| format!("{} = r.parameter({i})", t.parameters[i])).collect();
        let _ = writeln!(out, "{indent}const double {};", list.join(", "));
    }
    for &id in &live {
        if let Node::Head(a) = graph.nodes[id] {
            let _ = writeln!(out, "{indent}const W h{a} = r.head({a});");
            p.names.insert(id, format!("h{a}"));
        }
    }
    // Numbers of a row that coordinates are made with.
    let mut pinned = BTreeSet::new();
    for &id in &live {
        if p.varies[id] || matches!(graph.nodes[id], Node::Sum(_)) {
            pinned.extend(operands(graph.nodes[id]).into_iter().filter(|&o| !p.varies[o]));
        }
    }
    pinned.extend(t.results.iter().filter_map(|r| r.rest).filter(|&r| !p.varies[r]));
    let deepest = live.iter().map(|&id| depth[id]).max().unwrap_or(0);
    for level in 1..=deepest + 1 {
        let before: BTreeSet<Id> = live
            .iter()
            .copied()
            .filter(|&id| !p.varies[id] && depth[id] < level && !matches!(graph.nodes[id], Node::Sum(_)))
            .collect();
        p.declare(&mut out, indent, &before, &pinned);
        let these: Vec<Id> =
            live.iter().copied().filter(|&id| depth[id] == level && matches!(graph.nodes[id], Node::Sum(_))).collect();
        if these.is_empty() {
            continue;
        }
        let (n, name) = (these.len(), format!("s{level}"));
        let _ = writeln!(out, "{indent}W {name}[{n}];\n{indent}r.sum({name}, [&](const W *x, W *y) {{");
        let terms: Vec<Option<Id>> = these.iter().flat_map(|&id| operands(graph.nodes[id])).map(Some).collect();
        lambda(&p, &mut out, &terms);
        let _ = writeln!(out, "{indent}}});");
        for (i, &id) in these.iter().enumerate() {
            p.names.insert(id, format!("{name}[{i}]"));
        }
    }
    for (i, Outcome { head, .. }) in t.results.iter().enumerate() {
        if let Some(head) = head {
            let _ = writeln!(out, "{indent}r.set_head({i}, {});", p.wide(*head));
        }
    }
    if graph.constant(t.loss) != Some(0.0) {
        let _ = writeln!(out, "{indent}r.set_loss({});", p.wide(t.loss));
    }
    if graph.constant(t.c) != Some(0.0) || graph.constant(t.t) != Some(0.0) {
        let _ = writeln!(out, "{indent}r.set_curvature({}, {});", p.wide(t.c), p.wide(t.t));
    }
    if t.results.iter().any(|r| r.rest.is_some()) {
        let _ = writeln!(out, "{indent}r.coordinates([&](const W *x, W *y) {{");
        let rests: Vec<Option<Id>> = t.results.iter().map(|r| r.rest).collect();
        lambda(&p, &mut out, &rests);
        let _ = writeln!(out, "{indent}}});");
    }
    out
}

/// What is done for each coordinate: `y[i]` is the i-th result.
fn lambda(row: &Printer<'_>, out: &mut String, results: &[Option<Id>]) {
    let indent = "            ";
    let roots: Vec<Id> = results.iter().flatten().copied().collect();
    let ids = row.below(&roots, |id| !row.varies[id]);
    let mut p = Printer { letter: 'd', count: 0, uses: vec![0; row.uses.len()], ..row.clone() };
    let inside = ids.iter().flat_map(|&id| operands(p.graph.nodes[id]));
    roots.iter().copied().chain(inside).for_each(|id| p.uses[id] += 1);
    p.declare(out, indent, &ids, &BTreeSet::new());
    for (i, id) in results.iter().enumerate() {
        if let Some(id) = id {
            let _ = writeln!(out, "{indent}y[{i}] = {};", p.text(*id).0);
        }
    }
}

/// A row function as a structure: what it reads and writes, and its body, in two forms where care takes more sums.
fn structure(name: &str, fast: &Traced, careful: &Traced) -> String {
    let mask = |bits: &mut dyn Iterator<Item = bool>| -> usize {
        bits.enumerate().map(|(i, bit)| usize::from(bit) << i).sum()
    };
    let uses = Printer::new(&careful.graph, &[], &[], &roots(careful)).uses;
    let reads = |a: usize| careful.graph.known.get(&Node::Coordinate(a)).is_some_and(|&id| uses[id] > 0);
    let n = fast.tails.len();
    let mut out = format!("struct {name}_row {{\n");
    for (what, value) in [
        ("ARGUMENTS", n),
        ("RESULTS", fast.results.len()),
        ("READ", mask(&mut (0..n).map(reads))),
        ("TAILS", mask(&mut (0..n).map(|a| reads(a) && fast.tails[a]))),
        ("HEADS", mask(&mut fast.results.iter().map(|r| r.head.is_some()))),
        ("RESTS", mask(&mut fast.results.iter().map(|r| r.rest.is_some()))),
    ] {
        let _ = writeln!(out, "    static constexpr unsigned {what} = {value};");
    }
    let (one, other) = (body(fast), body(careful));
    if one == other {
        let _ = write!(out, "    template <class W, class Row> static FUNCTION void row(Row &r) {{\n{one}    }}\n");
    } else {
        let _ = write!(out, "    template <class W> static FUNCTION void row(Fast<{name}_row> &r) {{\n{one}    }}\n");
        let _ =
            write!(out, "    template <class W> static FUNCTION void row(Careful<{name}_row> &r) {{\n{other}    }}\n");
    }
    let _ = write!(out, "}};\nROW_KERNEL({name})\n\n");
    out
}

/// What has to be computed.
fn roots(t: &Traced) -> Vec<Id> {
    t.results.iter().flat_map(|r| [r.head, r.rest]).flatten().chain([t.loss, t.c, t.t]).collect()
}

/// The first lines of a generated file.
const HEADER: &str = "// Generated from the row functions of src/geometry by\n\
    //     BELTRAMI_GENERATE=1 cargo test --lib geometry::trace\n\
    // Do not edit.\n\n";

/// All files: path and text.
fn files() -> Vec<(String, String)> {
    let mut files = Vec::new();
    let mut functions: [Vec<(Named, Named)>; 2] = Default::default();
    for model in Model::ALL {
        if matches!(model, Model::Matrix(_)) {
            continue;
        }
        let signed = usize::from(model.signed());
        let kinds = Kind::ALL.into_iter().filter(|&kind| model.has(kind));
        let mut all: Vec<Which> = kinds.flat_map(|kind| [Which::Forward(kind), Which::Vjp(kind)]).collect();
        all.push(Which::Step);
        let header = if model.signed() { "scalar_signed" } else { "scalar" };
        let mut text = format!("{HEADER}#include \"rows.cuh\"\n#include \"{header}.cuh\"\n\n");
        for which in all {
            let name = match which {
                Which::Forward(kind) => format!("{}_{}", model.name(), snake(&format!("{kind:?}"))),
                Which::Vjp(kind) => format!("{}_{}_vjp", model.name(), snake(&format!("{kind:?}"))),
                Which::Step => format!("{}_step", model.name()),
            };
            let (fast, careful) = if model.signed() {
                (trace::<true, false>(model, which), trace::<true, true>(model, which))
            } else {
                (trace::<false, false>(model, which), trace::<false, true>(model, which))
            };
            text += &structure(&name, &fast, &careful);
            for (f, c) in fast.functions.into_iter().zip(careful.functions) {
                if functions[signed].iter().all(|(known, _)| known.name != f.name) {
                    functions[signed].push((f, c));
                }
            }
        }
        files.push((format!("cuda/manifold_{}.cu", model.name()), text));
    }
    for (name, list) in ["scalar", "scalar_signed"].into_iter().zip(&mut functions) {
        list.sort_by(|a, b| a.0.name.cmp(&b.0.name));
        let mut text = format!("{HEADER}#pragma once\n#include \"double_double.cuh\"\n\n");
        for (f, _) in &*list {
            text += &declaration(f);
        }
        for (f, c) in &*list {
            text += &format!("\n{}\n{}", function(f, &[], "double"), function(c, &[], "dd"));
        }
        files.push((format!("cuda/{name}.cuh"), text));
    }
    files
}

#[test]
fn kernels_are_those_of_the_formulas() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for (path, text) in files() {
        if std::env::var_os("BELTRAMI_GENERATE").is_some() {
            std::fs::write(root.join(&path), text).expect("the file can be written");
        } else {
            let found = std::fs::read_to_string(root.join(&path)).expect("the file is there");
            assert!(found == text, "{path} is not what the formulas give: see its first lines");
        }
    }
}
