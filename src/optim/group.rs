//! Groups of parameters with settings of their own.

use crate::Param;

/// Parameters that share settings which differ from the optimizer's.
///
/// ```
/// use beltrami::optim::Group;
/// use beltrami::prelude::*;
///
/// let weights = Param::new("weights", Tensor::zeros([3, 2], DType::F32, &Device::cpu())?);
/// let kappa = Param::new("kappa", Tensor::from(-1.0));
/// let optimizer = RiemannianAdamW::new(vec![weights], 1e-3)
///     .group(Group::new(vec![kappa]).lr_scale(0.1).no_decay());
/// # let _ = optimizer;
/// # Ok::<(), beltrami::Error>(())
/// ```
#[derive(Clone)]
pub struct Group {
    pub(super) params: Vec<Param>,
    pub(super) lr_scale: f64,
    pub(super) weight_decay: Option<f64>,
}

impl Group {
    /// A group with the optimizer's settings.
    pub fn new(params: Vec<Param>) -> Group {
        Group { params, lr_scale: 1.0, weight_decay: None }
    }

    /// The group's learning rate is the optimizer's times this, so that schedules reach every group.
    pub fn lr_scale(self, lr_scale: f64) -> Group {
        Group { lr_scale, ..self }
    }

    /// The group's weight decay.
    pub fn weight_decay(self, weight_decay: f64) -> Group {
        Group { weight_decay: Some(weight_decay), ..self }
    }

    /// The weight decay of one of its parameters, where the optimizer's is `usual`.
    pub(super) fn decay_of(&self, param: &Param, usual: f64) -> f64 {
        if param.decays() { self.weight_decay.unwrap_or(usual) } else { 0.0 }
    }

    /// No weight decay: for learnable curvatures, which decay would pull to flat space, for scales and biases.
    pub fn no_decay(self) -> Group {
        self.weight_decay(0.0)
    }
}
