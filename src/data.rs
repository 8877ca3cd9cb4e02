//! What people have, and how it becomes what models take.
//!
//! * Hierarchies: [edge lists](read_edge_list), [WordNet]'s dict files, and the [mammals] that come with the crate.
//! * Graphs: [`Graph`], its paths and its parts; cut for link prediction by [`edge_split`].
//! * Features: [tables](read_table) and [`.npy` arrays](read_npy); [`embed_to_hyperbolic`] makes points of them,
//!   [`sample_uniform`] draws points, [`split`](split()) cuts sets.
//!
//! ```
//! let mammals = beltrami::data::mammals()?;
//! assert_eq!((mammals.len(), mammals.edges().len()), (1180, 6540));
//! let dog = mammals.id("dog.n.01").unwrap();
//! assert!(mammals.ancestors(dog).iter().any(|&a| mammals.name(a) == "carnivore.n.01"));
//! # Ok::<(), beltrami::Error>(())
//! ```

mod ball_sample;
mod delimited;
mod edge_list;
mod features;
mod graph;
mod hierarchy;
mod holdout;
mod npy;
mod reduction;
mod split;
mod table;
pub mod taxonomy_text;
pub(crate) mod text;
mod wordnet;

pub use ball_sample::sample_uniform;
pub use edge_list::{parse_edge_list, read_edge_list};
pub use features::{Scale, embed_to_hyperbolic, normalize_radius, project_to_ball};
pub use graph::{Graph, parse_graph, read_graph};
pub use hierarchy::{Hierarchy, HierarchyBuilder};
pub use npy::{parse_npy, read_npy};
pub use split::{EdgeSplit, Parts, Split, edge_split, non_edges, split, stratified_split};
pub use table::{Table, parse_table, read_table};
pub use wordnet::{Hypernym, WordNet};

use crate::Result;
use std::path::Path;

/// WordNet's mammals as Nickel & Kiela (2017) use them, contained in the crate: 1,180 synsets, 6,540 pairs of the
/// transitive closure.
///
/// The contained file holds the direct edges only, as [`WordNet::mammals`] gives them; the closure is taken here.
/// WordNet 3.0 is copyright Princeton University; its licence is in `LICENSE-WORDNET`.
///
/// # Errors
/// None in practice: the data is part of the crate and checked by its tests.
pub fn mammals() -> Result<Hierarchy> {
    let bytes = include_bytes!("data/mammals.tsv.gz");
    Ok(parse_edge_list(Path::new("mammals.tsv.gz"), bytes)?.closure())
}
