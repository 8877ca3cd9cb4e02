//! Choosing by number: rows of a table, entries along an axis; and the sums that are their transposes.

mod rows;

pub(crate) use rows::put_on_card;

use super::registry::{Case, Cases, Gradient, OpSpec, by_numbers, normal};
use crate::autograd::{Op, Outputs, Saves, Vjp, apply, one};
use crate::dtype::{DType, Element};
use crate::tensor::{Backend, Device, Shape, Tensor};
use crate::{Error, Result};

impl Tensor {
    /// The entries `ids` along `axis`, in their order: the axis is replaced by the axes of `ids` (u32 or i64).
    ///
    /// `[…, n, …]` and ids of shape `s` give `[…, s…, …]`. Works on every number type.
    ///
    /// # Errors
    /// [`Error::Index`] with the first id outside `0..n`.
    pub fn index_select(&self, axis: isize, ids: &Tensor) -> Result<Tensor> {
        self.choose_rows("index_select", self.shape().axis("index_select", axis)?, ids)
    }

    /// The rows `ids` of this table: `[n, d]` and ids of shape `s` give `[s…, d]`.
    ///
    /// # Errors
    /// As [`Tensor::index_select`]; if the table is not a matrix.
    pub fn embedding(&self, ids: &Tensor) -> Result<Tensor> {
        if self.rank() != 2 {
            return Err(Error::shape(
                "embedding",
                "the table is not a matrix",
                &[self.shape()],
                "give it one row for each id, shape [n, d]",
            ));
        }
        self.choose_rows("embedding", 0, ids)
    }

    fn choose_rows(&self, name: &'static str, axis: usize, ids: &Tensor) -> Result<Tensor> {
        apply(Choose { name, how: How::Rows, axis }, &[self, ids])
    }

    /// `src` added to the entries `ids` along `axis`: the transpose of [`Tensor::index_select`], and the sum over the
    /// edges of a graph. `src` has this shape with the axis replaced by the axes of `ids`.
    ///
    /// Equal ids add up in the order of their positions, so the bits do not depend on the threads.
    ///
    /// # Errors
    /// [`Error::Index`] with the first id outside the axis; if `src` has another shape or holds integers.
    pub fn index_add(&self, axis: isize, ids: &Tensor, src: &Tensor) -> Result<Tensor> {
        let axis = self.shape().axis("index_add", axis)?;
        self.add(&apply(AddUp { how: How::Rows, axis, shape: self.shape().clone() }, &[src, ids])?)
    }

    /// Numbers chosen one by one along `axis`: with axis 1, out\[i\]\[j\] = self\[i\]\[ids\[i\]\[j\]\].
    ///
    /// `ids` (u32 or i64) has as many axes as this tensor and is nowhere larger except along `axis`; the result has
    /// its shape. Works on every number type.
    ///
    /// # Errors
    /// [`Error::Index`] with the first id outside the axis; if the shapes do not fit.
    pub fn gather(&self, axis: isize, ids: &Tensor) -> Result<Tensor> {
        let axis = self.shape().axis("gather", axis)?;
        apply(Choose { name: "gather", how: How::Each, axis }, &[self, ids])
    }

    /// The numbers of `src` added where [`Tensor::gather`] would take them: with axis 1,
    /// self\[i\]\[ids\[i\]\[j\]\] += src\[i\]\[j\].
    ///
    /// Where `src` is larger than `ids` the rest is left out. Equal places add up in the order of their positions.
    ///
    /// # Errors
    /// [`Error::Index`] with the first id outside the axis; if the shapes do not fit or `src` holds integers.
    pub fn scatter_add(&self, axis: isize, ids: &Tensor, src: &Tensor) -> Result<Tensor> {
        let axis = self.shape().axis("scatter_add", axis)?;
        let fits = src.rank() == ids.rank() && src.dims().iter().zip(ids.dims()).all(|(s, i)| s >= i);
        if !fits {
            return Err(Error::shape(
                "scatter_add",
                "src is smaller than ids",
                &[src.shape(), ids.shape()],
                "give a number for each id",
            ));
        }
        let mut used = src.clone();
        for (axis, &size) in ids.dims().iter().enumerate().filter(|&(axis, &size)| src.dims()[axis] != size) {
            used = used.narrow(axis as isize, 0, size)?;
        }
        self.add(&apply(AddUp { how: How::Each, axis, shape: self.shape().clone() }, &[&used, ids])?)
    }

