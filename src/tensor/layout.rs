//! Layouts: where in a buffer the numbers of a view lie. Strides are signed, so every rearrangement that moves no
//! number (transposes, slices with steps, flips, expansion) is free.

use super::shape::Shape;
use smallvec::SmallVec;

/// Shape, strides (in numbers, not bytes) and the place of the first number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    shape: Shape,
    strides: SmallVec<[isize; 6]>,
    offset: usize,
}

/// Numbers at `offset, offset + stride, …`, `len` of them: a straight piece of a view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// Place of the first number in the buffer.
    pub offset: usize,
    /// Distance between neighbours.
    pub stride: isize,
    /// How many numbers.
    pub len: usize,
}

impl Layout {
    /// Row-major from the start of the buffer.
    pub fn contiguous(shape: Shape) -> Layout {
        let mut strides: SmallVec<[isize; 6]> = SmallVec::from_elem(1, shape.len());
        for i in (1..shape.len()).rev() {
            strides[i - 1] = strides[i] * shape[i].max(1) as isize;
        }
        Layout { shape, strides, offset: 0 }
    }

    /// The sizes of the axes.
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// Distance between neighbours along each axis.
    pub fn strides(&self) -> &[isize] {
        &self.strides
    }

    /// Place of the first number.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// Whether the numbers lie in row-major order without gaps (axes of size 1 do not matter).
    pub fn is_contiguous(&self) -> bool {
        let mut expected = 1;
        for (&size, &stride) in self.shape.iter().zip(&self.strides).rev() {
            if size == 0 {
                return true;
            }
            if size != 1 && stride != expected {
                return false;
            }
            expected *= size as isize;
        }
        true
    }

    /// Axes in the order of `axes` (a permutation).
    pub fn permuted(&self, axes: &[usize]) -> Layout {
        Layout {
            shape: axes.iter().map(|&a| self.shape[a]).collect(),
            strides: axes.iter().map(|&a| self.strides[a]).collect(),
            offset: self.offset,
        }
    }

    /// Along `axis`: `len` numbers from `start`, every `step`-th (negative: backwards). The caller keeps to the axis.
    pub fn sliced(&self, axis: usize, start: usize, len: usize, step: isize) -> Layout {
        let mut view = self.clone();
        // An empty slice may start one past the end; its offset is never used.
        view.offset = if len == 0 { 0 } else { (self.offset as isize + start as isize * self.strides[axis]) as usize };
        view.shape = self.shape.with(axis, len);
        view.strides[axis] *= step;
        view
    }

    /// As `shape`, repeating axes of size 1 (and new leading ones) with stride 0. The caller has checked that it fits.
    pub fn expanded(&self, shape: &Shape) -> Layout {
        let new = shape.len() - self.shape.len();
        let strides = (0..shape.len())
            .map(|i| match i.checked_sub(new) {
                Some(j) if self.shape[j] == shape[i] => self.strides[j],
                _ => 0,
            })
            .collect();
        Layout { shape: shape.clone(), strides, offset: self.offset }
    }

    /// The same numbers in the same order under `shape`, if that needs no copy.
    pub fn reshaped(&self, shape: &Shape) -> Option<Layout> {
        let mut target = Layout::contiguous(shape.clone());
        if self.is_contiguous() || shape.numel() == 0 {
            target.offset = self.offset;
            return Some(target);
        }
        // Match groups of old axes with groups of new axes of equal size; inside a group old strides must chain.
        let old: Vec<(usize, isize)> =
            self.shape.iter().copied().zip(self.strides.iter().copied()).filter(|&(n, _)| n != 1).collect();
        let (mut i, mut j) = (0, 0);
        while i < old.len() {
            let (mut from, mut to) = (old[i].0, 1);
            let (first_new, mut last) = (j, i);
            while from != to {
                if to < from {
                    to *= shape[j];
                    j += 1;
                } else {
                    if old[last].1 != old[last + 1].0 as isize * old[last + 1].1 {
                        return None;
                    }
                    last += 1;
                    from *= old[last].0;
                }
            }
            let mut stride = old[last].1;
            for axis in (first_new..j).rev() {
                target.strides[axis] = stride;
                stride *= shape[axis] as isize;
            }
            i = last + 1;
        }
        target.offset = self.offset;
        Some(target)
    }

