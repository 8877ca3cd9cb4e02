//! Every operation, with the cases that prove it.

use crate::autograd::GradCheck;
use crate::geometry::{Kind, Model};
use crate::tensor::{Rng, Shape, Tensor};
use crate::{DType, Device, Result};

/// One operation: its name, what derivative it has, and where it is checked.
pub struct OpSpec {
    /// The name that [`Op::name`](crate::autograd::Op::name) gives.
    pub name: &'static str,
    /// Its derivative.
    pub gradient: Gradient,
    /// Inputs to check it at, in f64.
    pub cases: Cases,
}

/// Where the cases of an operation come from.
#[derive(Clone, Copy)]
pub enum Cases {
    /// A function that makes them.
    Of(fn() -> Result<Vec<Case>>),
    /// They follow from what a row function takes.
    Rows(Model, Kind),
}

impl OpSpec {
    /// Inputs to check it at.
    pub fn cases(&self) -> Result<Vec<Case>> {
        match self.cases {
            Cases::Of(make) => make(),
            Cases::Rows(model, kind) => super::manifold::cases(model, kind),
        }
    }
}

/// What derivative an operation has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gradient {
    /// It can be differentiated any number of times.
    Any,
    /// It can be differentiated once; the text says why not twice.
    Once(&'static str),
    /// It has none; the text says why.
    Never(&'static str),
}

/// A function of tensors.
pub type Function = Box<dyn Fn(&[Tensor]) -> Result<Tensor>>;

/// One point to check an operation at.
pub struct Case {
    /// What is special about it.
    pub label: String,
    /// The inputs, f64 or integers.
    pub inputs: Vec<Tensor>,
    /// The operation applied to them.
    pub apply: Function,
    /// The same by other means, to compare values (and derivatives) with.
    pub reference: Option<Function>,
    /// Steps and tolerance of the comparison with finite differences.
    pub check: GradCheck,
    /// Whether a derivative exists at this point (not at a kink, say).
    pub differentiable: bool,
    /// Relative difference that f32 may have from f64.
    pub f32_tolerance: f64,
}

impl Case {
    /// `apply` at `inputs`.
    pub fn new(
        label: impl Into<String>,
        inputs: Vec<Tensor>,
        apply: impl Fn(&[Tensor]) -> Result<Tensor> + 'static,
    ) -> Case {
        Case {
            label: label.into(),
            inputs,
            apply: Box::new(apply),
            reference: None,
            check: GradCheck::default(),
            differentiable: true,
            f32_tolerance: 2e-5,
        }
    }

    /// The same value by other means.
    pub fn reference(mut self, reference: impl Fn(&[Tensor]) -> Result<Tensor> + 'static) -> Case {
        self.reference = Some(Box::new(reference));
        self
    }

    /// A smaller first step of the finite differences, near the edge of a domain.
    pub fn step(mut self, step: f64) -> Case {
        self.check.step = step;
        self
    }

    /// Another tolerance of the derivative.
    pub fn tolerance(mut self, tolerance: f64) -> Case {
        self.check.tolerance = tolerance;
        self
    }

    /// Another tolerance of f32 against f64.
    pub fn f32_tolerance(mut self, tolerance: f64) -> Case {
        self.f32_tolerance = tolerance;
        self
    }

    /// Values only: there is no derivative here.
    pub fn values_only(mut self) -> Case {
        self.differentiable = false;
        self
    }
}

/// The operations, by family; row functions of manifolds apart.
static FAMILIES: &[&[OpSpec]] = &[
    super::view::SPECS,
    super::cast::SPECS,
    super::unary::SPECS[0],
    super::unary::SPECS[1],
    super::unary::SPECS[2],
    super::binary::SPECS,
    super::compare::SPECS,
    super::reduce::SPECS,
    super::matmul::SPECS,
    super::pairwise::SPECS,
    super::join::SPECS,
    super::index::SPECS,
    super::order::SPECS,
    super::dropout::SPECS,
    super::softmax::SPECS,
    super::loss::SPECS,
    super::norm::SPECS,
    super::lift::SPECS[0],
    super::lift::SPECS[1],
    super::lift::SPECS[2],
    super::lift::SPECS[3],
    super::residual::SPECS,
    super::centre::SPECS,
    super::conv::SPECS,
    super::convert::SPECS,
    super::attention::SPECS,
];

/// All operations.
pub fn all() -> impl Iterator<Item = &'static OpSpec> {
    FAMILIES.iter().copied().flatten().chain(super::manifold::specs())
}

pub(crate) fn is_registered(name: &str) -> bool {
    all().any(|spec| spec.name == name)
}

/// A random f64 tensor for a case: standard normal, the same each time.
pub(crate) fn normal(shape: impl Into<Shape>, stream: u64) -> Result<Tensor> {
    Tensor::randn(shape, DType::F64, Rng::new(17).stream(stream), &Device::cpu())
}

/// A reference made of plain f64 numbers: `f` gets the inputs in row-major order and returns the output's.
pub(crate) fn by_numbers(
    shape: impl Into<Shape>,
    f: impl Fn(&[Vec<f64>]) -> Vec<f64> + 'static,
) -> impl Fn(&[Tensor]) -> Result<Tensor> + 'static {
    let shape = shape.into();
    move |x| {
        let numbers: Vec<Vec<f64>> = x.iter().map(Tensor::to_f64_vec).collect();
        Tensor::from_slice(&f(&numbers), &shape)
    }
}
