//! A page to travel in: the Poincaré disk of a hierarchy as one HTML file that needs nothing else.
//!
//! The files in `explorer/` are joined here with the nodes as the page wants them: numbered by importance, in polar
//! coordinates, since near the rim Cartesian ones of 32 bits would fall together.

use super::disk::check;
use super::groups::{PALETTE, groups};
use super::projection::fitting_factor;
use super::{Color, svg};
use crate::{Error, Result};
use serde_json::json;
use std::path::Path;

/// A hierarchy for people to travel in, by mouse, touch or keys; names can be searched.
///
/// Any number of nodes, also none; names need not differ.
#[derive(Clone, Copy, Debug)]
pub struct Explorer<'a> {
    /// A name for each node.
    pub names: &'a [String],
    /// A point inside the unit disk (κ = −1) for each node. Distances are kept; if nine tenths of the points are not
    /// within 0.94, the page opens with all distances to the middle scaled so that they are, and has a slider for it.
    pub points: &'a [[f64; 2]],
    /// The direct (child, parent) edges.
    pub edges: &'a [(u32, u32)],
    /// How many descendants each node has.
    pub below: &'a [u32],
    /// The headline.
    pub title: &'a str,
    /// What the page shows.
    pub caption: &'a str,
}

const TEMPLATE: &str = include_str!("explorer/explorer.html");
const STYLE: &str = include_str!("explorer/explorer.css");
/// In the order in which they run: each uses those before it.
const SCRIPT: &str = concat!(
    include_str!("explorer/geometry.js"),
    include_str!("explorer/nodes.js"),
    include_str!("explorer/view.js"),
    include_str!("explorer/select.js"),
    include_str!("explorer/draw.js"),
    include_str!("explorer/words.js"),
    include_str!("explorer/gestures.js"),
    include_str!("explorer/panel.js"),
);

impl Explorer<'_> {
    /// The page.
    ///
    /// # Errors
    /// [`Error::Argument`] if there is not one point and one count a node, a point lies outside the open unit disk (or is
    /// NaN), or an edge names no node or a parent that has not more descendants than its child.
    pub fn to_html(&self) -> Result<String> {
        check("explorer", self.names.len(), self.points)?;
        self.check_edges()?;
        let slots = [
            ("title", svg::escape(self.title)),
            ("style", STYLE.into()),
            ("data", self.data()),
            ("script", SCRIPT.into()),
        ];
        let mut page = String::new();
        let mut rest = TEMPLATE;
        // From left to right, so that nothing is looked for in what was put in.
        for (slot, text) in slots {
            let (before, after) = rest.split_once(&format!("<!--{slot}-->")).unwrap_or((rest, ""));
            page.push_str(before);
            page.push_str(&text);
            rest = after;
        }
        Ok(page + rest)
    }

    /// Writes the page, atomically.
    ///
    /// # Errors
    /// As [`to_html`](Self::to_html) and [`write_atomic`](crate::io::write_atomic).
    pub fn write(&self, path: impl AsRef<Path>) -> Result<()> {
        let page = self.to_html()?;
        crate::io::write_atomic(path, |out| out.write_all(page.as_bytes()))
    }

    fn check_edges(&self) -> Result<()> {
        let bad = |what: String, remedy: &str| Err(Error::Argument { op: "explorer", what, remedy: remedy.to_owned() });
        let (nodes, counts) = (self.names.len(), self.below.len());
        if counts != nodes {
            return bad(format!("{nodes} nodes, but {counts} counts"), "give the number of descendants of each node");
        }
        let count = |node: u32| self.below.get(node as usize);
        for &(child, parent) in self.edges {
            match (count(child), count(parent)) {
                (Some(of_child), Some(of_parent)) if of_parent > of_child => {}
                (Some(_), Some(_)) => {
                    let what = format!("node {parent} has no more descendants than its child {child}");
                    return bad(what, "count the descendants of this hierarchy, and check it for cycles");
                }
                _ => return bad(format!("edge ({child}, {parent}) among {nodes} nodes"), "number the nodes from 0"),
            }
        }
        Ok(())
    }

    /// The nodes as JSON, their numbers packed.
    fn data(&self) -> String {
        let groups = groups(self.edges, self.below, PALETTE.len());
        let mut order: Vec<u32> = (0..self.names.len() as u32).collect();
        // Among equals any order, but not that of the source: the first thousand leaves should be from everywhere. An odd
        // factor takes no two numbers to one.
        order.sort_by_key(|&i| (std::cmp::Reverse(self.below[i as usize]), i.wrapping_mul(0x9E37_79B1)));
        let mut number = vec![0u32; order.len()];
        (0..).zip(&order).for_each(|(new, &old)| number[old as usize] = new);

        let ordered = || order.iter().map(|&i| i as usize);
        let length = |[x, y]: [f64; 2]| 2.0 * x.hypot(y).atanh();
        let json = json!({
            "title": self.title,
            "caption": self.caption,
            "fit": fitting_factor(self.points.iter().map(|&p| length(p))),
            "colors": PALETTE[..groups.tops.len()].iter().chain([&Color::GREY]).map(|c| [c.0, c.1, c.2]).collect::<Vec<_>>(),
            "tops": groups.tops.iter().map(|&(top, size)| (number[top as usize], size)).collect::<Vec<_>>(),
            "names": ordered().map(|i| self.names[i].as_str()).collect::<Vec<_>>(),
            "angles": base64(ordered().flat_map(|i| self.points[i][1].atan2(self.points[i][0]).to_le_bytes())),
            "distances": base64(ordered().flat_map(|i| (length(self.points[i]) as f32).to_le_bytes())),
            "below": base64(ordered().flat_map(|i| self.below[i].to_le_bytes())),
            "groups": base64(ordered().map(|i| groups.of[i].unwrap_or(groups.tops.len()) as u8)),
            "edges": base64(
                self.edges.iter().flat_map(|&(c, p)| [c, p]).flat_map(|i| number[i as usize].to_le_bytes())
            ),
        });
        // No name can end the script element.
        json.to_string().replace('<', "\\u003c")
    }
}

/// RFC 4648, section 4.
fn base64(bytes: impl Iterator<Item = u8>) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bytes: Vec<u8> = bytes.collect();
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().fold(0u32, |word, &b| word << 8 | u32::from(b)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let digit = DIGITS[(word >> (18 - 6 * place) & 63) as usize] as char;
            out.push(if place > chunk.len() { '=' } else { digit });
        }
    }
    out
}
