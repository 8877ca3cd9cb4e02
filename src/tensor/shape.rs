//! Shapes: sizes of the axes, broadcasting, axis numbers.

use crate::{Error, Result};
use smallvec::SmallVec;
use std::fmt;
use std::ops::Deref;

/// Sizes of the axes, outermost first. A scalar has none.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct Shape(SmallVec<[usize; 6]>);

impl Shape {
    /// How many numbers a tensor of this shape holds.
    pub fn numel(&self) -> usize {
        self.iter().product()
    }

    /// The shape with axis `axis` removed.
    pub fn without(&self, axis: usize) -> Shape {
        let mut dims = self.0.clone();
        dims.remove(axis);
        Shape(dims)
    }

    /// The shape with the size of `axis` replaced.
    pub fn with(&self, axis: usize, size: usize) -> Shape {
        let mut dims = self.0.clone();
        dims[axis] = size;
        Shape(dims)
    }

    /// The shape with an axis of `size` put before `axis`.
    pub fn inserted(&self, axis: usize, size: usize) -> Shape {
        let mut dims = self.0.clone();
        dims.insert(axis, size);
        Shape(dims)
    }

    /// Numbers the axes of `op`'s argument: negative ones count from the end.
    pub fn axis(&self, op: &'static str, axis: isize) -> Result<usize> {
        let rank = self.len() as isize;
        let resolved = if axis < 0 { axis + rank } else { axis };
        if (0..rank).contains(&resolved) {
            return Ok(resolved as usize);
        }
        Err(Error::Argument {
            op,
            what: format!("axis {axis} of a tensor of shape {self:?}"),
            remedy: format!("axes run from {} to {}", -rank, rank - 1),
        })
    }

    /// The common shape of two operands (numpy's rule: align at the right, sizes equal or 1).
    pub fn broadcast(&self, op: &'static str, other: &Shape) -> Result<Shape> {
        let rank = self.len().max(other.len());
        let size = |shape: &Shape, i: usize| (i + shape.len()).checked_sub(rank).map_or(1, |j| shape[j]);
        let mut dims = SmallVec::with_capacity(rank);
        for i in 0..rank {
            match (size(self, i), size(other, i)) {
                (a, b) if a == b || b == 1 => dims.push(a),
                (1, b) => dims.push(b),
                _ => {
                    return Err(Error::shape(
                        op,
                        "shapes do not broadcast",
                        &[self, other],
                        "align sizes from the last axis; each pair must be equal or have a 1",
                    ));
                }
            }
        }
        Ok(Shape(dims))
    }
}

impl Error {
    /// A [`Error::Shape`] from shapes.
    pub fn shape(op: &'static str, what: impl Into<String>, shapes: &[&Shape], remedy: &'static str) -> Error {
        Error::Shape { op, what: what.into(), shapes: shapes.iter().map(|s| s.to_vec()).collect(), remedy }
    }
}

impl Deref for Shape {
    type Target = [usize];
    fn deref(&self) -> &[usize] {
        &self.0
    }
}

impl fmt::Debug for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0[..], f)
    }
}

impl From<&[usize]> for Shape {
    fn from(dims: &[usize]) -> Shape {
        Shape(dims.into())
    }
}
impl From<Vec<usize>> for Shape {
    fn from(dims: Vec<usize>) -> Shape {
        Shape(dims.into())
    }
}
impl From<usize> for Shape {
    fn from(size: usize) -> Shape {
        Shape([size].as_slice().into())
    }
}
impl<const N: usize> From<[usize; N]> for Shape {
    fn from(dims: [usize; N]) -> Shape {
        Shape(dims.as_slice().into())
    }
}
impl<const N: usize> From<&[usize; N]> for Shape {
    fn from(dims: &[usize; N]) -> Shape {
        Shape(dims.as_slice().into())
    }
}
impl From<&Shape> for Shape {
    fn from(shape: &Shape) -> Shape {
        shape.clone()
    }
}
impl FromIterator<usize> for Shape {
    fn from_iter<I: IntoIterator<Item = usize>>(dims: I) -> Shape {
        Shape(dims.into_iter().collect())
    }
}
