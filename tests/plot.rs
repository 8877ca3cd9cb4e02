//! Pictures: sound files, geodesics that are geodesics, names that do not cover one another.

use beltrami::data::{self, Hierarchy};
use beltrami::plot::{Anchor, Axes, Color, Curve, DiskPicture, Scene, Shape, Text, curves, disk, project, short_label};
use std::io::Read;
use std::path::Path;

/// A toy layout: the spanning tree in hyperbolic polar coordinates, wedges by number of leaves, τ a level.
fn layout(h: &Hierarchy, tau: f64) -> Vec<[f64; 2]> {
    let direct = h.direct_edges();
    let mut parent = vec![None; h.len()];
    direct.iter().for_each(|&(c, p)| parent[c as usize] = Some(p));
    let mut children = vec![Vec::new(); h.len()];
    let mut leaves = vec![0.0f64; h.len()];
    for &i in h.topological().iter().rev() {
        leaves[i as usize] = leaves[i as usize].max(1.0);
        if let Some(p) = parent[i as usize] {
            children[p as usize].push(i);
            leaves[p as usize] += leaves[i as usize].powf(0.8);
        }
    }
    let mut points = vec![[0.0; 2]; h.len()];
    let mut open: Vec<(u32, f64, f64, u32)> = h.roots().iter().map(|&r| (r, 0.0, std::f64::consts::TAU, 0)).collect();
    while let Some((node, start, width, depth)) = open.pop() {
        let (r, angle) = ((f64::from(depth) * tau / 2.0).tanh(), start + width / 2.0);
        points[node as usize] = [r * angle.cos(), r * angle.sin()];
        let total: f64 = children[node as usize].iter().map(|&c| leaves[c as usize].powf(0.8)).sum();
        let mut at = start;
        for &c in &children[node as usize] {
            let share = width * leaves[c as usize].powf(0.8) / total;
            open.push((c, at, share, depth + 1));
            at += share;
        }
    }
    points
}

fn mammals() -> Scene {
    let h = data::mammals().unwrap();
    let picture = DiskPicture {
        hierarchy: &h,
        points: &layout(&h, 0.62),
        title: "WordNet mammals, a toy layout",
        caption: "Poincaré disk. Levels are 0.62 apart, angles by number of leaves.",
        labels: 160,
    };
    disk(&picture).unwrap()
}

/// Width, height and pixels of a PNG as the rasteriser writes it.
fn decode(png: &[u8]) -> (usize, usize, Vec<u8>) {
    assert!(png.starts_with(b"\x89PNG\r\n\x1a\n") && png.ends_with(b"IEND\xae\x42\x60\x82"));
    let word = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap()) as usize;
    let (width, height) = (word(16), word(20));
    let data = &png[41..41 + word(33)];
    let mut rows = Vec::new();
    flate2::read::ZlibDecoder::new(data).read_to_end(&mut rows).unwrap();
    assert_eq!(rows.len(), height * (3 * width + 1));
    (width, height, rows.chunks(3 * width + 1).flat_map(|r| r[1..].to_vec()).collect())
}

#[test]
fn pixels_are_where_they_should_be() {
    let mut scene = Scene::new(40.0, 20.0);
    scene.shapes.push(Shape::Dot { centre: [10.0, 10.0], radius: 5.0, color: Color(255, 0, 0, 1.0) });
    scene.line([20.0, 10.0], [39.0, 10.0], 4.0, Color(0, 0, 255, 0.5));
    scene.line([30.0, 4.0], [30.0, 16.0], 0.0, Color::INK);
    let (width, height, pixels) = decode(&scene.to_png(2.0));
    assert_eq!((width, height), (80, 40));
    let pixel = |x: usize, y: usize| &pixels[3 * (y * width + x)..][..3];
    assert_eq!(pixel(20, 20), [255, 0, 0]);
    assert_eq!(pixel(2, 2), [255, 255, 255]);
    assert_eq!(pixel(60, 20), [128, 128, 255]);
    // The area of a disk, to half a percent: the edge is smooth.
    let ink: f64 = (0..height)
        .flat_map(|y| (0..36).map(move |x| (x, y)))
        .map(|(x, y)| 1.0 - f64::from(pixel(x, y)[1]) / 255.0)
        .sum();
    assert!((ink / (std::f64::consts::PI * 100.0) - 1.0).abs() < 0.005, "{ink}");
}

