//! Four steps of the Riemannian optimizers on ½|p − target|² + 3/2 |q − target|², p on the hyperboloid, q flat.

use super::Report;
use super::fixture::{Fixture, TOLERANCE, distance};
use crate::manifold::Lorentz;
use crate::optim::{Optimizer, RiemannianAdam, RiemannianSGD};
use crate::{Error, Param, Result};

pub(super) fn run(fixture: &Fixture) -> Result<Report> {
    let (c, lr, decay) = (fixture.number("c")?, fixture.number("lr")?, fixture.number("weight_decay")?);
    let space = Lorentz::with_radius_sq(c)?.with_max_radius(f64::INFINITY)?;
    let p = Param::new("p", fixture.get("in.p0")?).on(space);
    let q = Param::new("q", fixture.get("in.q0")?);
    let mut optimizer = optimizer(fixture, vec![p.clone(), q.clone()], lr, decay)?;
    let (p_target, q_target) = (fixture.get("in.tgt")?, fixture.get("in.tq")?);
    let mut report = Report::default();
    for step in 1.. {
        if !fixture.has(&format!("out.p.{step}")) {
            break;
        }
        let (pt, qt) = (p.tensor(), q.tensor());
        let loss = pt.sub(&p_target)?.square()?.sum_all()?.mul_scalar(0.5)?;
        let grads = loss.add(&qt.sub(&q_target)?.square()?.sum_all()?.mul_scalar(1.5)?)?.backward()?;
        optimizer.step(&grads)?;
        for (name, param) in [("p", &p), ("q", &q)] {
            let want = fixture.get(&format!("out.{name}.{step}"))?;
            report.check(format!("{name} after step {step}"), distance(&param.tensor(), &want), TOLERANCE);
        }
    }
    Ok(report)
}

fn optimizer(fixture: &Fixture, params: Vec<Param>, lr: f64, decay: f64) -> Result<Box<dyn Optimizer>> {
    let case = fixture.case();
    if case.starts_with("optim_radam") {
        let (first, second) = fixture.pair("betas")?;
        // The published code decays flat parameters apart from the gradient, as AdamW does.
        let adam = RiemannianAdam::new(params, lr).betas(first, second).eps(fixture.number("eps")?);
        let adam = adam.weight_decay(decay).decoupled_flat_decay();
        return Ok(Box::new(if case.contains("amsgrad") { adam.amsgrad() } else { adam }));
    }
    if !case.starts_with("optim_rsgd") {
        return Err(Error::Argument {
            op: "golden",
            what: format!("unknown optimizer case {case}"),
            remedy: "names begin with optim_radam or optim_rsgd".into(),
        });
    }
    let sgd = RiemannianSGD::new(params, lr).weight_decay(decay);
    let with_momentum = |sgd: RiemannianSGD| -> Result<RiemannianSGD> {
        Ok(sgd.momentum(fixture.number("momentum")?, 0.0).published_seed())
    };
    Ok(Box::new(if case.contains("nesterov") {
        with_momentum(sgd)?.nesterov()
    } else if case.contains("momentum") {
        with_momentum(sgd)?
    } else {
        sgd
    }))
}
