//! Parameters: named values that optimizers move, each on its own manifold.

use crate::autograd::Grads;
use crate::manifold::Manifold;
use crate::{DType, Error, Result, Tensor};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A named value that is learned. Clones are handles to the same value.
///
/// ```
/// # use beltrami::{Param, Tensor, manifold::PoincareBall, DType, Device};
/// let points = Tensor::zeros([4, 2], DType::F32, &Device::cpu())?;
/// let p = Param::new("points", points).on(PoincareBall::new(-1.0)?);
/// assert!(p.tensor().is_tracked());
/// # Ok::<(), beltrami::Error>(())
/// ```
#[derive(Clone)]
pub struct Param(Arc<Inner>);

struct Inner {
    name: String,
    manifold: Option<Arc<dyn Manifold>>,
    decays: bool,
    /// Always a leaf of the tape.
    value: Mutex<Tensor>,
}

/// A gradient of some rows of a table.
#[derive(Clone, Debug)]
pub struct SparseGrad {
    /// The rows, ascending, each once.
    pub rows: Vec<u32>,
    /// Their gradients, one row each.
    pub values: Tensor,
}

/// Rows looked up in a parameter: the numbers for the forward pass, and the place where their gradient will be found.
pub struct Lookup {
    /// The rows of the ids, shaped like the ids with the row width last.
    pub values: Tensor,
    rows: Vec<u32>,
    leaf: Tensor,
}

impl Param {
    /// A Euclidean parameter.
    pub fn new(name: impl Into<String>, value: Tensor) -> Param {
        Param(Arc::new(Inner {
            name: name.into(),
            manifold: None,
            decays: true,
            value: Mutex::new(value.detach().tracked()),
        }))
    }

    /// The same value as points of a manifold.
    pub fn on(self, manifold: impl Manifold + 'static) -> Param {
        self.on_shared(Arc::new(manifold))
    }

    /// The same value as points of a manifold that others share.
    pub fn on_shared(self, manifold: Arc<dyn Manifold>) -> Param {
        let name = self.0.name.clone();
        Param(Arc::new(Inner {
            name,
            manifold: Some(manifold),
            decays: self.0.decays,
            value: Mutex::new(self.tensor()),
        }))
    }

    /// The same value, left alone by weight decay: for curvatures, which decay would pull to an arbitrary value.
    pub fn undecayed(self) -> Param {
        let Inner { name, manifold, .. } = &*self.0;
        let value = Mutex::new(self.tensor());
        Param(Arc::new(Inner { name: name.clone(), manifold: manifold.clone(), decays: false, value }))
    }

    /// Whether weight decay applies to it.
    pub fn decays(&self) -> bool {
        self.0.decays
    }

    /// Whether both handles are of one parameter.
    pub fn is_same(&self, other: &Param) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The manifold; `None` is Euclidean.
    pub fn manifold(&self) -> Option<&Arc<dyn Manifold>> {
        self.0.manifold.as_ref()
    }

    /// The value now, tracked: use it in the forward pass and ask [`Grads::get`] for its gradient.
    pub fn tensor(&self) -> Tensor {
        self.lock().clone()
    }

    /// Replaces the value.
    ///
    /// # Errors
    /// If shape or type change.
    pub fn set(&self, value: Tensor) -> Result<()> {
        let mut now = self.lock();
        if value.shape() != now.shape() || value.dtype() != now.dtype() {
            let what = format!("{} cannot change its shape or type", self.name());
            return Err(Error::shape(
                "Param::set",
                what,
                &[now.shape(), value.shape()],
                "give a value of the same shape and type",
            ));
        }
        *now = value.detach().tracked();
        Ok(())
    }

    /// The rows named by `ids` (u32 or i64) of a table `[n, d]`; only they get a gradient.
    ///
    /// # Errors
    /// If an id is outside the table, or the parameter is not a table.
    pub fn lookup(&self, ids: &Tensor) -> Result<Lookup> {
        let table = self.tensor();
        if table.rank() != 2 {
            return Err(Error::shape("lookup", "needs a table", &[table.shape()], "tables have shape [rows, width]"));
        }
        let mut rows = Vec::with_capacity(ids.numel());
        for (position, id) in ids.to_dtype(DType::I64)?.to_vec::<i64>()?.into_iter().enumerate() {
            let size = table.dims()[0];
            match u32::try_from(id) {
                Ok(row) if (row as usize) < size => rows.push(row),
                _ => return Err(Error::Index { op: "lookup", index: id, position, size }),
            }
        }
        let places = rows.clone();
        rows.sort_unstable();
        rows.dedup();
        let places: Vec<u32> = places.iter().map(|r| rows.partition_point(|x| x < r) as u32).collect();
        let index = |ids: &[u32]| Tensor::from_slice(ids, ids.len())?.to_device(table.device());
        let leaf = table.detach().index_select(0, &index(&rows)?)?.tracked();
        let width = table.dims()[1];
        let shape: Vec<usize> = ids.dims().iter().copied().chain([width]).collect();
        let values = leaf.index_select(0, &index(&places)?)?.reshape(shape)?;
        Ok(Lookup { values, rows, leaf })
    }

    fn lock(&self) -> MutexGuard<'_, Tensor> {
        // A value is replaced in one assignment, so a panic elsewhere cannot have left half of one.
        self.0.value.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets `f` change the value, in place if nobody else holds it.
    pub(crate) fn update<R>(&self, f: impl FnOnce(&mut Tensor) -> Result<R>) -> Result<R> {
        let mut now = self.lock();
        let mut value = now.detach();
        // The old leaf goes first: it shares the numbers.
        *now = Tensor::from(0.0);
        let result = f(&mut value);
        *now = value.tracked();
        result
    }
}

impl fmt::Debug for Param {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Param").field("name", &self.name()).field("value", &*self.lock()).finish()
    }
}

impl Lookup {
    /// The gradient of the rows, if the loss depends on them.
    pub fn grad(&self, grads: &Grads) -> Option<SparseGrad> {
        Some(SparseGrad { rows: self.rows.clone(), values: grads.get(&self.leaf)?.clone() })
    }
}
