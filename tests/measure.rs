//! Measures against what is known: δ of trees, cycles and grids, all fours of small graphs, distances that fit exactly.

use beltrami::backend::cpu::Cpu;
use beltrami::data::{Graph, mammals};
use beltrami::manifold::{Euclidean, Manifold, PoincareBall};
use beltrami::measure::{
    AgainstNull, Distances, Effort, Hyperbolicity, Null, Shape, distortion, hyperbolicity, hyperbolicity_of_graph,
    hyperbolicity_of_metric, hyperbolicity_of_points, sectional, suggest_signature,
};
use beltrami::{DType, Device, Rng, Tensor};

fn cpu() -> Cpu {
    Cpu::new(2)
}

fn cycle(n: u32) -> Graph {
    Graph::new(n as usize, &(0..n).map(|i| (i, (i + 1) % n)).collect::<Vec<_>>()).unwrap()
}

fn grid(rows: u32, columns: u32) -> Graph {
    let at = |i, j| i * columns + j;
    let right = (0..rows).flat_map(|i| (1..columns).map(move |j| (at(i, j - 1), at(i, j))));
    let down = (1..rows).flat_map(|i| (0..columns).map(move |j| (at(i - 1, j), at(i, j))));
    Graph::new((rows * columns) as usize, &right.chain(down).collect::<Vec<_>>()).unwrap()
}

fn complete(n: u32) -> Graph {
    Graph::new(n as usize, &(0..n).flat_map(|i| (0..i).map(move |j| (i, j))).collect::<Vec<_>>()).unwrap()
}

/// Every node has `arity` below it.
fn tree(n: u32, arity: u32) -> Graph {
    Graph::new(n as usize, &(1..n).map(|i| (i, (i - 1) / arity)).collect::<Vec<_>>()).unwrap()
}

/// A path through all nodes, and random edges.
fn random(n: u32, extra: u64, seed: u64) -> Graph {
    let rng = Rng::new(seed);
    let draw = |i| rng.below(i, u64::from(n)) as u32;
    let edges = (1..n).map(|i| (i - 1, i)).chain((0..extra).map(|i| (draw(2 * i), draw(2 * i + 1))));
    Graph::new(n as usize, &edges.collect::<Vec<_>>()).unwrap()
}

fn of_graph(graph: &Graph) -> Hyperbolicity {
    hyperbolicity_of_graph(graph, &Effort { quadruples: 2000, ..Effort::default() }, &cpu()).unwrap().value
}

/// The definition: the largest δ, and the mean, of all fours.
fn all_fours(d: &Distances) -> (f64, f64) {
    let (mut largest, mut sum, mut count) = (0.0_f64, 0.0, 0.0);
    for a in 0..d.len() {
        for b in 0..a {
            for c in 0..b {
                for e in 0..c {
                    let mut s = [d.at(a, b) + d.at(c, e), d.at(a, c) + d.at(b, e), d.at(a, e) + d.at(b, c)];
                    s.sort_by(f64::total_cmp);
                    let delta = (s[2] - s[1]) / 2.0;
                    largest = largest.max(delta);
                    sum += delta;
                    count += 1.0;
                }
            }
        }
    }
    (largest, sum / count)
}

#[test]
fn trees_have_no_delta() {
    for graph in [tree(50, 1), tree(200, 2), tree(121, 3), tree(30, 29), Graph::of_hierarchy(&mammals().unwrap())] {
        let found = of_graph(&graph);
        if graph.edge_count() == graph.len() - 1 {
            assert_eq!((found.exact(), found.base_point, found.sample.largest), (Some(0.0), 0.0, 0.0));
        } else {
            // The mammals have a few nodes with two parents.
            assert!(found.exact().is_some_and(|delta| delta > 0.0 && found.relative(delta) < 0.5), "{found:?}");
        }
    }
}

