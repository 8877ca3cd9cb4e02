//! The proof of the fused step: the same step written with the library's tensors, manifolds and optimizer.

use super::{HierarchyTrainer, Settings};
use crate::backend::cpu::Cpu;
use crate::data::Hierarchy;
use crate::optim::{Optimizer, RiemannianSGD};
use crate::{Param, Result, Tensor};

/// The step that `trainer` is about to make, the general way: the points after it.
fn general_step(trainer: &mut HierarchyTrainer, epoch: usize) -> Result<(Tensor, f64)> {
    let (before, settings) = (trainer.embeddings()?, trainer.settings.clone());
    let table = Tensor::from_slice(before.rows(), [before.names().len(), before.width()])?;
    let manifold = settings.manifold.build()?;
    let points = Param::new("points", table).on_shared(manifold.clone());

    let count = trainer.draw().len();
    let visits = &trainer.stepper.visits[..count];
    let pairs = |f: fn(u32, u32) -> u32| -> Vec<u32> {
        visits.iter().flat_map(|v| v.others.iter().map(move |&o| f(v.node, o))).collect()
    };
    let ids = [pairs(|node, _| node), pairs(|_, other| other)];
    let found = points.lookup(&Tensor::from_slice(&ids.concat(), [2, ids[0].len()])?)?;
    let (x, y) = (found.values.select(0, 0)?, found.values.select(0, 1)?);
    let distances = if manifold.spec().kind == "euclidean" { manifold.dist2(&x, &y) } else { manifold.dist(&x, &y) }?;

    let (mut loss, mut start) = (Tensor::from(0.0), 0);
    for visit in visits {
        let middle = start + visit.ancestors;
        let end = start + visit.others.len();
        let near = distances.narrow(0, start, middle)?.unsqueeze(1)?;
        let far = distances.narrow(0, middle, end)?.unsqueeze(0)?.broadcast_to([visit.ancestors, end - middle])?;
        let all = Tensor::cat(&[&near, &far], 1)?.neg()?;
        loss = loss.add(&all.logsumexp(1, true)?.add(&near)?.sum_all()?)?;
        start = end;
    }
    let grads = loss.backward()?;
    let mut sgd = RiemannianSGD::new(vec![points.clone()], settings.rate(epoch));
    let sparse = found.grad(&grads).ok_or(crate::Error::Graph {
        op: "general_step",
        what: "no gradient".into(),
        remedy: "the loss does not depend on the points",
    })?;
    sgd.step_sparse(&points, &sparse)?;
    Ok((points.tensor(), loss.to_scalar()?))
}

/// Every manifold, narrow and wide rows, near the start and after points have spread.
#[test]
fn fused_steps_equal_general_ones() -> Result<()> {
    let tree = Hierarchy::from_pairs((1..120u32).map(|i| (format!("n{i}"), format!("n{}", (i - 1) / 3))))?.closure();
    let cpu = Cpu::new(1);
    for manifold in ["poincare", "poincare(kappa=-0.3)", "lorentz", "lorentz(kappa=-2)", "euclidean"] {
        for (dim, batch) in [(2, 1), (5, 7), (11, 40)] {
            // Squared distances bear smaller steps only.
            let lr = if manifold == "euclidean" { 0.01 } else { 0.2 };
            let manifold = manifold.parse()?;
            let settings = Settings { manifold, dim, batch, lr, burn_in: 2, negatives: 13, ..Settings::default() };
            let manifold = settings.manifold.build()?;
            let factor = manifold.factors(manifold.ambient(dim))?.swap_remove(0);
            let mut trainer = HierarchyTrainer::new(&tree, settings.clone())?;
            for epoch in 0..30 {
                let partial = trainer.partial;
                let general = (epoch % 10 == 0).then(|| general_step(&mut trainer, epoch)).transpose()?;
                trainer.step(&cpu)?;
                if let Some((points, loss)) = general {
                    let place = format!("{}, dim {dim}, epoch {epoch}", settings.manifold);
                    let fused = trainer.partial - partial;
                    if trainer.step > 0 {
                        assert!((fused - loss).abs() < 1e-9 * loss, "{place}: loss {fused} and {loss}");
                    }
                    let (now, width) = (trainer.embeddings()?, trainer.embeddings()?.width());
                    for (a, b) in now.rows().chunks(width).zip(points.to_vec::<f64>()?.chunks(width)) {
                        let mut distance = [0.0];
                        factor.model.forward(crate::geometry::Kind::Dist, factor.curv, &[a, b], &mut distance);
                        assert!(distance[0] < 1e-8, "{place}: moved {:e} apart", distance[0]);
                    }
                }
                while trainer.epochs() == epoch {
                    trainer.step(&cpu)?;
                }
            }
        }
    }
    Ok(())
}
