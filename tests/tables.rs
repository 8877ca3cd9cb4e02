//! Graphs, tables of features, NumPy arrays, and how they are cut: what they hold, and what they say when they cannot be
//! read.

use beltrami::data::{
    Graph, Parts, edge_split, mammals, non_edges, parse_graph, parse_npy, parse_table, split, stratified_split,
};
use beltrami::{DType, Rng};
use std::collections::HashSet;
use std::path::Path;

fn message(result: beltrami::Result<impl Sized>) -> String {
    result.map(|_| ()).unwrap_err().to_string()
}

fn graph(text: &str, lengths: bool) -> beltrami::Result<Graph> {
    parse_graph(Path::new("g.tsv"), text.as_bytes(), lengths)
}

#[test]
fn graphs_from_edge_lists() {
    // A cycle, a loop, an edge given twice and backwards: what a hierarchy refuses.
    let g = graph("source\ttarget\na\tb\nb\tc\nc\ta\na\ta\nb\ta\nd\te\n", false).unwrap();
    assert_eq!((g.len(), g.edge_count(), g.has_lengths()), (5, 4, false));
    assert_eq!(g.names(), ["a", "b", "c", "d", "e"]);
    assert_eq!(g.neighbors(0), [1, 2]);
    assert_eq!(g.distances_from(0), [0.0, 1.0, 1.0, f64::INFINITY, f64::INFINITY]);
    assert_eq!(g.components(), [vec![0, 1, 2], vec![3, 4]]);
    assert_eq!(g.largest_component().names(), ["a", "b", "c"]);
    assert_eq!(g.subgraph(&[4, 3, 0]).edges().collect::<Vec<_>>(), [(0, 1, 1.0)]);

    let text = "a\tb\t1\nb\tc\t1.5\na\tc\t4\nb\ta\t0.5\n";
    let g = graph(text, true).unwrap();
    assert_eq!(g.edges().collect::<Vec<_>>(), [(0, 1, 0.5), (0, 2, 4.0), (1, 2, 1.5)]);
    assert_eq!((g.distances_from(0), g.hops_from(0)), (vec![0.0, 0.5, 2.0], vec![0.0, 1.0, 1.0]));
    assert!(!graph(text, false).unwrap().has_lengths());

    assert!(message(graph("a\tb\t0\n", true)).starts_with("g.tsv:1: the weight '0' is not a positive number"));
    assert!(message(graph("", false)).starts_with("g.tsv: the file has no edges"));
    assert!(message(Graph::new(3, &[(0, 1), (1, 3)])).contains("index 3 at position 1"));
    assert!(message(Graph::with_lengths(2, &[(0, 1, -1.0)])).contains("length -1"));
}

#[test]
fn blocks_of_graphs() {
    // Two triangles joined by a bridge; a square that shares a node with one; a node alone.
    let edges = [(0, 1), (1, 2), (2, 0), (2, 3), (3, 4), (4, 5), (5, 3), (5, 6), (6, 7), (7, 8), (8, 5)];
    let mut blocks = Graph::new(10, &edges).unwrap().blocks();
    blocks.sort();
    assert_eq!(blocks, [vec![0, 1, 2], vec![2, 3], vec![3, 4, 5], vec![5, 6, 7, 8]]);
    let tree = Graph::of_hierarchy(&mammals().unwrap());
    let edges: usize = tree.blocks().iter().map(|nodes| tree.subgraph(nodes).edge_count()).sum();
    assert_eq!(edges, tree.edge_count()); // each edge is in one
}

#[test]
fn tables_of_features() {
    let read = |name: &str, text: &str| parse_table(Path::new(name), text.as_bytes());
    let plain = read("t.tsv", "1\t2\n3\t4\n").unwrap();
    assert_eq!((plain.features.dims(), plain.names, plain.labels), (&[2, 2][..], None, None));
    for (name, text) in [
        ("t.csv", "name,x,y,label\n\"a, b\",1,2,red\nc,3,4e0,blue\nd,-5,6,red\n"),
        ("t.tsv", "# comment\na, b\t1\t2\tred\nc\t3\t4\tblue\nd\t-5\t6\tred"),
    ] {
        let table = read(name, text).unwrap();
        assert_eq!(table.features.to_vec::<f64>().unwrap(), [1.0, 2.0, 3.0, 4.0, -5.0, 6.0]);
        assert_eq!(table.names.as_deref(), Some(&["a, b", "c", "d"].map(String::from)[..]));
        assert_eq!(table.classes(), Some((vec!["blue", "red"], vec![1, 0, 1])));
    }
    // Names and labels that are numbers, where the header says so.
    let numbered = read("t.csv", "id,x,class\n7,0.5,1\n8,0.25,0\n").unwrap();
    assert_eq!(numbered.names.as_deref(), Some(&["7", "8"].map(String::from)[..]));
    assert_eq!(numbered.classes(), Some((vec!["0", "1"], vec![1, 0])));
    assert_eq!(read("t.csv", "x,y\n1,2\n").unwrap().features.dims(), [1, 2]);

    for (text, expected) in [
        ("", "t.csv: the table has no numbers"),
        ("x,y\n", "t.csv: the table has no numbers"),
        ("a,1\nb,x\n", "t.csv:2: 'x' in column 2 is no finite number; correct it"),
        ("1,2\n3,inf\n", "t.csv:2: 'inf' in column 2 is no finite number"),
        ("1,2\n3\n", "t.csv:2: 1 column where the first row has 2"),
    ] {
        let told = message(read("t.csv", text));
        assert!(told.starts_with(expected), "{text:?}: {told}");
    }
}

/// A file as numpy.save writes it.
fn npy(descr: &str, fortran: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': {shape}, }}\n");
    let length = (header.len() as u16).to_le_bytes();
    [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), data].concat()
}

