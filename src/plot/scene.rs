//! What a picture is made of.

use super::{font, raster, svg};
use crate::Result;
use std::path::Path;

/// A colour: red, green, blue in 0..=255, and opacity in 0..=1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Color(pub u8, pub u8, pub u8, pub f64);

impl Color {
    /// Paper.
    pub const WHITE: Color = Color(255, 255, 255, 1.0);
    /// Ink for words.
    pub const INK: Color = Color(38, 40, 46, 1.0);
    /// Ink for what matters less.
    pub const GREY: Color = Color(120, 124, 132, 1.0);

    /// This colour with another opacity.
    pub fn opacity(self, alpha: f64) -> Color {
        Color(self.0, self.1, self.2, alpha)
    }

    /// This colour moved towards `other`, by a share of the way.
    pub fn mix(self, other: Color, share: f64) -> Color {
        let m = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * share).round() as u8;
        Color(m(self.0, other.0), m(self.1, other.1), m(self.2, other.2), self.3)
    }
}

/// Which point of a text stands at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// The left end of the baseline.
    Start,
    /// The middle of the baseline.
    Middle,
    /// The right end of the baseline.
    End,
}

/// One line of words.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// Where the anchor of the baseline is.
    pub at: [f64; 2],
    /// The words.
    pub words: String,
    /// Height of the font (its em), in pixels.
    pub size: f64,
    /// Which point of the baseline is at `at`.
    pub anchor: Anchor,
    /// Ink.
    pub color: Color,
    /// Thicker strokes.
    pub bold: bool,
    /// A border of paper colour, so that the words stay readable over lines.
    pub halo: bool,
    /// Reads upwards, turned by a quarter about `at`.
    pub upwards: bool,
}

impl Text {
    /// Plain words in ink, from `at` to the right.
    pub fn new(words: impl Into<String>, at: [f64; 2], size: f64) -> Text {
        let words = words.into();
        Text { at, words, size, anchor: Anchor::Start, color: Color::INK, bold: false, halo: false, upwards: false }
    }

    /// The words' width in pixels.
    pub fn width(&self) -> f64 {
        font::width(&self.words) * self.size
    }
}

/// One thing to draw. Coordinates are pixels, x to the right, y down; widths are pixels.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)] // the fields say what they are
pub enum Shape {
    /// Straight pieces through the points, with round ends and corners.
    Line { points: Vec<[f64; 2]>, width: f64, color: Color },
    /// The shorter arc of the circle about `centre` from one point to another.
    Arc { from: [f64; 2], to: [f64; 2], centre: [f64; 2], width: f64, color: Color },
    /// A filled circle.
    Dot { centre: [f64; 2], radius: f64, color: Color },
    /// A circle's line.
    Ring { centre: [f64; 2], radius: f64, width: f64, color: Color },
    /// Words.
    Text(Text),
}

/// A picture: shapes on white paper, later ones over earlier ones.
#[derive(Clone, Debug, PartialEq)]
pub struct Scene {
    /// Pixels from left to right.
    pub width: f64,
    /// Pixels from top to bottom.
    pub height: f64,
    /// What is drawn, in order.
    pub shapes: Vec<Shape>,
}

impl Scene {
    /// An empty sheet.
    pub fn new(width: f64, height: f64) -> Scene {
        Scene { width, height, shapes: Vec::new() }
    }

    /// Adds words.
    pub fn text(&mut self, text: Text) {
        self.shapes.push(Shape::Text(text));
    }

    /// Adds a straight line.
    pub fn line(&mut self, from: [f64; 2], to: [f64; 2], width: f64, color: Color) {
        self.shapes.push(Shape::Line { points: vec![from, to], width, color });
    }

    /// The picture as SVG.
    pub fn to_svg(&self) -> String {
        svg::render(self)
    }

    /// The picture as a PNG file's bytes, with `scale` pixels for each of the scene's (2 for print).
    pub fn to_png(&self, scale: f64) -> Vec<u8> {
        raster::render(self, scale)
    }

    /// Writes the picture as SVG, atomically.
    ///
    /// # Errors
    /// As [`write_atomic`](crate::io::write_atomic).
    pub fn write_svg(&self, path: impl AsRef<Path>) -> Result<()> {
        crate::io::write_atomic(path, |out| out.write_all(self.to_svg().as_bytes()))
    }

    /// Writes the picture as PNG, atomically; `scale` as in [`to_png`](Self::to_png).
    ///
    /// # Errors
    /// As [`write_atomic`](crate::io::write_atomic).
    pub fn write_png(&self, path: impl AsRef<Path>, scale: f64) -> Result<()> {
        crate::io::write_atomic(path, |out| out.write_all(&self.to_png(scale)))
    }
}