#[test]
fn closed_forms() {
    // A cycle of 4p + ε nodes: p, but p − 1/2 if ε = 1 (Wu & Zhang 2011).
    for n in 4..40 {
        let p = f64::from(n / 4);
        assert_eq!(of_graph(&cycle(n)).exact(), Some(if n % 4 == 1 { p - 0.5 } else { p }), "cycle of {n}");
    }
    // A grid: its shorter side.
    for (rows, columns) in [(2, 2), (2, 9), (3, 3), (4, 7), (6, 6)] {
        let shorter = f64::from(rows.min(columns) - 1);
        assert_eq!(of_graph(&grid(rows, columns)).exact(), Some(shorter), "grid {rows} × {columns}");
    }
    for n in [4, 5, 20] {
        let found = of_graph(&complete(n));
        assert_eq!((found.exact(), found.diameter), (Some(0.0), 1.0), "complete graph of {n}");
    }
    // Lengths scale it.
    let edges: Vec<_> = cycle(12).edges().map(|(u, v, _)| (u, v, 0.25)).collect();
    assert_eq!(of_graph(&Graph::with_lengths(12, &edges).unwrap()).exact(), Some(0.75));
}

#[test]
fn the_search_finds_what_all_fours_have() {
    for seed in 0..40 {
        let n = 10 + 2 * (seed as u32 % 10);
        let graph = random(n, 2 + seed % 17, seed);
        let d = Distances::of_graph(&graph, &cpu()).unwrap();
        let (largest, mean) = all_fours(&d);
        // With and without knowing the graph, and from nothing but the search.
        let effort = Effort { quadruples: 0, ..Effort::default() };
        let alone = hyperbolicity(&d, &effort, &cpu());
        assert_eq!((alone.exact(), of_graph(&graph).exact()), (Some(largest), Some(largest)), "seed {seed}");
        assert!(alone.base_point <= largest && largest <= 2.0 * alone.base_point, "seed {seed}: {alone:?}");

        let sample = hyperbolicity(&d, &Effort { search: 0, ..Effort::default() }, &cpu());
        assert!(sample.lower <= largest && largest <= sample.upper, "seed {seed}: {largest}, {sample:?}");
        let error = (sample.sample.mean - mean).abs();
        assert!(error <= 4.0 * sample.sample.standard_error, "seed {seed}: {mean}, {sample:?}");
    }
}

#[test]
fn points_too() {
    let points = Tensor::randn([24, 3], DType::F64, Rng::new(4), &Device::cpu()).unwrap();
    let flat = Euclidean::flat().unwrap();
    let d = Distances::of_points(&points, &flat).unwrap();
    let (largest, _) = all_fours(&d);
    let AgainstNull { value, null, kind } = hyperbolicity_of_points(&points, &flat, &Effort::default()).unwrap();
    assert!((value.exact().unwrap() - largest).abs() < 1e-14, "{value:?}, {largest}");
    assert_eq!((kind, null.points), (Null::Gaussian { dim: 3 }, 24));
    assert!(null.exact().is_some_and(|delta| delta > 0.0));
    let x = points.to_vec::<f64>().unwrap();
    let dist = |i: usize, j: usize| (0..3).map(|k| (x[3 * i + k] - x[3 * j + k]).powi(2)).sum::<f64>().sqrt();
    let by_hand = Distances::from_fn(24, &cpu(), dist).unwrap();
    assert_eq!(by_hand.at(3, 7), by_hand.at(7, 3));
    let same = hyperbolicity_of_metric(&by_hand, 3, &Effort::default(), &cpu()).unwrap();
    assert!((same.value.lower - largest).abs() < 1e-14);
    assert_eq!(same.null, null);
}

#[test]
fn far_points_of_the_hyperbolic_plane_have_delta_below_ln_2() {
    // δ of the plane of κ is ln 2/√−κ; ideal points come close, and far ones look like a tree.
    let ball = PoincareBall::new(-4.0).unwrap();
    let angles: Vec<f64> = (0..40).flat_map(|i| [(0.157 * i as f64).cos(), (0.157 * i as f64).sin()]).collect();
    let u = Tensor::from_slice(&angles, [40, 2]).unwrap().mul_scalar(2.0).unwrap();
    let points = ball.exp_map0(&u).unwrap();
    let found = hyperbolicity(&Distances::of_points(&points, &ball).unwrap(), &Effort::default(), &cpu());
    let bound = 2.0_f64.ln() / 2.0;
    assert!(found.upper <= bound && found.lower > 0.9 * bound, "{found:?}");
}

