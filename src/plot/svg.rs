//! A scene as SVG.

use super::{Anchor, Color, Scene, Shape, Text};
use std::fmt::Write;

pub(super) fn render(scene: &Scene) -> String {
    let (w, h) = (n(scene.width), n(scene.height));
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\" \
         font-family=\"Helvetica, Arial, 'Liberation Sans', sans-serif\" stroke-linecap=\"round\" \
         stroke-linejoin=\"round\">\n<rect width=\"{w}\" height=\"{h}\" fill=\"#fff\"/>\n"
    );
    for shape in &scene.shapes {
        // Writing to a String cannot fail.
        let _ = element(&mut out, shape);
    }
    out.push_str("</svg>\n");
    out
}

fn element(out: &mut String, shape: &Shape) -> std::fmt::Result {
    match shape {
        Shape::Line { points, width, color } => {
            let path: Vec<String> = points.iter().map(|&[x, y]| format!("{} {}", n(x), n(y))).collect();
            writeln!(out, "<path d=\"M{}\" fill=\"none\" {}/>", path.join("L"), stroke(*color, *width))
        }
        Shape::Arc { from, to, centre, width, color } => {
            let radius = (from[0] - centre[0]).hypot(from[1] - centre[1]);
            let turn = (from[0] - centre[0]) * (to[1] - centre[1]) - (from[1] - centre[1]) * (to[0] - centre[0]);
            let sweep = u8::from(turn > 0.0);
            let ends = [from[0], from[1], to[0], to[1]].map(n);
            writeln!(
                out,
                "<path d=\"M{} {}A{r} {r} 0 0 {sweep} {} {}\" fill=\"none\" {}/>",
                ends[0],
                ends[1],
                ends[2],
                ends[3],
                stroke(*color, *width),
                r = n(radius),
            )
        }
        Shape::Dot { centre: [x, y], radius, color } => {
            writeln!(out, "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" {}/>", n(*x), n(*y), n(*radius), paint("fill", *color))
        }
        Shape::Ring { centre: [x, y], radius, width, color } => {
            let (x, y, r) = (n(*x), n(*y), n(*radius));
            writeln!(out, "<circle cx=\"{x}\" cy=\"{y}\" r=\"{r}\" fill=\"none\" {}/>", stroke(*color, *width))
        }
        Shape::Text(text) => words(out, text),
    }
}

/// The length is given so that the layout holds whatever font the reader has.
fn words(out: &mut String, text: &Text) -> std::fmt::Result {
    let [x, y] = text.at.map(n);
    write!(out, "<text x=\"{x}\" y=\"{y}\" font-size=\"{}\" {}", n(text.size), paint("fill", text.color))?;
    write!(out, " textLength=\"{}\" lengthAdjust=\"spacingAndGlyphs\"", n(text.width()))?;
    match text.anchor {
        Anchor::Start => {}
        Anchor::Middle => out.push_str(" text-anchor=\"middle\""),
        Anchor::End => out.push_str(" text-anchor=\"end\""),
    }
    if text.bold {
        out.push_str(" font-weight=\"bold\"");
    }
    if text.halo {
        write!(out, " paint-order=\"stroke\" stroke=\"#fff\" stroke-width=\"{}\"", n(text.size * 0.24))?;
    }
    if text.upwards {
        write!(out, " transform=\"rotate(-90 {x} {y})\"")?;
    }
    writeln!(out, ">{}</text>", escape(&text.words))
}

fn stroke(color: Color, width: f64) -> String {
    format!("{} stroke-width=\"{}\"", paint("stroke", color), n(width))
}

fn paint(what: &str, Color(r, g, b, a): Color) -> String {
    let opacity = if a < 1.0 { format!(" {what}-opacity=\"{}\"", n(a)) } else { String::new() };
    format!("{what}=\"#{r:02x}{g:02x}{b:02x}\"{opacity}")
}

/// A number with two decimals at most: a hundredth of a pixel is finer than any screen.
fn n(x: f64) -> String {
    let rounded = (x * 100.0).round() / 100.0;
    // The sum turns -0 into 0.
    format!("{}", rounded + 0.0)
}

/// Text for XML or HTML: without their special characters, and without control characters, which XML cannot hold.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