#[test]
fn a_picture_of_mammals() {
    let scene = mammals();
    let svg = scene.to_svg();
    for name in ["WordNet mammals, a toy layout", ">mammal<", ">placental<", ">carnivore<", ">dog<", ">primate<"] {
        assert!(svg.contains(name), "{name}");
    }
    assert_eq!(svg.matches("<text").count(), svg.matches("</text>").count());
    // No name covers another.
    let boxes = scene.shapes.iter().filter_map(|s| match s {
        Shape::Text(t) => Some((t, [t.at[0], t.at[1] - 0.7 * t.size, t.at[0] + t.width(), t.at[1] + 0.2 * t.size])),
        _ => None,
    });
    let boxes: Vec<_> = boxes.filter(|(t, _)| t.halo).collect();
    assert!(boxes.len() > 50, "{} names", boxes.len());
    for (i, (t, a)) in boxes.iter().enumerate() {
        for (u, b) in &boxes[..i] {
            let apart = a[0] >= b[2] || b[0] >= a[2] || a[1] >= b[3] || b[1] >= a[3];
            assert!(apart, "{} and {}", t.words, u.words);
        }
    }
    // Arcs meet the unit circle at right angles: |centre|² = 1 + radius².
    let mut arcs = 0;
    for shape in &scene.shapes {
        if let Shape::Arc { from, centre, .. } = shape {
            let unit = |p: [f64; 2]| [(p[0] - 560.0) / 500.0, (p[1] - 610.0) / 500.0];
            let (c, f) = (unit(*centre), unit(*from));
            let radius = (c[0] - f[0]).powi(2) + (c[1] - f[1]).powi(2);
            let square = c[0] * c[0] + c[1] * c[1];
            assert!((square - 1.0 - radius).abs() < 1e-9 * square.max(1.0), "{square} {radius}");
            arcs += 1;
        }
    }
    assert!(arcs > 500, "{arcs} arcs");
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("plot");
    std::fs::create_dir_all(&dir).unwrap();
    scene.write_svg(dir.join("mammals.svg")).unwrap();
    scene.write_png(dir.join("mammals.png"), 1.0).unwrap();
    let (width, height, _) = decode(&std::fs::read(dir.join("mammals.png")).unwrap());
    assert_eq!((width as f64, height as f64), (scene.width, scene.height));
}

#[test]
fn points_outside_the_disk_are_named() {
    let h = Hierarchy::from_pairs([("b", "a"), ("c", "a")]).unwrap();
    let draw = |points: &[[f64; 2]]| {
        let picture = DiskPicture { hierarchy: &h, points, title: "", caption: "", labels: 10 };
        disk(&picture).map(|_| ()).map_err(|e| e.to_string())
    };
    assert_eq!(draw(&[[0.5, 0.5], [0.0, 0.0], [-0.5, 0.0]]), Ok(()));
    assert_eq!(draw(&[[0.0, 0.0]; 3]), Ok(()));
    assert_eq!(draw(&[[0.0, 0.0]]).unwrap_err(), "disk: 3 nodes, but 1 points; give one point a node");
    assert_eq!(
        draw(&[[0.0, 0.0], [0.6, 0.8], [f64::NAN, 0.0]]).unwrap_err(),
        "disk: point 1 (0.6, 0.8) is not inside the unit disk; scale the points by √−κ first, and check the embedding for NaN"
    );
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    let square = |x: &[f64]| x.iter().map(|v| v * v).sum::<f64>();
    let d: f64 = a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum();
    (1.0 + 2.0 * d / ((1.0 - square(a)) * (1.0 - square(b)))).acosh()
}

#[test]
fn projections_keep_what_they_say() {
    // Two dimensions: an isometry.
    let flat = [0.3, 0.1, -0.5, 0.4, 0.0, -0.7, 0.2, 0.2];
    let moved = project(&flat, 2, Some(1), false).unwrap();
    assert!(moved.points[1][0].hypot(moved.points[1][1]) < 1e-15);
    for i in 0..4 {
        for j in 0..i {
            let (a, b) = (
                distance(&flat[2 * i..2 * i + 2], &flat[2 * j..2 * j + 2]),
                distance(&moved.points[i], &moved.points[j]),
            );
            assert!((a - b).abs() < 1e-12, "{a} {b}");
        }
    }
    assert_eq!(moved.caption, "Poincaré disk. The root is moved to the middle by a Möbius translation.");
    // Five: distances to the root.
    let mut state = 1u64;
    let mut random = || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 11) as f64 / (1u64 << 53) as f64 - 0.5
    };
    let rows: Vec<f64> = (0..500).map(|i| random() * if i % 5 < 2 { 0.9 } else { 0.1 }).collect();
    let p = project(&rows, 5, Some(7), false).unwrap();
    for (row, q) in rows.chunks(5).zip(&p.points) {
        assert!((distance(row, &rows[35..40]) - distance(q, &[0.0, 0.0])).abs() < 1e-10);
    }
    assert!(p.caption.contains("From 5 to 2 dimensions") && !p.caption.contains("fit"), "{}", p.caption);
    // Crowded at the rim: all shrink by one factor.
    let rim: Vec<f64> = rows
        .chunks(5)
        .flat_map(|r| r.iter().map(|x| 0.9999 * x / r.iter().map(|v| v * v).sum::<f64>().sqrt()))
        .collect();
    let fitted = project(&rim, 5, None, true).unwrap();
    assert!(fitted.points.iter().all(|q| (q[0].hypot(q[1]) - 0.94).abs() < 1e-9));
    assert!(fitted.caption.ends_with("Distances to the middle are drawn × 0.35 to fit."), "{}", fitted.caption);
    // Degenerate ones.
    assert!(project(&[0.1, 0.0, 0.0, 0.2, 0.0, 0.0], 3, None, true).unwrap().points.iter().all(|q| q[1] == 0.0));
    assert_eq!(project(&[0.0; 6], 3, Some(0), true).unwrap().points, [[0.0; 2]; 2]);
    let fails = |rows: &[f64], dim, centre| project(rows, dim, centre, true).unwrap_err().to_string();
    assert_eq!(fails(&[], 0, None), "project: 0 numbers are no rows of 0; give `dim` numbers a point, `dim` ≥ 1");
    assert_eq!(fails(&[0.0; 3], 3, Some(1)), "project: the centre is point 1 of 1; give the number of a point");
    assert!(fails(&[0.0, 1.0, f64::NAN, 0.0], 2, None).starts_with("project: point 0 is not inside the unit ball"));
}