    /// 1 at each id, 0 elsewhere: ids of shape `s` give `[s…, classes]`.
    ///
    /// # Errors
    /// [`Error::Index`] with the first id outside `0..classes`; if this tensor does not hold u32 or i64.
    pub fn one_hot(&self, classes: usize, dtype: DType) -> Result<Tensor> {
        let ids = checked("one_hot", self, classes)?;
        let shape = self.shape().inserted(self.rank(), classes);
        let device = Device::cpu();
        let marked = with_element!(dtype, T, {
            Tensor::filled_by(shape, &device, |out: &mut [T]| {
                out.fill(T::from_f64(0.0));
                ids.iter().enumerate().for_each(|(i, id)| out[i * classes + id] = T::from_f64(1.0));
            })
        });
        marked.to_device(self.device())
    }
}

/// The ids in row-major order, all below `size`.
fn checked(op: &'static str, ids: &Tensor, size: usize) -> Result<Vec<usize>> {
    let outside = |position, index| Error::Index { op, index, position, size };
    let below = |&id: &usize| id < size;
    match ids.dtype() {
        DType::U32 => {
            let check = |(i, id): (usize, u32)| Some(id as usize).filter(below).ok_or(outside(i, i64::from(id)));
            ids.to_vec::<u32>()?.into_iter().enumerate().map(check).collect()
        }
        DType::I64 => {
            let check = |(i, id): (usize, i64)| usize::try_from(id).ok().filter(below).ok_or(outside(i, id));
            ids.to_vec::<i64>()?.into_iter().enumerate().map(check).collect()
        }
        got => Err(Error::DType { op, what: "ids must be u32 or i64", got }),
    }
}

/// What an id names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    /// A whole entry along the axis.
    Rows,
    /// One number along the axis, beside the id's own coordinates on the other axes.
    Each,
}

/// Rows of the table, as [`rows`] wants them: which, and how long.
struct Plan {
    places: Vec<usize>,
    row: usize,
    /// Shape of the chosen numbers.
    chosen: Shape,
}

impl How {
    fn plan(self, op: &'static str, table: &Shape, axis: usize, ids: &Tensor) -> Result<Plan> {
        let (size, inner) = (table[axis], table[axis + 1..].iter().product::<usize>());
        match self {
            How::Rows => {
                let ids_shape = ids.dims().iter().copied();
                let chosen =
                    table[..axis].iter().copied().chain(ids_shape).chain(table[axis + 1..].iter().copied()).collect();
                let ids = checked(op, ids, size)?;
                let outer: usize = table[..axis].iter().product();
                let places = match outer {
                    1 => ids,
                    _ => (0..outer).flat_map(|o| ids.iter().map(move |id| o * size + id)).collect(),
                };
                Ok(Plan { places, row: inner, chosen })
            }
            How::Each => {
                let smaller = |(i, (&n, &size)): (usize, (&usize, &usize))| i == axis || n <= size;
                if ids.rank() != table.len() || !ids.dims().iter().zip(&table[..]).enumerate().all(smaller) {
                    return Err(Error::shape(
                        op,
                        format!("ids do not fit beside axis {axis}"),
                        &[table, ids.shape()],
                        "ids have the same axes, none larger but the indexed one",
                    ));
                }
                let mut places = checked(op, ids, size)?;
                let strides = crate::tensor::Layout::contiguous(table.clone()).strides().to_vec();
                let mut index = vec![0; ids.rank()];
                for place in &mut places {
                    *place *= inner;
                    for i in (0..index.len()).filter(|&i| i != axis) {
                        *place += index[i] * strides[i] as usize;
                    }
                    advance(&mut index, ids.dims());
                }
                Ok(Plan { places, row: 1, chosen: ids.shape().clone() })
            }
        }
    }
}

/// The next index in row-major order.
fn advance(index: &mut [usize], dims: &[usize]) {
    for (i, &size) in index.iter_mut().zip(dims).rev() {
        *i += 1;
        if *i < size {
            return;
        }
        *i = 0;
    }
}

