//! A hierarchy in the Poincaré disk.

use super::groups::{PALETTE, groups};
use super::labels::Labels;
use super::{Anchor, Color, Scene, Shape, Text};
use crate::data::Hierarchy;
use crate::{Error, Result};
use std::borrow::Cow;

/// What [`disk`] draws.
#[derive(Clone, Copy, Debug)]
pub struct DiskPicture<'a> {
    /// The nodes and their edges; of these the direct ones are drawn.
    pub hierarchy: &'a Hierarchy,
    /// A point inside the unit disk for each node.
    pub points: &'a [[f64; 2]],
    /// The headline.
    pub title: &'a str,
    /// What the picture shows and how it was projected; broken into lines here.
    pub caption: &'a str,
    /// The largest number of names; fewer are drawn where there is no room.
    pub labels: usize,
}

const RADIUS: f64 = 500.0;
const CENTRE: [f64; 2] = [560.0, 610.0];
const WIDTH: f64 = 1330.0;
const HEIGHT: f64 = 1200.0;
const LEGEND: f64 = 1116.0;

/// Draws the hierarchy: direct edges as geodesics, nodes by size of subtree, large subtrees in colours with a legend, and
/// the names of the nodes with most descendants wherever there is room.
///
/// # Errors
/// [`Error::Argument`] if there is not one point a node, or a point lies outside the open unit disk (or is NaN).
pub fn disk(picture: &DiskPicture) -> Result<Scene> {
    let DiskPicture { hierarchy, points, .. } = *picture;
    check("disk", hierarchy.len(), points)?;
    let direct = hierarchy.direct_edges();
    let below = hierarchy.descendant_counts();
    let groups = groups(&direct, &below, PALETTE.len());
    let color = |node: u32| groups.of[node as usize].map_or(Color::GREY, |g| PALETTE[g % PALETTE.len()]);
    // Important nodes are drawn last, over the others.
    let mut by_size: Vec<u32> = (0..hierarchy.len() as u32).collect();
    by_size.sort_by_key(|&i| (below[i as usize], std::cmp::Reverse(i)));

    let mut scene = Scene::new(WIDTH, HEIGHT);
    scene.shapes.push(Shape::Dot { centre: CENTRE, radius: RADIUS, color: Color(250, 250, 252, 1.0) });
    let faint = (400.0 / direct.len() as f64).sqrt().clamp(0.12, 0.7);
    for &(child, parent) in &direct {
        let heavy = f64::from(below[child as usize] + 1).ln();
        let ink = color(child).opacity((faint * (0.8 + 0.15 * heavy)).min(0.85));
        scene.shapes.push(geodesic(points[child as usize], points[parent as usize], 0.9 + 0.22 * heavy, ink));
    }
    scene.shapes.push(Shape::Ring { centre: CENTRE, radius: RADIUS, width: 1.6, color: Color::INK });
    let dot = |node: u32| 2.1 + 0.85 * f64::from(below[node as usize] + 1).ln();
    for &node in &by_size {
        let (centre, radius) = (place(points[node as usize]), dot(node));
        if below[node as usize] > 0 {
            scene.shapes.push(Shape::Dot { centre, radius: radius + 1.1, color: Color::WHITE });
        }
        scene.shapes.push(Shape::Dot { centre, radius, color: color(node).mix(Color::WHITE, 0.15) });
    }
    names(&mut scene, picture, &by_size, &below, &color, &dot);
    legend(&mut scene, picture, &groups.tops);
    Ok(scene)
}

/// A name for people: WordNet's `wild_dog.n.01` becomes `wild dog`; other names stay as they are.
pub fn short_label(name: &str) -> Cow<'_, str> {
    let mut parts = name.rsplitn(3, '.');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(number), Some("n" | "v" | "a" | "s" | "r"), Some(lemma))
            if number.len() == 2 && number.bytes().all(|b| b.is_ascii_digit()) =>
        {
            lemma.replace('_', " ").into()
        }
        _ => name.into(),
    }
}

/// That there is one point a node, inside the open unit disk.
pub(super) fn check(op: &'static str, nodes: usize, points: &[[f64; 2]]) -> Result<()> {
    let bad = |what: String, remedy: &str| Err(Error::Argument { op, what, remedy: remedy.to_owned() });
    if points.len() != nodes {
        return bad(format!("{nodes} nodes, but {} points", points.len()), "give one point a node");
    }
    match points.iter().map(|p| p[0].hypot(p[1])).position(|r| r.is_nan() || r >= 1.0) {
        None => Ok(()),
        Some(i) => bad(
            format!("point {i} ({}, {}) is not inside the unit disk", points[i][0], points[i][1]),
            "scale the points by √−κ first, and check the embedding for NaN",
        ),
    }
}

