//! Reading what people have: hierarchies as edge lists, WordNet's dict files, and the mammals that come with the crate.
//!
//! ```
//! let mammals = beltrami::data::mammals()?;
//! assert_eq!((mammals.len(), mammals.edges().len()), (1180, 6540));
//! let dog = mammals.id("dog.n.01").unwrap();
//! assert!(mammals.ancestors(dog).iter().any(|&a| mammals.name(a) == "carnivore.n.01"));
//! # Ok::<(), beltrami::Error>(())
//! ```

mod edge_list;
mod hierarchy;
mod holdout;
mod reduction;
mod text;
mod wordnet;

pub use edge_list::{parse_edge_list, read_edge_list};
pub use hierarchy::{Hierarchy, HierarchyBuilder};
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