#[test]
fn curves_with_round_ticks() {
    let loss: Vec<_> = (0..300)
        .map(|i| [f64::from(i), 3.0 * (-f64::from(i) / 60.0).exp() + 0.02 + 0.01 * f64::from(i * 7919 % 13)])
        .collect();
    let burst: Vec<_> =
        loss.iter().map(|p| [p[0], if p[0] as u32 % 100 == 50 { f64::NAN } else { 0.5 * p[1] }]).collect();
    let all = [Curve { label: "training", points: &loss }, Curve { label: "held out", points: &burst }];
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("plot");
    std::fs::create_dir_all(&dir).unwrap();
    for (log_y, name, ticks) in [(false, "loss", ["0", "1", "3"]), (true, "loss_log", ["0.05", "0.1", "2"])] {
        let axes = Axes { title: "Loss", x: "epoch", y: "mean loss of a pair", log_y };
        let scene = curves(&axes, &all).unwrap();
        let svg = scene.to_svg();
        ticks.iter().for_each(|t| assert!(svg.contains(&format!(">{t}<")), "{t}"));
        // One line unbroken, the other in four pieces.
        assert_eq!(scene.shapes.iter().filter(|s| matches!(s, Shape::Line { width: 2.0, .. })).count(), 5);
        scene.write_svg(dir.join(format!("{name}.svg"))).unwrap();
        scene.write_png(dir.join(format!("{name}.png")), 1.0).unwrap();
    }
    let axes = Axes { title: "", x: "", y: "", log_y: true };
    let none = curves(&axes, &[Curve { label: "", points: &[[1.0, -1.0], [0.0, f64::NAN]] }]);
    assert_eq!(none.unwrap_err().to_string(), "curves: there is no finite point to draw; check the metrics for NaN");
    for points in [[[0.0, 1e-300], [0.0, 1e300]], [[5.0, 2.0], [5.0, 2.0]], [[-1e308, 1.0], [1e308, 1.1]]] {
        for log_y in [false, true] {
            let scene = curves(&Axes { log_y, ..axes }, &[Curve { label: "", points: &points }]).unwrap();
            assert!(scene.to_png(0.5).len() > 100 && scene.shapes.len() < 100);
        }
    }
}

#[test]
fn words() {
    assert_eq!(short_label("wild_dog.n.01"), "wild dog");
    assert_eq!(short_label("st._bernard.n.01"), "st. bernard");
    assert_eq!(
        (short_label("a.b.c"), short_label("x.n.1"), short_label("A_b")),
        ("a.b.c".into(), "x.n.1".into(), "A_b".into())
    );
    let mut scene = Scene::new(760.0, 300.0);
    let rows = [
        "abcdefghijklmnopqrstuvwxyz — the quick brown fox",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ  0123456789",
        "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~  κ × ≤ ≥ → … ² ° 漢",
        "Poincaré disk. Loss 0.0573 at epoch 300: 95 % of “pairs”; jumped over lazy dogs",
    ];
    for (i, row) in rows.iter().enumerate() {
        let bold = i == 1;
        scene.text(Text { bold, ..Text::new(*row, [20.0, 50.0 + 48.0 * i as f64], 26.0 - 3.0 * i as f64) });
    }
    scene.text(Text { upwards: true, anchor: Anchor::Middle, ..Text::new("upwards", [740.0, 150.0], 16.0) });
    scene.text(Text::new("a\u{0}<&>", [20.0, 260.0], 12.0));
    assert!(scene.to_svg().contains(">a\u{fffd}&lt;&amp;&gt;</text>"));
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("plot");
    std::fs::create_dir_all(&dir).unwrap();
    scene.write_png(dir.join("words.png"), 2.0).unwrap();
}
