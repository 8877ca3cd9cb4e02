//! Where a layer gets its parameters: names, first values, and the list of all.

use crate::io::{RawTensor, TensorFile};
use crate::manifold::{Curvature, Manifold, Parametrisation};
use crate::tensor::{Rng, Shape};
use crate::{DType, Device, Error, Param, Result, Tensor};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// The place in a model where a layer's parameters are made: each gets the name of its place, `layers.0.attn.wq.weight`.
///
/// Random values depend on the seed and the name alone, so adding a layer leaves the others as they were.
///
/// ```
/// use beltrami::nn::{Init, Scope};
/// use beltrami::{DType, tensor::Rng};
/// let scope = Scope::new(Rng::new(1), DType::F32);
/// let block = scope.at("layers").at(0);
/// let weight = block.param("weight", [4, 3], Init::Uniform(0.5))?;
/// assert_eq!(weight.name(), "layers.0.weight");
/// assert_eq!(scope.params().len(), 1);
/// # Ok::<(), beltrami::Error>(())
/// ```
#[derive(Clone)]
pub struct Scope {
    path: String,
    rng: Rng,
    dtype: DType,
    device: Device,
    shared: Arc<Shared>,
}

struct Shared {
    made: Mutex<Vec<Param>>,
    /// Values that replace the first ones, and where they are from.
    stored: Option<(PathBuf, BTreeMap<String, RawTensor>)>,
}

/// The first values of a parameter.
#[derive(Clone, Debug)]
pub enum Init {
    /// All the same.
    Constant(f64),
    /// Uniform in ± the bound.
    Uniform(f64),
    /// Normal with this standard deviation.
    Normal(f64),
    /// These values.
    Values(Tensor),
}

impl Init {
    /// Uniform in ± gain √(6/(inputs + outputs)) (Glorot & Bengio, AISTATS 2010, eq. 16).
    pub fn xavier(inputs: usize, outputs: usize, gain: f64) -> Init {
        Init::Uniform(gain * (6.0 / (inputs + outputs) as f64).sqrt())
    }
}

impl Scope {
    /// The top of a model that is made new, on the CPU.
    pub fn new(rng: Rng, dtype: DType) -> Scope {
        let shared = Arc::new(Shared { made: Mutex::default(), stored: None });
        Scope { path: String::new(), rng, dtype, device: Device::cpu(), shared }
    }

    /// The top of a model whose parameters are in a file; each must be there, in its shape. Numbers are converted to
    /// the scope's type.
    pub fn stored(path: impl AsRef<Path>, file: TensorFile, dtype: DType) -> Scope {
        let stored = Some((path.as_ref().to_owned(), file.tensors));
        let shared = Arc::new(Shared { made: Mutex::default(), stored });
        Scope { path: String::new(), rng: Rng::new(0), dtype, device: Device::cpu(), shared }
    }

    /// Parameters are made on this device.
    pub fn on(self, device: &Device) -> Scope {
        Scope { device: device.clone(), ..self }
    }

    /// The place `name` below this one.
    pub fn at(&self, name: impl ToString) -> Scope {
        Scope { path: self.name(&name.to_string()), ..self.clone() }
    }

