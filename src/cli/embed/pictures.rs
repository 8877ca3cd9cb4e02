//! The loss curve, and the embedding in the Poincaré disk, as a picture and as a page.

use super::folder::Folder;
use crate::Result;
use crate::data::Hierarchy;
use crate::models::{Embeddings, Reconstruction};
use crate::plot::{Axes, Curve, DiskPicture, Explorer, curves, disk, project};

/// Names in the disk, at most.
const LABELS: usize = 60;

/// Draws all. Flat space has no disk.
pub(super) fn write(
    folder: &Folder,
    embeddings: &Embeddings,
    hierarchy: &Hierarchy,
    losses: &[f64],
    quality: Reconstruction,
) -> Result<()> {
    let points: Vec<[f64; 2]> = (1..).zip(losses).map(|(epoch, &loss)| [f64::from(epoch), loss]).collect();
    // Without negatives there is no loss, and nothing to draw on a logarithmic axis.
    if losses.iter().any(|&l| l > 0.0) {
        let axes = Axes { title: "Loss of a (node, ancestor) pair", x: "epoch", y: "loss (nats)", log_y: true };
        folder.write_picture("loss", &curves(&axes, &[Curve { label: "", points: &points }])?)?;
    }
    if !embeddings.is_hyperbolic()? {
        return Ok(());
    }
    let roots = hierarchy.roots();
    let centre = (roots.len() == 1).then(|| roots[0] as usize);
    let rows = embeddings.unit_rows()?;
    let projection = project(&rows, embeddings.dim(), centre, true)?;
    let top = centre.map_or("A hierarchy", |i| hierarchy.name(i as u32));
    let title = format!("{} in hyperbolic space of {} dimensions", crate::plot::short_label(top), embeddings.dim());
    let measured = format!(
        "{} nodes, {} pairs; {}; MAP {:.3}, mean rank {:.2}.",
        hierarchy.len(),
        hierarchy.edges().len(),
        embeddings.manifold(),
        quality.map,
        quality.mean_rank,
    );
    let caption = format!("{measured} {}", projection.caption);
    let scene =
        disk(&DiskPicture { hierarchy, points: &projection.points, title: &title, caption: &caption, labels: LABELS })?;
    folder.write_picture("disk", &scene)?;

    // The page scales distances itself.
    let projection = project(&rows, embeddings.dim(), centre, false)?;
    folder.write_page(&Explorer {
        names: hierarchy.names(),
        points: &projection.points,
        edges: &hierarchy.direct_edges(),
        below: &hierarchy.descendant_counts(),
        title: &title,
        caption: &format!("{measured} {}", projection.caption),
    })
}