#[derive(Debug)]
struct Choose {
    name: &'static str,
    how: How,
    axis: usize,
}

impl Op for Choose {
    fn name(&self) -> &'static str {
        self.name
    }

    fn forward(&self, x: &[&Tensor]) -> Result<Outputs> {
        let table = x[0].detach().contiguous()?;
        let Plan { places, row, chosen } = self.how.plan(self.name, table.shape(), self.axis, x[1])?;
        let cpu = match x[0].device().backend() {
            Backend::Cpu(cpu) => cpu,
            Backend::Cuda(cuda) => return Ok(one(rows::take_on_card(cuda, &table, &places, row, chosen)?)),
        };
        Ok(one(with_element!(table.dtype(), T, {
            let from = table.as_slice::<T>().unwrap_or_default();
            Tensor::filled_by(chosen, table.device(), |out: &mut [T]| rows::take(cpu, from, &places, row, out))
        })))
    }

    fn saves(&self, _: &[bool]) -> Option<Saves> {
        Some(Saves { inputs: 2, outputs: 0 })
    }

    fn vjp(&self, cx: &Vjp<'_>) -> Result<Vec<Option<Tensor>>> {
        let back = AddUp { how: self.how, axis: self.axis, shape: cx.shape(0).clone() };
        Ok(vec![Some(apply(back, &[&cx.grad()?, cx.input(1)?])?), None])
    }
}

/// The transpose of [`Choose`]: numbers summed into zeros of `shape`.
#[derive(Debug)]
struct AddUp {
    how: How,
    axis: usize,
    shape: Shape,
}

impl Op for AddUp {
    fn name(&self) -> &'static str {
        match self.how {
            How::Rows => "index_add",
            How::Each => "scatter_add",
        }
    }

    fn forward(&self, x: &[&Tensor]) -> Result<Outputs> {
        let src = x[0].detach().contiguous()?;
        let Plan { places, row, chosen } = self.how.plan(self.name(), &self.shape, self.axis, x[1])?;
        if *src.shape() != chosen {
            return Err(Error::shape(
                self.name(),
                "src has another shape than what the ids choose",
                &[src.shape(), &chosen],
                "give a number for each one chosen",
            ));
        }
        if !src.dtype().is_float() {
            return Err(Error::DType { op: self.name(), what: "sums f32, f64 or bf16", got: src.dtype() });
        }
        let cpu = match src.device().backend() {
            Backend::Cpu(cpu) => cpu,
            Backend::Cuda(cuda) => return Ok(one(rows::sum_on_card(cuda, &src, &places, row, self.shape.clone())?)),
        };
        Ok(one(with_element!(src.dtype(), T, {
            let from = src.as_slice::<T>().unwrap_or_default();
            Tensor::filled_by(self.shape.clone(), src.device(), |out: &mut [T]| rows::sum(cpu, from, &places, row, out))
        })))
    }

    fn saves(&self, _: &[bool]) -> Option<Saves> {
        Some(Saves { inputs: 2, outputs: 0 })
    }

    fn vjp(&self, cx: &Vjp<'_>) -> Result<Vec<Option<Tensor>>> {
        let name = match self.how {
            How::Rows => "index_select",
            How::Each => "gather",
        };
        Ok(vec![Some(apply(Choose { name, how: self.how, axis: self.axis }, &[&cx.grad()?, cx.input(1)?])?), None])
    }
}