    /// Calls `f` on the runs that make up numbers `start .. start + len` of the view in row-major order.
    pub fn for_runs(&self, start: usize, len: usize, mut f: impl FnMut(Run)) {
        if len == 0 {
            return;
        }
        let axes = self.merged();
        let Some((&(inner, stride), outer)) = axes.split_last() else {
            return f(Run { offset: self.offset, stride: 1, len: 1 });
        };
        let mut index: SmallVec<[usize; 6]> = SmallVec::from_elem(0, outer.len());
        let (mut rest, mut at) = (start / inner, self.offset as isize);
        for (i, &(size, step)) in outer.iter().enumerate().rev() {
            index[i] = rest % size;
            rest /= size;
            at += index[i] as isize * step;
        }
        let (mut column, mut left) = (start % inner, len);
        loop {
            let n = left.min(inner - column);
            f(Run { offset: (at + column as isize * stride) as usize, stride, len: n });
            left -= n;
            if left == 0 {
                return;
            }
            column = 0;
            for (i, &(size, step)) in outer.iter().enumerate().rev() {
                index[i] += 1;
                at += step;
                if index[i] < size {
                    break;
                }
                at -= size as isize * step;
                index[i] = 0;
            }
        }
    }

    /// Axes (size, stride) with size-1 axes dropped and neighbours that chain merged.
    pub(crate) fn merged(&self) -> SmallVec<[(usize, isize); 6]> {
        let mut axes: SmallVec<[(usize, isize); 6]> = SmallVec::new();
        for (&size, &stride) in self.shape.iter().zip(&self.strides) {
            match axes.last_mut() {
                _ if size == 1 => {}
                Some(last) if last.1 == size as isize * stride => *last = (last.0 * size, stride),
                _ => axes.push((size, stride)),
            }
        }
        axes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(layout: &Layout) -> Vec<usize> {
        let mut places = vec![];
        layout.for_runs(0, layout.shape().numel(), |run| {
            places.extend((0..run.len).map(|i| (run.offset as isize + i as isize * run.stride) as usize));
        });
        places
    }

    #[test]
    fn views_visit_the_right_places() {
        let base = Layout::contiguous(Shape::from([2, 3]));
        assert_eq!(order(&base), [0, 1, 2, 3, 4, 5]);
        assert_eq!(order(&base.permuted(&[1, 0])), [0, 3, 1, 4, 2, 5]);
        assert_eq!(order(&base.sliced(1, 2, 3, -1)), [2, 1, 0, 5, 4, 3]);
        assert_eq!(order(&base.sliced(1, 1, 1, 1).expanded(&Shape::from([2, 2, 2]))), [1, 1, 4, 4, 1, 1, 4, 4]);
    }

    #[test]
    fn runs_can_start_anywhere() {
        let view = Layout::contiguous(Shape::from([3, 4, 5])).permuted(&[2, 0, 1]);
        let all = order(&view);
        for start in 0..60 {
            for len in 0..60 - start {
                let mut part = vec![];
                view.for_runs(start, len, |run| {
                    part.extend((0..run.len).map(|i| (run.offset as isize + i as isize * run.stride) as usize));
                });
                assert_eq!(part, all[start..start + len]);
            }
        }
    }

    #[test]
    fn reshape_without_copy_keeps_the_order() {
        let view = Layout::contiguous(Shape::from([4, 6, 5])).sliced(1, 0, 3, 2);
        let merged = view.reshaped(&Shape::from([2, 2, 3, 5, 1])).expect("axes are only split");
        assert_eq!(order(&merged), order(&view));
        assert!(view.reshaped(&Shape::from([12, 5])).is_some());
        assert!(view.permuted(&[1, 0, 2]).reshaped(&Shape::from([12, 5])).is_none());
    }
}
