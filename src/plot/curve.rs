//! Curves over steps or epochs: loss, learning rate, quality.

use super::{Anchor, Color, Scene, Shape, Text};
use crate::{Error, Result};

/// One line of a diagram.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve<'a> {
    /// Its name in the legend; empty for none.
    pub label: &'a str,
    /// (x, y), drawn in this order; the line is broken where a number is not finite.
    pub points: &'a [[f64; 2]],
}

/// What stands around the curves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axes<'a> {
    /// The headline.
    pub title: &'a str,
    /// What runs to the right.
    pub x: &'a str,
    /// What runs upwards.
    pub y: &'a str,
    /// Whether y is drawn on a logarithmic scale; values that are not positive are then left out.
    pub log_y: bool,
}

const COLORS: [Color; 5] = [
    Color(31, 119, 180, 1.0),
    Color(214, 96, 20, 1.0),
    Color(35, 139, 69, 1.0),
    Color(190, 40, 70, 1.0),
    Color(117, 80, 170, 1.0),
];
const SIZE: [f64; 2] = [900.0, 540.0];
/// Left, top, right, bottom of the area that curves are drawn in.
const AREA: [f64; 4] = [96.0, 72.0, 868.0, 464.0];

/// Draws curves over common axes.
///
/// # Errors
/// [`Error::Argument`] if there is no point to draw.
pub fn curves(axes: &Axes, curves: &[Curve]) -> Result<Scene> {
    // Logarithms are taken here; below, all is linear.
    let height = |y: f64| if axes.log_y { y.log10() } else { y };
    let drawable = |p: &[f64; 2]| p[0].is_finite() && height(p[1]).is_finite();
    let seen: Vec<[f64; 2]> =
        curves.iter().flat_map(|c| c.points).filter(|p| drawable(p)).map(|p| [p[0], height(p[1])]).collect();
    if seen.is_empty() {
        let what = "there is no finite point to draw".to_owned();
        return Err(Error::Argument { op: "curves", what, remedy: "check the metrics for NaN".into() });
    }
    let x = Scale::new(seen.iter().map(|p| p[0]), AREA[0], AREA[2], 0.0);
    let y = Scale::new(seen.iter().map(|p| p[1]), AREA[3], AREA[1], 0.04);

    let mut scene = Scene::new(SIZE[0], SIZE[1]);
    frame(&mut scene, axes, &x, &y);
    for (i, curve) in curves.iter().enumerate() {
        let color = COLORS[i % COLORS.len()];
        for piece in curve.points.split(|p| !drawable(p)).filter(|piece| !piece.is_empty()) {
            let points = piece.iter().map(|p| [x.at(p[0]), y.at(height(p[1]))]).collect();
            scene.shapes.push(Shape::Line { points, width: 2.0, color });
        }
        let row = AREA[1] + 22.0 + 22.0 * i as f64;
        if !curve.label.is_empty() {
            let text = Text::new(curve.label, [AREA[2] - 42.0, row], 14.0);
            scene.text(Text { anchor: Anchor::End, halo: true, ..text });
            scene.line([AREA[2] - 34.0, row - 5.0], [AREA[2] - 12.0, row - 5.0], 3.0, color);
        }
    }
    Ok(scene)
}