    fn name(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    /// The number type of parameters.
    pub fn dtype(&self) -> DType {
        self.dtype
    }

    /// The device of parameters.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// All parameters made at this place and below, in the order they were made.
    pub fn params(&self) -> Vec<Param> {
        let within = |p: &&Param| {
            let rest = p.name().strip_prefix(&self.path);
            self.path.is_empty() || rest.is_some_and(|rest| rest.starts_with('.'))
        };
        self.lock().iter().filter(within).cloned().collect()
    }

    /// A parameter of the scope's number type.
    ///
    /// # Errors
    /// [`Error::Format`] if the file that the model comes from lacks it, or has it in another shape;
    /// [`Error::Argument`] if the name is taken.
    pub fn param(&self, name: &str, shape: impl Into<Shape>, init: Init) -> Result<Param> {
        let value = self.value(name, &shape.into(), init, self.dtype)?;
        self.keep(Param::new(self.name(name), value))
    }

    /// A parameter that weight decay leaves alone: biases, gains, temperatures.
    ///
    /// # Errors
    /// As [`Scope::param`].
    pub fn undecayed(&self, name: &str, shape: impl Into<Shape>, init: Init) -> Result<Param> {
        let value = self.value(name, &shape.into(), init, self.dtype)?;
        self.keep(Param::new(self.name(name), value).undecayed())
    }

    /// A parameter whose rows are points of a manifold.
    ///
    /// # Errors
    /// As [`Scope::param`].
    pub fn points(&self, name: &str, shape: impl Into<Shape>, init: Init, on: Arc<dyn Manifold>) -> Result<Param> {
        let value = self.value(name, &shape.into(), init, self.dtype)?;
        self.keep(Param::new(self.name(name), value).on_shared(on).undecayed())
    }

    /// A learned curvature that starts at `kappa`, on its own parameter in f64.
    ///
    /// # Errors
    /// As [`Scope::param`] and [`Curvature::learnable`].
    pub fn curvature(&self, name: &str, kappa: f64) -> Result<Curvature> {
        let curvature = Curvature::learnable(self.name(name), kappa, Parametrisation::Exp, Curvature::BOUNDS)?;
        if let Some(theta) = curvature.param() {
            if self.shared.stored.is_some() {
                theta.set(self.value(name, &[].into(), Init::Constant(0.0), DType::F64)?)?;
            }
            self.keep(theta.clone())?;
        }
        Ok(curvature)
    }

    fn keep(&self, param: Param) -> Result<Param> {
        let mut made = self.lock();
        if made.iter().any(|other| other.name() == param.name()) {
            return Err(Error::Argument {
                op: "Scope::param",
                what: format!("there is a parameter {} already", param.name()),
                remedy: "give each layer a place of its own with `at`".into(),
            });
        }
        made.push(param.clone());
        Ok(param)
    }

    fn value(&self, name: &str, shape: &Shape, init: Init, dtype: DType) -> Result<Tensor> {
        let name = self.name(name);
        if let Some((path, tensors)) = &self.shared.stored {
            return self.load(path, tensors.get(&name), &name, shape, dtype);
        }
        let rng = self.rng.named(&name);
        let (shape, device) = (shape.clone(), &self.device);
        match init {
            Init::Constant(value) => Tensor::full(shape, value, dtype, device),
            Init::Uniform(bound) => Tensor::rand(shape, DType::F64, rng, device)?
                .mul_scalar(2.0 * bound)?
                .add_scalar(-bound)?
                .to_dtype(dtype),
            Init::Normal(deviation) => {
                Tensor::randn(shape, DType::F64, rng, device)?.mul_scalar(deviation)?.to_dtype(dtype)
            }
            Init::Values(values) => values.broadcast_to(shape)?.contiguous()?.to_dtype(dtype)?.to_device(device),
        }
    }

    fn load(&self, path: &Path, raw: Option<&RawTensor>, name: &str, shape: &Shape, dtype: DType) -> Result<Tensor> {
        let fault = |what: String| Error::Format {
            path: path.to_owned(),
            line: None,
            what,
            remedy: "give a file of a model with the same configuration".into(),
        };
        let raw = raw.ok_or_else(|| fault(format!("there is no tensor '{name}'")))?;
        if raw.shape[..] != shape[..] {
            return Err(fault(format!("tensor '{name}' has shape {:?}, the model needs {:?}", raw.shape, &shape[..])));
        }
        if let Some(position) = raw.first_non_finite() {
            return Err(fault(format!("tensor '{name}' is not finite at {position}")));
        }
        raw.to_tensor()?.to_dtype(dtype)?.to_device(&self.device)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Param>> {
        // Parameters are pushed whole, so a panic elsewhere has left none half made.
        self.shared.made.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_decide_values() -> Result<()> {
        let scope = Scope::new(Rng::new(1), DType::F64);
        let a = scope.at("a").param("w", [2, 3], Init::Normal(1.0))?;
        let b = scope.at("b").param("w", [2, 3], Init::Normal(1.0))?;
        let again = Scope::new(Rng::new(1), DType::F64).at("b").param("w", [2, 3], Init::Normal(1.0))?;
        assert_eq!(b.tensor().to_f64_vec(), again.tensor().to_f64_vec());
        assert_ne!(a.tensor().to_f64_vec(), b.tensor().to_f64_vec());
        assert!(scope.at("a").param("w", [1], Init::Constant(0.0)).is_err());
        assert_eq!(scope.at("a").params().len(), 1);
        Ok(())
    }
}
