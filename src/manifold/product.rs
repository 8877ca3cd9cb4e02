//! Products of manifolds: the columns of a row belong to the factors, one after the other.

use super::{Factor, Manifold, Retraction, Spec, Transport};
use crate::{DType, Error, Result, Tensor};
use std::ops::Range;
use std::sync::Arc;

/// A product of manifolds (Gu, Sala, Gunel & Ré, ICLR 2019): maps act on each factor by itself, squared distances add.
///
/// A row holds the rows of the factors one after the other, so the width is fixed. Each factor has its own curvature,
/// fixed or learnable; factors that share a manifold (one `Arc`) share its curvature.
///
/// ```
/// use beltrami::manifold::{Manifold, Spec};
/// let space = "h8,h8,e4".parse::<Spec>()?.build()?;
/// assert_eq!(space.ambient(20), 9 + 9 + 4);
/// assert_eq!(space.spec().to_string(), "h8,h8,e4");
/// # Ok::<(), beltrami::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Product {
    runs: Vec<Run>,
    dim: usize,
    width: usize,
}

/// Neighbouring factors that share a manifold and a dimension: one call on `[…, count, width]`.
#[derive(Clone, Debug)]
struct Run {
    manifold: Arc<dyn Manifold>,
    dim: usize,
    width: usize,
    count: usize,
    /// The first column.
    start: usize,
}

impl Product {
    /// The product of manifolds, each with its dimension. Products among them are replaced by their factors.
    ///
    /// # Errors
    /// If there is no factor, a dimension is 0, or a product is given with another dimension than its own.
    pub fn new(factors: impl IntoIterator<Item = (Arc<dyn Manifold>, usize)>) -> Result<Product> {
        let bad = |what: String, remedy: &str| Error::Argument { op: "Product::new", what, remedy: remedy.into() };
        let mut product = Product { runs: vec![], dim: 0, width: 0 };
        for (manifold, dim) in factors {
            if dim == 0 {
                return Err(bad(format!("{} of dimension 0", manifold.spec()), "give every factor a dimension"));
            }
            match manifold.as_product() {
                Some(inner) if inner.dim != dim => {
                    let what = format!("{} has dimension {}, not {dim}", inner.spec(), inner.dim);
                    return Err(bad(what, "give the sum of its factors' dimensions"));
                }
                Some(inner) => inner.parts().for_each(|(manifold, dim)| product.push(manifold.clone(), dim)),
                None => product.push(manifold, dim),
            }
        }
        if product.runs.is_empty() {
            return Err(bad("no factors".into(), "give at least one"));
        }
        Ok(product)
    }

    fn push(&mut self, manifold: Arc<dyn Manifold>, dim: usize) {
        let (start, width) = (self.width, manifold.ambient(dim));
        self.dim += dim;
        self.width += width;
        match self.runs.last_mut() {
            Some(run) if Arc::ptr_eq(&run.manifold, &manifold) && run.dim == dim => run.count += 1,
            _ => self.runs.push(Run { manifold, dim, width, count: 1, start }),
        }
    }

    /// The factors with their dimensions.
    pub fn parts(&self) -> impl Iterator<Item = (&Arc<dyn Manifold>, usize)> {
        self.runs.iter().flat_map(|run| std::iter::repeat_n((&run.manifold, run.dim), run.count))
    }

    /// The factors with their columns.
    fn columns<'a>(&'a self) -> impl Iterator<Item = (&'a Arc<dyn Manifold>, Range<usize>)> {
        let start = |run: &Run, i: usize| run.start + i * run.width;
        let of = move |run: &'a Run| (0..run.count).map(move |i| (&run.manifold, start(run, i)..start(run, i + 1)));
        self.runs.iter().flat_map(of)
    }

    /// The dimension: the sum of the factors'.
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// The width of rows.
    pub fn width(&self) -> usize {
        self.width
    }

    /// An error if rows have another width.
    fn accept(&self, args: &[&Tensor]) -> Result<()> {
        let Some(wrong) = args.iter().find(|x| x.dims().last() != Some(&self.width)) else { return Ok(()) };
        let what = format!("rows of the factors {} have {} columns", self.spec(), self.width);
        let remedy = "put the rows of the factors one after the other";
        Err(Error::shape("product", what, &[wrong.shape()], remedy))
    }

    /// `f` of each run of factors with its columns of the arguments, as `[…, count, width]`.
    fn on_runs<const N: usize>(&self, args: [&Tensor; N], f: impl Call<N>) -> Result<Vec<Tensor>> {
        self.accept(&args)?;
        let columns = |run: &Run, x: &Tensor| {
            let columns = x.narrow(-1, run.start, run.start + run.count * run.width)?;
            let axis = x.rank() - 1;
            columns.reshape(columns.shape().with(axis, run.count).inserted(axis + 1, run.width))
        };
        let call = |run: &Run| {
            let args = args.iter().map(|x| columns(run, x)).collect::<Result<Vec<_>>>()?;
            f(&*run.manifold, std::array::from_fn(|i| &args[i]))
        };
        self.runs.iter().map(call).collect()
    }

    /// A function whose results are rows.
    pub(super) fn rows<const N: usize>(&self, args: [&Tensor; N], f: impl Call<N>) -> Result<Tensor> {
        let flat: Vec<Tensor> = self.on_runs(args, f)?.iter().map(|y| y.flatten(-2, -1)).collect::<Result<_>>()?;
        Tensor::cat(&flat.iter().collect::<Vec<_>>(), -1)
    }

    /// A function whose results are numbers, of each factor: `[…, factors]`.
    pub(super) fn numbers<const N: usize>(&self, args: [&Tensor; N], f: impl Call<N>) -> Result<Tensor> {
        Tensor::cat(&self.on_runs(args, f)?.iter().collect::<Vec<_>>(), -1)
    }

    /// A function whose results are numbers that add.
    fn sum<const N: usize>(&self, args: [&Tensor; N], f: impl Call<N>) -> Result<Tensor> {
        self.numbers(args, f)?.sum(&[-1], false)
    }

    /// A function whose results are lengths, the squares of which add.
    fn length<const N: usize>(&self, args: [&Tensor; N], f: impl Call<N>) -> Result<Tensor> {
        hypotenuse(&self.numbers(args, f)?)
    }
}