/// Distances that are nearly equal have a small relative δ and say nothing: the null shows it.
#[test]
fn the_null_of_many_dimensions_is_small() {
    let effort = Effort { search: 0, quadruples: 1000, ..Effort::default() };
    let mut last = 1.0;
    for (dim, low, high) in [(16, 0.25, 0.5), (256, 0.1, 0.25), (4096, 0.03, 0.08)] {
        let points = Tensor::randn([60, dim], DType::F32, Rng::new(9), &Device::cpu()).unwrap();
        let found = hyperbolicity_of_points(&points, &Euclidean::flat().unwrap(), &effort).unwrap();
        for h in [found.value, found.null] {
            let relative = h.relative(h.base_point);
            assert!(relative > low && relative < high && relative < last, "{dim}: {relative}");
        }
        last = found.value.relative(found.value.base_point);
    }
}

#[test]
fn threads_and_allowances_change_no_truth() {
    let graph = random(150, 120, 3);
    let effort = Effort { quadruples: 10_000, ..Effort::default() };
    let one = hyperbolicity_of_graph(&graph, &effort, &Cpu::new(1)).unwrap();
    assert_eq!(one, hyperbolicity_of_graph(&graph, &effort, &Cpu::new(3)).unwrap());
    let delta = one.value.exact().unwrap();
    let mut width = f64::INFINITY;
    for search in [0, 10_000, 1_000_000] {
        let some = Effort { search, quadruples: 10, ..effort };
        let [a, b] = [1, 3].map(|t| hyperbolicity_of_graph(&graph, &some, &Cpu::new(t)).unwrap().value);
        assert_eq!(a, b);
        assert!(a.lower <= delta && delta <= a.upper && a.upper - a.lower <= width, "{search}: {a:?}, {delta}");
        width = a.upper - a.lower;
    }
    // The rewired graph keeps the number of edges that each node has, so at most that of nodes.
    assert!(one.null.points <= 150 && one.null.diameter > 1.0);
    let few = hyperbolicity_of_graph(&graph, &Effort { points: 20, ..effort }, &cpu()).unwrap().value;
    assert!(few.points == 20 && few.upper <= delta);
}

#[test]
fn distortion_of_what_is_known() {
    let d = Distances::from_fn(3, &cpu(), |i, j| [0.0, 1.0, 2.0, 3.0][i + j]).unwrap(); // d(1,0)=1, d(2,0)=2, d(2,1)=3
    let scaled = |f: [f64; 3]| Distances::from_fn(3, &cpu(), move |i, j| f[i + j - 1] * (i + j) as f64).unwrap();
    let same = distortion(&d, &scaled([1.0; 3]), &cpu()).unwrap();
    assert_eq!((same.average, same.worst, same.average_scaled, same.scale), (0.0, 1.0, 0.0, 1.0));
    let twice = distortion(&d, &scaled([2.0; 3]), &cpu()).unwrap();
    assert_eq!((twice.average, twice.worst, twice.average_scaled, twice.scale), (1.0, 1.0, 0.0, 0.5));
    // Ratios 1, 2, 4: as they are 4/3; best divided by 4 (3/4 + 1/2 over 3), which no other factor beats.
    let mixed = distortion(&d, &scaled([4.0, 1.0, 2.0]), &cpu()).unwrap();
    assert_eq!((mixed.worst, mixed.scale), (4.0, 0.25));
    assert!((mixed.average - 4.0 / 3.0).abs() < 1e-15 && (mixed.average_scaled - 1.25 / 3.0).abs() < 1e-15);
    let collapsed = distortion(&d, &scaled([0.0; 3]), &cpu()).unwrap();
    assert_eq!((collapsed.average, collapsed.average_scaled), (1.0, 1.0));
    assert!(distortion(&d, &Distances::from_fn(4, &cpu(), |_, _| 1.0).unwrap(), &cpu()).is_err());
}

#[test]
fn signs_of_curvature() {
    let mean = |graph: &Graph| sectional(graph, 3000, Rng::new(1), &cpu()).unwrap().mean;
    // On a path all is 0; where b and c part below m, ξ is −1 for all a beyond m.
    let path = sectional(&tree(50, 1), 500, Rng::new(1), &cpu()).unwrap();
    assert_eq!((path.mean, path.deviation, path.quantiles), (0.0, 0.0, [0.0; 5]));
    assert!((mean(&tree(10, 9)) + 7.0 / 9.0).abs() < 1e-12); // of 9 nodes other than the hub, 7 are neither b nor c
    assert!(mean(&tree(1023, 2)) < -0.3);
    assert!(mean(&grid(30, 30)).abs() < 0.05);
    // A cycle of even n: 1 at the opposite node, of n − 1.
    assert!((mean(&cycle(40)) - 1.0 / 39.0).abs() < 1e-15);
    // The octahedron, the sphere's coarsest picture: any two but the three opposite pairs are joined.
    let edges: Vec<_> = (0..6).flat_map(|i| (0..i).map(move |j| (i, j))).filter(|(i, j)| i / 2 != j / 2).collect();
    // Of its neighbours' pairs a third are opposite, with ξ = 2/5, the others have 1/16.
    assert!((mean(&Graph::new(6, &edges).unwrap()) - 0.175).abs() < 0.01);
    assert!(sectional(&complete(2), 10, Rng::new(1), &cpu()).is_err());
}