/// From the unit disk to the sheet, where y points down.
fn place(p: [f64; 2]) -> [f64; 2] {
    [CENTRE[0] + RADIUS * p[0], CENTRE[1] - RADIUS * p[1]]
}

/// The geodesic between two points: an arc of the circle through both that meets the unit circle at right angles, which
/// has its centre c where ⟨c, a⟩ = (1 + |a|²)/2 and ⟨c, b⟩ = (1 + |b|²)/2, and |c|² = 1 + radius².
fn geodesic(a: [f64; 2], b: [f64; 2], width: f64, color: Color) -> Shape {
    let det = a[0] * b[1] - a[1] * b[0];
    let (p, q) = ((1.0 + a[0] * a[0] + a[1] * a[1]) / 2.0, (1.0 + b[0] * b[0] + b[1] * b[1]) / 2.0);
    let c = [(p * b[1] - q * a[1]) / det, (q * a[0] - p * b[0]) / det];
    let (dx, dy) = (a[0] - b[0], a[1] - b[1]);
    let radius = (a[0] - c[0]).hypot(a[1] - c[1]);
    // How far the arc bulges from the chord, in pixels; nothing to see below a tenth. For det = 0 it is NaN.
    let bulge = (dx * dx + dy * dy) / (8.0 * radius) * RADIUS;
    if bulge.is_nan() || bulge <= 0.1 {
        return Shape::Line { points: vec![place(a), place(b)], width, color };
    }
    Shape::Arc { from: place(a), to: place(b), centre: place(c), width, color }
}

fn names(
    scene: &mut Scene,
    picture: &DiskPicture,
    by_size: &[u32],
    below: &[u32],
    color: &dyn Fn(u32) -> Color,
    dot: &dyn Fn(u32) -> f64,
) {
    let mut labels = Labels::new([8.0, 92.0, LEGEND - 16.0, 1124.0]);
    for &node in by_size.iter().rev().take(picture.labels) {
        let ([x, y], r) = (place(picture.points[node as usize]), dot(node));
        if r > 4.0 {
            labels.keep_free([x - r, y - r, x + r, y + r]);
        }
    }
    for &node in by_size.iter().rev().take(picture.labels) {
        let weight = f64::from(below[node as usize] + 1).ln();
        let mut text =
            Text::new(short_label(&picture.hierarchy.names()[node as usize]), [0.0; 2], 11.5 + 1.15 * weight);
        text.halo = true;
        text.bold = weight > 4.0;
        text.color = color(node).mix(Color::INK, 0.6);
        let point = picture.points[node as usize];
        // Near the rim names lean outwards, where there is room.
        let outward = if point[0].hypot(point[1]) > 0.8 { [point[0], -point[1]] } else { [0.0; 2] };
        let size = [text.width(), 1.05 * text.size];
        if let Some(at) = labels.place(place(point), dot(node) + 4.0, size, outward) {
            text.at = at;
            scene.text(text);
        }
    }
}

fn legend(scene: &mut Scene, picture: &DiskPicture, tops: &[(u32, usize)]) {
    scene.text(Text { bold: true, ..Text::new(picture.title, [60.0, 56.0], 27.0) });
    let nodes = picture.hierarchy.len();
    let mut y = 150.0;
    let mut entry = |color: Color, name: &str, count: usize| {
        scene.shapes.push(Shape::Dot {
            centre: [LEGEND + 6.0, y - 5.0],
            radius: 6.0,
            color: color.mix(Color::WHITE, 0.15),
        });
        let mut text = Text::new(name, [LEGEND + 20.0, y], 15.0);
        // Long names get what room there is.
        text.size *= (130.0 / text.width()).min(1.0);
        scene.text(text);
        let count = Text::new(count.to_string(), [WIDTH - 24.0, y], 13.0);
        scene.text(Text { anchor: Anchor::End, color: Color::GREY, ..count });
        y += 26.0;
    };
    for (i, &(top, size)) in tops.iter().enumerate() {
        entry(PALETTE[i % PALETTE.len()], &short_label(&picture.hierarchy.names()[top as usize]), size);
    }
    let rest = nodes - tops.iter().map(|t| t.1).sum::<usize>().min(nodes);
    if rest > 0 {
        entry(Color::GREY, "other", rest);
    }
    for (i, line) in wrap(picture.caption, 13.5, 1010.0).iter().take(3).enumerate() {
        scene.text(Text { color: Color::GREY, ..Text::new(line.as_str(), [60.0, 1148.0 + 19.0 * i as f64], 13.5) });
    }
}

/// Breaks a text between words so that no line is wider than `width` pixels, unless one word is.
fn wrap(text: &str, size: f64, width: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let longer = lines.last().map(|line| format!("{line} {word}"));
        match (longer, lines.last_mut()) {
            (Some(longer), Some(line)) if Text::new(longer.as_str(), [0.0; 2], size).width() <= width => *line = longer,
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
