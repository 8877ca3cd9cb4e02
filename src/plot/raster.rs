//! A scene as pixels: every shape is a set of points within some distance of a line, so one distance gives its edge,
//! smooth to a pixel.

use super::font::{self, BOLD_PEN, PEN};
use super::{Anchor, Color, Scene, Shape, Text};
use flate2::{Compression, Crc, write::ZlibEncoder};
use std::io::Write;

/// The largest side of a picture in pixels; larger scales are cut to it.
const LARGEST: f64 = 16384.0;

pub(super) fn render(scene: &Scene, scale: f64) -> Vec<u8> {
    let side = |x: f64| (x * scale).ceil().clamp(1.0, LARGEST) as usize;
    let mut canvas = Canvas::new(side(scene.width), side(scene.height));
    let at = |p: [f64; 2]| [p[0] * scale, p[1] * scale];
    for shape in &scene.shapes {
        match shape {
            Shape::Line { points, width, color } => {
                let points: Vec<_> = points.iter().map(|&p| at(p)).collect();
                canvas.stroke(&points, width * scale, *color);
            }
            Shape::Arc { from, to, centre, width, color } => {
                canvas.stroke(&arc(at(*from), at(*to), at(*centre)), width * scale, *color);
            }
            Shape::Dot { centre, radius, color } => canvas.stroke(&[at(*centre)], 2.0 * radius * scale, *color),
            Shape::Ring { centre, radius, width, color } => {
                canvas.stroke(&ring(at(*centre), radius * scale), width * scale, *color);
            }
            Shape::Text(text) => words(&mut canvas, text, scale),
        }
    }
    canvas.png()
}

/// Points along the shorter arc, near enough to one another to look round.
fn arc(from: [f64; 2], to: [f64; 2], centre: [f64; 2]) -> Vec<[f64; 2]> {
    let (a, b) = ([from[0] - centre[0], from[1] - centre[1]], [to[0] - centre[0], to[1] - centre[1]]);
    let angle = (a[0] * b[1] - a[1] * b[0]).atan2(a[0] * b[0] + a[1] * b[1]);
    turn(a, angle, centre)
}

fn ring(centre: [f64; 2], radius: f64) -> Vec<[f64; 2]> {
    turn([radius, 0.0], std::f64::consts::TAU, centre)
}

fn turn(start: [f64; 2], angle: f64, centre: [f64; 2]) -> Vec<[f64; 2]> {
    let radius = start[0].hypot(start[1]);
    // A chord of angle t leaves the arc by radius·t²/8: a twentieth of a pixel.
    let steps = (angle.abs() / (0.4 / radius.max(1e-9)).sqrt()).ceil().clamp(1.0, 4096.0);
    (0..=steps as u32)
        .map(|i| {
            let (sin, cos) = (angle * f64::from(i) / steps).sin_cos();
            [centre[0] + cos * start[0] - sin * start[1], centre[1] + sin * start[0] + cos * start[1]]
        })
        .collect()
}

fn words(canvas: &mut Canvas, text: &Text, scale: f64) {
    let size = text.size * scale;
    let shift = match text.anchor {
        Anchor::Start => 0.0,
        Anchor::Middle => -0.5 * font::width(&text.words),
        Anchor::End => -font::width(&text.words),
    };
    let place = |p: [f64; 2]| {
        let (x, y) = ((p[0] + shift) * size, -p[1] * size);
        let (x, y) = if text.upwards { (y, -x) } else { (x, y) };
        [text.at[0] * scale + x, text.at[1] * scale + y]
    };
    let strokes: Vec<Vec<_>> =
        font::strokes(&text.words).into_iter().map(|s| s.into_iter().map(place).collect()).collect();
    let pen = if text.bold { BOLD_PEN } else { PEN };
    if text.halo {
        canvas.strokes(&strokes, 2.0 * (pen + 0.12) * size, Color::WHITE.opacity(0.9));
    }
    canvas.strokes(&strokes, 2.0 * pen * size, text.color);
}

/// White paper, and a scratch sheet for how much of each pixel the current shape covers.
struct Canvas {
    width: usize,
    height: usize,
    pixels: Vec<[u8; 3]>,
    cover: Vec<f32>,
    touched: Vec<usize>,
}