pub(super) static SPECS: &[OpSpec] = &[
    spec("index_select", || {
        let direct = by_numbers([2, 4, 2], |x| {
            (0..16).map(|i| x[0][i / 8 * 6 + x[1][i / 2 % 4] as usize * 2 + i % 2]).collect()
        });
        Ok(vec![
            Case::new("middle axis, repeated", vec![normal([2, 3, 2], 0)?, ids(&[2, 0, 2, 1], 4)?], |x| {
                x[0].index_select(1, &x[1])
            })
            .reference(direct),
            Case::new("ids with axes", vec![normal([2, 3], 1)?, ids(&[2, 2, 0, 1, 2, 2], [2, 3])?], |x| {
                x[0].index_select(-1, &x[1])
            }),
            Case::new("one id", vec![normal([3, 2], 1)?, ids(&[2], [])?], |x| x[0].index_select(0, &x[1])),
            Case::new("no ids", vec![normal([3, 2], 2)?, ids(&[], 0)?], |x| x[0].index_select(0, &x[1])),
        ])
    }),
    spec("embedding", || {
        let direct =
            by_numbers([2, 3, 2], |x| x[1].iter().flat_map(|&i| [0, 1].map(|j| x[0][i as usize * 2 + j])).collect());
        let one_hot = |x: &[Tensor]| x[1].one_hot(20, x[0].dtype())?.matmul(&x[0]);
        let long = Tensor::generate([2, 100], DType::U32, &Device::cpu(), |i| (i * i % 19) as f64)?;
        Ok(vec![
            Case::new("repeated", vec![normal([4, 2], 3)?, ids(&[1, 3, 1, 1, 0, 3], [2, 3])?], |x| {
                x[0].embedding(&x[1])
            })
            .reference(direct),
            Case::new("many ids", vec![normal([20, 3], 4)?, long], |x| x[0].embedding(&x[1])).reference(one_hot),
        ])
    }),
    spec("index_add", || {
        let direct = by_numbers([4, 2], |x| {
            let mut out = x[0].clone();
            (0..6).for_each(|i| out[x[1][i / 2] as usize * 2 + i % 2] += x[2][i]);
            out
        });
        let add = |x: &[Tensor]| x[0].index_add(0, &x[1], &x[2]);
        let inputs = vec![normal([4, 2], 5)?, ids(&[3, 1, 3], 3)?, normal([3, 2], 6)?];
        Ok(vec![Case::new("repeated", inputs, add).reference(direct)])
    }),
    spec("gather", || {
        let direct =
            by_numbers([2, 2, 3], |x| (0..12).map(|i| x[0][i / 6 * 12 + x[1][i] as usize * 4 + i % 3]).collect());
        let places = [0, 2, 1, 1, 1, 0, 2, 2, 2, 0, 0, 1];
        let spread = Tensor::generate([3, 6], DType::F64, &Device::cpu(), |i| (i * 7 % 18) as f64 * 0.25 - 2.0)?;
        let sorted = by_numbers([3, 6], |x| {
            let mut rows = x[0].clone();
            rows.chunks_mut(6).for_each(|row| row.sort_by(f64::total_cmp));
            rows
        });
        Ok(vec![
            Case::new("middle axis", vec![normal([2, 3, 4], 7)?, ids(&places, [2, 2, 3])?], |x| x[0].gather(1, &x[1]))
                .reference(direct),
            Case::new("last axis, repeated", vec![normal([3, 4], 8)?, ids(&[3, 3, 0, 1, 2, 1], [3, 2])?], |x| {
                x[0].gather(-1, &x[1])
            }),
            // Sorting is gathering; no two numbers lie within the steps of the finite differences.
            Case::new("sort", vec![spread.clone()], |x| x[0].sort(1, false)).reference(sorted),
            Case::new("top k", vec![spread], |x| Ok(x[0].topk(2, 1)?.0)),
        ])
    }),
    spec("scatter_add", || {
        let direct = by_numbers([3, 4], |x| {
            let mut out = x[0].clone();
            (0..6).for_each(|i| out[i / 2 * 4 + x[1][i] as usize] += x[2][i]);
            out
        });
        let places = ids(&[3, 3, 0, 1, 2, 2], [3, 2])?;
        let add = |x: &[Tensor]| x[0].scatter_add(1, &x[1], &x[2]);
        let larger = |x: &[Tensor]| x[0].scatter_add(0, &x[1], &x[2]);
        Ok(vec![
            Case::new("repeated", vec![normal([3, 4], 9)?, places.clone(), normal([3, 2], 10)?], add).reference(direct),
            Case::new("src larger", vec![normal([4, 3], 11)?, places, normal([4, 3], 12)?], larger),
        ])
    }),
];

const fn spec(name: &'static str, cases: fn() -> Result<Vec<Case>>) -> OpSpec {
    OpSpec { name, gradient: Gradient::Any, cases: Cases::Of(cases) }
}

fn ids(ids: &[i64], shape: impl Into<Shape>) -> Result<Tensor> {
    Tensor::from_slice(ids, shape)
}
