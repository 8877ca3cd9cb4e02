//! Pictures: a [`Scene`] of lines, circles and words, drawn as SVG or PNG without any font or graphics library.
//!
//! [`disk`] draws a hierarchy in the Poincaré disk, [`Explorer`] makes a page of it to travel in, [`project`] brings points of more dimensions there, [`curves`] draws
//! what happened during training.

mod curve;
mod disk;
mod explorer;
mod font;
mod groups;
mod labels;
mod projection;
mod raster;
mod scene;
mod svg;

pub use curve::{Axes, Curve, curves};
pub use disk::{DiskPicture, disk, short_label};
pub use explorer::Explorer;
pub use projection::{Projection, project};
pub use scene::{Anchor, Color, Scene, Shape, Text};