#[test]
fn distances_that_fit_are_recognised() {
    let suggest = |d: &Distances, dim| suggest_signature(d, dim, Rng::new(2), &cpu()).unwrap();
    let normal = |n, dim| Tensor::randn([n, dim], DType::F64, Rng::new(5), &Device::cpu()).unwrap();

    let flat = suggest(&Distances::of_points(&normal(60, 3), &Euclidean::flat().unwrap()).unwrap(), 3);
    assert_eq!(flat.suggested.to_string(), "e3");
    assert!(flat.suggested.distortion < 1e-10, "{flat:?}");

    // Points of radius 5 at κ = −1; the grid of curvatures does not hold κ itself.
    let ball = PoincareBall::new(-1.0).unwrap();
    let points = ball.exp_map0(&normal(100, 2).mul_scalar(1.5).unwrap()).unwrap();
    let hyperbolic = suggest(&Distances::of_points(&points, &ball).unwrap(), 2);
    assert_eq!(hyperbolic.suggested.to_string(), "h2", "{hyperbolic:?}");
    let kappa = hyperbolic.suggested.factors[0].2;
    assert!(kappa < -0.5 && kappa > -2.0, "{kappa}");

    let x = normal(80, 3).to_vec::<f64>().unwrap();
    let norm = |i: usize| x[3 * i..3 * i + 3].iter().map(|x| x * x).sum::<f64>().sqrt();
    let dot = |i: usize, j: usize| (0..3).map(|k| x[3 * i + k] * x[3 * j + k]).sum::<f64>() / norm(i) / norm(j);
    let sphere = suggest(&Distances::from_fn(80, &cpu(), |i, j| 3.0 * dot(i, j).clamp(-1.0, 1.0).acos()).unwrap(), 2);
    assert_eq!(sphere.suggested.to_string(), "s2", "{sphere:?}");
    assert!((sphere.suggested.factors[0].2 * 9.0 - 1.0).abs() < 0.1, "{sphere:?}");

    let tree = suggest(&Distances::of_graph(&tree(127, 2), &cpu()).unwrap(), 5);
    assert_eq!(tree.suggested.factors[0].0, Shape::Hyperbolic, "{tree:?}");
    assert!(tree.candidates.is_sorted_by(|a, b| a.distortion <= b.distortion));
}

#[test]
fn faults() {
    let message = |r: beltrami::Result<Distances>| r.unwrap_err().to_string();
    let parts = Graph::new(4, &[(0, 1), (2, 3)]).unwrap();
    assert_eq!(
        message(Distances::of_graph(&parts, &cpu())),
        "distances: no path from '0' to '2'; measure a connected part, such as `Graph::largest_component`"
    );
    assert!(message(Distances::of_nodes(&parts, &[0, 4], &cpu())).contains("index 4"));
    assert!(message(Distances::from_fn(3, &cpu(), |_, _| f64::NAN)).contains("points 0 and 1 have distance NaN"));
    assert!(message(Distances::from_fn(1 << 20, &cpu(), |_, _| 1.0)).contains("at most 16384"));
    for n in [0, 1, 3, 5] {
        // Too few points, or all in one place: a tree.
        let same = Distances::from_fn(n, &cpu(), |_, _| 0.0).unwrap();
        let found = hyperbolicity(&same, &Effort::default(), &cpu());
        assert_eq!((found.exact(), found.relative(found.lower)), (Some(0.0), 0.0));
    }
    let same = Distances::from_fn(5, &cpu(), |_, _| 0.0).unwrap();
    assert!(suggest_signature(&same, 2, Rng::new(0), &cpu()).is_err());
}
