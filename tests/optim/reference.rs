//! Each rule written plainly with operations on tensors, and recorded numbers of the flat rules.

use super::{loss, manifolds, param, points};
use beltrami::manifold::{Euclidean, Manifold};
use beltrami::optim::{Optimizer, RiemannianAdam, RiemannianAdamW, RiemannianSGD};
use beltrami::{DType, Device, Param, Result, Tensor};
use std::sync::Arc;

const LR: f64 = 0.07;
const DECAY: f64 = 0.03;

/// The largest difference between two tensors, as a share of the largest number.
fn distance(a: &Tensor, b: &Tensor) -> f64 {
    let (a, b) = (a.to_f64_vec(), b.to_f64_vec());
    let scale = b.iter().fold(0.0_f64, |m, x| m.max(x.abs()));
    a.iter().zip(&b).map(|(a, b)| (a - b).abs() / scale).fold(0.0, f64::max)
}

/// A plain rule: the point after each step, from a point and its gradient.
trait Plain {
    fn step(&mut self, space: &dyn Manifold, flat: bool, x: &Tensor, grad: &Tensor) -> Result<Tensor>;
}

struct Sgd {
    momentum: f64,
    dampening: f64,
    nesterov: bool,
    buffer: Option<Tensor>,
}

impl Plain for Sgd {
    fn step(&mut self, space: &dyn Manifold, _: bool, x: &Tensor, grad: &Tensor) -> Result<Tensor> {
        let r = space.egrad_to_rgrad(x, &grad.add(&x.mul_scalar(DECAY)?)?)?;
        let b = match self.buffer.take() {
            None => r.clone(),
            Some(b) => b.mul_scalar(self.momentum)?.add(&r.mul_scalar(1.0 - self.dampening)?)?,
        };
        let along = if self.nesterov { r.add(&b.mul_scalar(self.momentum)?)? } else { b.clone() };
        let y = space.exp_map(x, &along.mul_scalar(-LR)?)?;
        self.buffer = Some(space.parallel_transport(x, &y, &b)?);
        space.project(&y)
    }
}

struct Adam {
    decoupled: bool,
    amsgrad: bool,
    step: i32,
    moments: Option<[Tensor; 3]>,
}

const BETAS: (f64, f64) = (0.8, 0.5);

impl Plain for Adam {
    fn step(&mut self, space: &dyn Manifold, flat: bool, x: &Tensor, grad: &Tensor) -> Result<Tensor> {
        self.step += 1;
        let coupled = if self.decoupled { grad.clone() } else { grad.add(&x.mul_scalar(DECAY)?)? };
        let r = space.egrad_to_rgrad(x, &coupled)?;
        let square = if flat { r.square()? } else { space.inner(x, &r, &r)?.unsqueeze(-1)? };
        let [m, v, largest] = match self.moments.take() {
            Some(moments) => moments,
            None => [r.zeros_like()?, square.zeros_like()?, square.zeros_like()?],
        };
        let mut m = m.mul_scalar(BETAS.0)?.add(&r.mul_scalar(1.0 - BETAS.0)?)?;
        let v = v.mul_scalar(BETAS.1)?.add(&square.mul_scalar(1.0 - BETAS.1)?)?;
        let largest = largest.maximum(&v)?;
        let mut start = x.clone();
        if self.decoupled {
            start = space.exp_map0(&space.log_map0(x)?.mul_scalar(1.0 - LR * DECAY)?)?;
            m = space.parallel_transport(x, &start, &m)?;
        }
        let bound = if self.amsgrad { &largest } else { &v };
        let root = bound.mul_scalar(1.0 / (1.0 - BETAS.1.powi(self.step)))?.sqrt()?.add_scalar(1e-8)?;
        let along = m.mul_scalar(-LR / (1.0 - BETAS.0.powi(self.step)))?.div(&root)?;
        let y = space.exp_map(&start, &along)?;
        self.moments = Some([space.parallel_transport(&start, &y, &m)?, v, largest]);
        space.project(&y)
    }
}