/// The length of what has these lengths `[…, factors]`. In f64, where squares of f32 neither vanish nor overflow; the
/// gradient of length 0 is 0.
fn hypotenuse(parts: &Tensor) -> Result<Tensor> {
    parts.to_dtype(DType::F64)?.norm(&[-1], false)?.to_dtype(parts.dtype())
}

/// A function of a factor and its columns of N arguments.
pub(super) trait Call<const N: usize>: Fn(&dyn Manifold, [&Tensor; N]) -> Result<Tensor> {}
impl<const N: usize, F: Fn(&dyn Manifold, [&Tensor; N]) -> Result<Tensor>> Call<N> for F {}

/// Methods of [`Manifold`] that ask every factor and put the results together.
macro_rules! by_factor {
    ($($method:ident($($row:ident),+) = $together:ident,)+) => {$(
        fn $method(&self, $($row: &Tensor),+) -> Result<Tensor> {
            self.$together([$($row),+], |m: &dyn Manifold, [$($row),+]: [&Tensor; _]| m.$method($($row),+))
        }
    )+};
}

impl Manifold for Product {
    fn spec(&self) -> Spec {
        let factors = self.parts().map(|(manifold, dim)| (manifold.spec(), dim)).collect();
        Spec { factors, ..Spec::new("product", 0.0) }
    }

    fn as_product(&self) -> Option<&Product> {
        Some(self)
    }

    /// The dimension is fixed: another one gives a width that nothing takes.
    fn ambient(&self, dim: usize) -> usize {
        dim + self.width - self.dim
    }

    // `project` keeps each factor within its own `max_radius`.
    by_factor! {
        exp_map(x, u) = rows,
        exp_map0(u) = rows,
        log_map(x, y) = rows,
        log_map0(y) = rows,
        dist(x, y) = length,
        dist2(x, y) = sum,
        dist0(y) = length,
        parallel_transport(x, y, v) = rows,
        parallel_transport_from0(y, v) = rows,
        parallel_transport_to0(x, v) = rows,
        inner(x, u, v) = sum,
        norm(x, u) = length,
        project(x) = rows,
        project_tangent(x, z) = rows,
        egrad_to_rgrad(x, e) = rows,
        mobius_add(x, y) = rows,
    }

    fn geodesic(&self, x: &Tensor, y: &Tensor, s: f64) -> Result<Tensor> {
        self.rows([x, y], |m: &dyn Manifold, [x, y]: [&Tensor; 2]| m.geodesic(x, y, s))
    }

    fn mobius_scale(&self, x: &Tensor, r: f64) -> Result<Tensor> {
        self.rows([x], |m: &dyn Manifold, [x]: [&Tensor; 1]| m.mobius_scale(x, r))
    }

    fn cdist(&self, x: &Tensor, y: &Tensor) -> Result<Tensor> {
        self.accept(&[x, y])?;
        let mut parts = Vec::new();
        for (manifold, columns) in self.columns() {
            let [x, y] = [x, y].map(|points| points.narrow(-1, columns.start, columns.end));
            parts.push(manifold.cdist(&x?, &y?)?);
        }
        hypotenuse(&Tensor::stack(&parts.iter().collect::<Vec<_>>(), -1)?)
    }

    fn retract(&self, x: &Tensor, u: &Tensor, how: Retraction) -> Result<Tensor> {
        self.rows([x, u], |m: &dyn Manifold, [x, u]: [&Tensor; 2]| m.retract(x, u, how))
    }

    fn transport(&self, x: &Tensor, y: &Tensor, v: &Tensor, how: Transport) -> Result<Tensor> {
        self.rows([x, y, v], |m: &dyn Manifold, [x, y, v]: [&Tensor; 3]| m.transport(x, y, v, how))
    }

    /// The distance of a point that is as far out as it may be in every factor.
    fn max_radius(&self) -> f64 {
        self.parts().map(|(manifold, _)| manifold.max_radius()).fold(0.0, f64::hypot)
    }

    fn factors(&self, width: usize) -> Result<Vec<Factor>> {
        if width != self.width {
            let what = format!("rows of width {width} for the factors {}", self.spec());
            let remedy = format!("rows have width {}", self.width);
            return Err(Error::Argument { op: "Product", what, remedy });
        }
        let mut all = Vec::new();
        for (manifold, Range { start, end }) in self.columns() {
            let shifted = |f: Factor| Factor { columns: start + f.columns.start..start + f.columns.end, ..f };
            all.extend(manifold.factors(end - start)?.into_iter().map(shifted));
        }
        Ok(all)
    }
}