fn frame(scene: &mut Scene, axes: &Axes, x: &Scale, y: &Scale) {
    let (grid, [left, top, right, bottom]) = (Color(226, 228, 232, 1.0), AREA);
    for (value, label) in x.ticks(8.0) {
        scene.line([x.at(value), bottom], [x.at(value), bottom + 5.0], 1.0, Color::INK);
        scene.text(Text { anchor: Anchor::Middle, ..Text::new(label, [x.at(value), bottom + 23.0], 14.0) });
    }
    for (value, label) in if axes.log_y { y.log_ticks() } else { y.ticks(6.0) } {
        scene.line([left, y.at(value)], [right, y.at(value)], 1.0, grid);
        scene.text(Text { anchor: Anchor::End, ..Text::new(label, [left - 10.0, y.at(value) + 5.0], 14.0) });
    }
    scene.shapes.push(Shape::Line {
        points: vec![[left, top], [left, bottom], [right, bottom]],
        width: 1.2,
        color: Color::INK,
    });
    scene.text(Text { bold: true, ..Text::new(axes.title, [left, 44.0], 20.0) });
    let below = Text::new(axes.x, [(left + right) / 2.0, bottom + 54.0], 15.0);
    scene.text(Text { anchor: Anchor::Middle, ..below });
    let beside = Text::new(axes.y, [28.0, (top + bottom) / 2.0], 15.0);
    scene.text(Text { anchor: Anchor::Middle, upwards: true, ..beside });
}

/// A range of values laid on a range of pixels.
struct Scale {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
}

impl Scale {
    /// The scale of these values, with a share of the range left free at both ends.
    fn new(values: impl Iterator<Item = f64>, from: f64, to: f64, free: f64) -> Scale {
        let (low, high) = values.fold((f64::MAX, f64::MIN), |(l, h), v| (l.min(v), h.max(v)));
        // A single value gets room around it.
        let room = if high > low { free * (high - low) } else { low.abs().max(1.0) * 0.5 };
        Scale { low: low - room, high: high + room, from, to }
    }

    fn at(&self, value: f64) -> f64 {
        // Halves, so that the range of all f64 does not overflow.
        let share = (value / 2.0 - self.low / 2.0) / (self.high / 2.0 - self.low / 2.0);
        self.from + share * (self.to - self.from)
    }

    /// About `count` round values with their labels.
    fn ticks(&self, count: f64) -> Vec<(f64, String)> {
        let rough = self.high / count - self.low / count;
        let power = 10f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].map(|m| m * power).into_iter().find(|&s| s >= rough).unwrap_or(rough);
        let decimals = (-step.log10().floor()).clamp(0.0, 12.0) as usize;
        let label = |v: f64| match v.abs() {
            a if a >= 1e6 || (decimals > 5 && a > 0.0) => format!("{v:.2e}"),
            _ => format!("{:.decimals$}", v + 0.0),
        };
        let first = (self.low / step).ceil();
        let ticks = (0..32).map(|i| (first + f64::from(i)) * step).take_while(|&v| v <= self.high + 1e-9 * step);
        ticks.map(|v| (v, label(v))).collect()
    }

    /// For a scale of logarithms: powers of ten, with 2 and 5 between them where there are few.
    fn log_ticks(&self) -> Vec<(f64, String)> {
        let decades = self.high - self.low;
        if decades < 0.5 {
            // Too narrow for those: round values as on a linear scale.
            let linear = Scale { low: 10f64.powf(self.low), high: 10f64.powf(self.high), ..*self };
            return linear.ticks(6.0).into_iter().filter(|t| t.0 > 0.0).map(|(v, label)| (v.log10(), label)).collect();
        }
        let every = (decades / 8.0).ceil().max(1.0) as i32;
        let factors: &[f64] = if decades <= 3.0 { &[1.0, 2.0, 5.0] } else { &[1.0] };
        let powers = (self.low.floor() as i32..=self.high.ceil() as i32).filter(|p| p % every == 0);
        let values = powers.flat_map(|p| factors.iter().map(move |f| (f64::from(p) + f.log10(), *f, p)));
        let inside = values.filter(|v| v.0 >= self.low && v.0 <= self.high);
        inside.map(|(at, factor, p)| (at, power_label(factor, p))).collect()
    }
}

fn power_label(factor: f64, power: i32) -> String {
    match power {
        -4..=5 => format!("{:.*}", (-power).max(0) as usize, factor * 10f64.powi(power)),
        _ => format!("{factor}e{power}"),
    }
}