impl Canvas {
    fn new(width: usize, height: usize) -> Canvas {
        let count = width * height;
        Canvas { width, height, pixels: vec![[255; 3]; count], cover: vec![0.0; count], touched: Vec::new() }
    }

    fn stroke(&mut self, points: &[[f64; 2]], width: f64, color: Color) {
        self.strokes(std::slice::from_ref(&points), width, color);
    }

    /// Draws lines as one shape: where they meet or cross, a transparent colour is laid on once.
    fn strokes<P: AsRef<[[f64; 2]]>>(&mut self, lines: &[P], width: f64, color: Color) {
        // A line thinner than a pixel is a paler one of a pixel's width.
        let (half, alpha) = (width.max(1.0) / 2.0, color.3 * width.min(1.0));
        for points in lines.iter().map(AsRef::as_ref) {
            match points {
                [] => {}
                [point] => self.segment(*point, *point, half),
                _ => points.windows(2).for_each(|p| self.long(p[0], p[1], half)),
            }
        }
        for i in self.touched.drain(..) {
            let share = f64::from(std::mem::take(&mut self.cover[i])) * alpha;
            for (old, new) in self.pixels[i].iter_mut().zip([color.0, color.1, color.2]) {
                *old = (f64::from(*old) + (f64::from(new) - f64::from(*old)) * share).round() as u8;
            }
        }
    }

    /// A line in short pieces, so that the boxes around them stay small.
    fn long(&mut self, a: [f64; 2], b: [f64; 2], half: f64) {
        let length = (b[0] - a[0]).hypot(b[1] - a[1]);
        let pieces = (length / (16.0 + half)).ceil().clamp(1.0, 4096.0);
        let on = |i: f64| [a[0] + (b[0] - a[0]) * i / pieces, a[1] + (b[1] - a[1]) * i / pieces];
        (0..pieces as u32).for_each(|i| self.segment(on(f64::from(i)), on(f64::from(i) + 1.0), half));
    }

    /// Covers the pixels within `half` of the segment.
    fn segment(&mut self, a: [f64; 2], b: [f64; 2], half: f64) {
        if !(a[0] + a[1] + b[0] + b[1]).is_finite() {
            return;
        }
        let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
        let square = dx * dx + dy * dy;
        let reach = half + 1.0;
        // A conversion to usize saturates: below 0 is 0.
        let low = |p: f64, q: f64| (p.min(q) - reach).floor() as usize;
        let high = |p: f64, q: f64, limit: usize| ((p.max(q) + reach).ceil() as usize).min(limit);
        for y in low(a[1], b[1])..high(a[1], b[1], self.height) {
            for x in low(a[0], b[0])..high(a[0], b[0], self.width) {
                let (px, py) = (x as f64 + 0.5 - a[0], y as f64 + 0.5 - a[1]);
                let t = if square > 0.0 { ((px * dx + py * dy) / square).clamp(0.0, 1.0) } else { 0.0 };
                let distance = (px - t * dx).hypot(py - t * dy);
                let cover = (half + 0.5 - distance).clamp(0.0, 1.0) as f32;
                let i = y * self.width + x;
                if cover > self.cover[i] {
                    if self.cover[i] == 0.0 {
                        self.touched.push(i);
                    }
                    self.cover[i] = cover;
                }
            }
        }
    }

    /// The PNG file: signature, header, one compressed block, end.
    fn png(&self) -> Vec<u8> {
        let mut rows = Vec::with_capacity(self.height * (3 * self.width + 1));
        for row in self.pixels.chunks_exact(self.width) {
            rows.push(0); // no filter
            rows.extend(row.iter().flatten());
        }
        let mut header = [(self.width as u32).to_be_bytes(), (self.height as u32).to_be_bytes()].concat();
        header.extend([8, 2, 0, 0, 0]); // 8 bits a channel, red-green-blue
        let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
        chunk(&mut out, b"IHDR", &header);
        chunk(&mut out, b"IDAT", &deflate(&rows));
        chunk(&mut out, b"IEND", &[]);
        out
    }
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    // Writing to memory cannot fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

fn chunk(out: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    let mut crc = Crc::new();
    crc.update(kind);
    crc.update(data);
    out.extend((data.len() as u32).to_be_bytes());
    out.extend(kind);
    out.extend(data);
    out.extend(crc.sum().to_be_bytes());
}