/// Runs both for eight steps towards a moving target, so that gradients grow and fall.
fn compare(
    name: &str,
    plain: impl Fn() -> Box<dyn Plain>,
    make: impl Fn(Vec<Param>) -> Box<dyn Optimizer>,
) -> Result<()> {
    let device = Device::cpu();
    for manifold in manifolds()? {
        let mut plain = plain();
        let space = match &manifold {
            Some(space) => space.clone(),
            None => Arc::new(Euclidean::flat()?),
        };
        let mut x = points(&manifold, DType::F64, 0, &device)?;
        let p = param("p", x.clone(), &manifold);
        let mut optimizer = make(vec![p.clone()]);
        for step in 0..8 {
            let target = points(&manifold, DType::F64, 1 + step, &device)?;
            let weight = [3.0, 0.1, 1.0][step as usize % 3];
            let at = |x: &Tensor| loss(x, &target, &manifold)?.mul_scalar(weight)?.backward();
            let leaf = x.tracked();
            let grad = at(&leaf)?.get(&leaf).expect("the loss depends on it").clone();
            x = plain.step(&*space, manifold.is_none(), &x, &grad)?;
            optimizer.step(&at(&p.tensor())?)?;
            let off = distance(&p.tensor(), &x);
            assert!(off < 1e-13, "{name} is {off:e} off after step {step} on {manifold:?}");
        }
    }
    Ok(())
}

#[test]
fn sgd_is_what_it_says() -> Result<()> {
    let plain = |momentum, dampening, nesterov| {
        move || Box::new(Sgd { momentum, dampening, nesterov, buffer: None }) as Box<dyn Plain>
    };
    compare("sgd", plain(0.0, 0.0, false), |p| Box::new(RiemannianSGD::new(p, LR).weight_decay(DECAY)))?;
    compare("momentum", plain(0.9, 0.2, false), |p| {
        Box::new(RiemannianSGD::new(p, LR).weight_decay(DECAY).momentum(0.9, 0.2))
    })?;
    compare("nesterov", plain(0.9, 0.0, true), |p| {
        Box::new(RiemannianSGD::new(p, LR).weight_decay(DECAY).momentum(0.9, 0.0).nesterov())
    })
}

#[test]
fn adam_is_what_it_says() -> Result<()> {
    let plain =
        |decoupled, amsgrad| move || Box::new(Adam { decoupled, amsgrad, step: 0, moments: None }) as Box<dyn Plain>;
    let adam = |p| RiemannianAdam::new(p, LR).weight_decay(DECAY).betas(BETAS.0, BETAS.1);
    let adamw = |p| RiemannianAdamW::new(p, LR).weight_decay(DECAY).betas(BETAS.0, BETAS.1);
    compare("adam", plain(false, false), move |p| Box::new(adam(p)))?;
    compare("amsgrad", plain(false, true), move |p| Box::new(adam(p).amsgrad()))?;
    compare("adamw", plain(true, false), move |p| Box::new(adamw(p)))?;
    compare("adamw amsgrad", plain(true, true), move |p| Box::new(adamw(p).amsgrad()))
}

/// Three steps from [1, −2, ½] with given gradients.
fn recorded(make: impl FnOnce(Vec<Param>) -> Box<dyn Optimizer>) -> Result<Vec<f64>> {
    let p = Param::new("p", Tensor::from_slice(&[1.0, -2.0, 0.5], 3)?);
    let mut optimizer = make(vec![p.clone()]);
    for grad in [[3.0, -1.0, 0.25], [0.5, -1.0, -0.125], [0.1, 2.0, 0.0625]] {
        optimizer.step(&p.tensor().mul(&Tensor::from_slice(&grad, 3)?)?.sum_all()?.backward()?)?;
    }
    Ok(p.tensor().to_f64_vec())
}

#[test]
fn flat_rules_give_the_numbers_of_pytorch() -> Result<()> {
    // torch.optim 2.15, f64: AdamW(lr=0.1, betas=(0.8, 0.5), weight_decay=0.05), the same with amsgrad, and
    // SGD(lr=0.1, momentum=0.9, weight_decay=0.05, nesterov=True).
    let adamw = |p| RiemannianAdamW::new(p, 0.1).betas(0.8, 0.5).weight_decay(0.05);
    let sgd = |p| RiemannianSGD::new(p, 0.1).momentum(0.9, 0.0).nesterov().weight_decay(0.05);
    let cases = [
        (recorded(|p| Box::new(adamw(p)))?, [0.7110311957085937, -1.785577871082988, 0.3299186366642976]),
        (recorded(|p| Box::new(adamw(p).amsgrad()))?, [0.7768934930341473, -1.785577871082988, 0.346658645868833]),
        (recorded(|p| Box::new(sgd(p)))?, [-0.20980009987500006, -1.6922405377499998, 0.4171332594375]),
    ];
    for (got, want) in cases {
        let off = got.iter().zip(want).map(|(g, w)| (g - w).abs()).fold(0.0, f64::max);
        assert!(off < 1e-14, "{got:?}, not {want:?}");
    }
    Ok(())
}