#[test]
fn arrays() {
    let read = |bytes: &[u8]| parse_npy(Path::new("x.npy"), bytes);
    let bytes = |numbers: &[f32]| numbers.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>();
    let six = bytes(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    let x = read(&npy("<f4", "False", "(2, 3)", &six)).unwrap();
    assert_eq!((x.dims(), x.to_vec::<f32>().unwrap()), (&[2, 3][..], vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]));
    let x = read(&npy("<f4", "True", "(2, 3)", &six)).unwrap();
    assert_eq!((x.dims(), x.to_vec::<f32>().unwrap()), (&[2, 3][..], vec![1.0, 3.0, 5.0, 2.0, 4.0, 6.0]));
    let x = read(&npy("<i4", "False", "(2,)", &[[1, 0, 0, 0], [255; 4]].concat())).unwrap();
    assert_eq!((x.dims(), x.to_vec::<i64>().unwrap()), (&[2][..], vec![1, -1]));
    let x = read(&npy("|b1", "False", "()", &[1])).unwrap();
    assert_eq!((x.rank(), x.to_vec::<u8>().unwrap()), (0, vec![1]));
    assert_eq!(
        parse_table(Path::new("x.npy"), &npy("<f4", "False", "(2, 3)", &six)).unwrap().features.dtype(),
        DType::F32
    );

    for (bytes, expected) in [
        (b"PK".to_vec(), "x.npy: no .npy file"),
        (npy(">f4", "False", "(2, 3)", &six), "x.npy: it holds numbers of type '>f4'"),
        (npy("<f4", "False", "(2, 3)", &six[1..]), "x.npy: 23 bytes of numbers where shape [2, 3]"),
        (npy("<f4", "False", "(2, -3)", &six), "x.npy: the shape cannot be read"),
        (npy("<f4", "False", "(4294967296, 4294967296, 2)", &six), "x.npy: 24 bytes of numbers"),
        (npy("<f4", "False", "(2, 3)", &six)[..20].to_vec(), "x.npy: no .npy file"),
    ] {
        let told = message(read(&bytes));
        assert!(told.starts_with(expected), "{told}");
    }
    let cube = npy("<f4", "False", "(1, 2, 3)", &six);
    assert!(message(parse_table(Path::new("x.npy"), &cube)).contains("has shape [items, features]"));
    let nan = npy("<f4", "False", "(1, 2)", &bytes(&[1.0, f32::NAN]));
    assert!(message(parse_table(Path::new("x.npy"), &nan)).contains("not finite (first at 1)"));
}

#[test]
fn splits_are_partitions() {
    let parts = Parts { validation: 0.1, test: 0.25 };
    let cut = split(1000, parts, Rng::new(3)).unwrap();
    assert_eq!((cut.train.len(), cut.validation.len(), cut.test.len()), (650, 100, 250));
    let mut all = [&cut.train[..], &cut.validation, &cut.test].concat();
    all.sort_unstable();
    assert!(all.iter().enumerate().all(|(i, x)| i == *x as usize));
    assert_eq!(cut, split(1000, parts, Rng::new(3)).unwrap());
    assert_ne!(cut.test, split(1000, parts, Rng::new(4)).unwrap().test);

    // Nine in ten are of one class; of each class a quarter is tested.
    let labels: Vec<bool> = (0..1000).map(|i| i % 10 == 0).collect();
    let cut = stratified_split(&labels, parts, Rng::new(3)).unwrap();
    let rare = |set: &[u32]| set.iter().filter(|&&i| labels[i as usize]).count();
    assert_eq!((rare(&cut.train), rare(&cut.validation), rare(&cut.test)), (65, 10, 25));
    assert_eq!(cut.test.len(), 250);

    for (validation, test) in [(-0.1, 0.1), (0.5, 0.5), (f64::NAN, 0.1)] {
        assert!(message(split(10, Parts { validation, test }, Rng::new(1))).contains("leave some for training"));
    }
}

#[test]
fn edges_are_held_out_with_pairs_that_are_none() {
    let graph = Graph::of_hierarchy(&mammals().unwrap());
    let parts = Parts { validation: 0.05, test: 0.1 };
    let cut = edge_split(&graph, parts, Rng::new(5)).unwrap();
    let count = graph.edge_count() as f64;
    assert_eq!(cut.validation.len(), (0.05 * count).round() as usize);
    assert_eq!(cut.test.len(), (0.1 * count).round() as usize);
    assert_eq!((cut.validation_non_edges.len(), cut.test_non_edges.len()), (cut.validation.len(), cut.test.len()));
    let known: HashSet<_> = graph.edges().map(|(u, v, _)| (u, v)).collect();
    let kept: HashSet<_> = cut.train.edges().map(|(u, v, _)| (u, v)).collect();
    let held: HashSet<_> = cut.validation.iter().chain(&cut.test).copied().collect();
    assert_eq!((cut.train.len(), kept.len() + held.len()), (graph.len(), known.len()));
    assert!(kept.is_disjoint(&held) && kept.union(&held).all(|e| known.contains(e)));
    let none: HashSet<_> = cut.validation_non_edges.iter().chain(&cut.test_non_edges).copied().collect();
    assert!(none.len() == held.len() && none.is_disjoint(&known) && none.iter().all(|(u, v)| u < v));
    assert_eq!(cut, edge_split(&graph, parts, Rng::new(5)).unwrap());

    let dense = Graph::new(4, &[(0, 1), (1, 2), (2, 3), (3, 0), (0, 2)]).unwrap();
    assert!(message(non_edges(&dense, 1, Rng::new(1))).contains("1 pairs without an edge are wanted, 1 exist"));
}
