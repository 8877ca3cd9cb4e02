//! Distances of all pairs against distances of rows: f32 points go by way of matrix products, rows do not.

use beltrami::manifold::{Lorentz, Manifold, PoincareBall};
use beltrami::{DType, Device, Result, Rng, Tensor};

/// Relative difference of two f32 results that are each half a unit in the last place from the true one.
const LAST_PLACE: f64 = 1.3e-7;

/// 21 points at some distance from the origin, and 40 others: equal, close and far ones.
fn points(space: &dyn Manifold, radius: f64) -> Result<[Tensor; 2]> {
    let device = Device::cpu();
    let tangents = |n: usize, stream| -> Result<Tensor> {
        let z = Tensor::randn([n, space.ambient(6)], DType::F32, Rng::new(3).stream(stream), &device)?;
        z.div(&z.norm(&[-1], true)?)?.mul_scalar(radius)
    };
    let u = tangents(21, 0)?;
    let x = space.exp_map0(&u)?;
    let near = space.exp_map0(&u.narrow(0, 0, 10)?.mul_scalar(1.0 + 1e-5)?)?;
    let y = Tensor::cat(&[&x.narrow(0, 5, 15)?, &near, &space.exp_map0(&tangents(20, 1)?)?], 0)?;
    Ok([x, y])
}

#[test]
fn all_pairs_are_as_exact_as_rows() -> Result<()> {
    let spaces: [Box<dyn Manifold>; 2] = [Box::new(Lorentz::new(-0.7)?), Box::new(PoincareBall::new(-1.0)?)];
    for space in &spaces {
        for radius in [1e-6, 0.3, 1.0, 4.0] {
            let [x, y] = points(&**space, radius)?.map(|t| t.tracked());
            let rows = |x: &Tensor, y: &Tensor| space.dist(&x.unsqueeze(1)?, &y.unsqueeze(0)?);
            let (pairs, one_by_one) = (space.cdist(&x, &y)?, rows(&x, &y)?);
            assert_eq!(pairs.dims(), [21, 40]);
            for (a, b) in pairs.to_f64_vec().into_iter().zip(one_by_one.to_f64_vec()) {
                assert!((a - b).abs() <= LAST_PLACE * b.abs(), "{space:?} radius {radius}: {a} and {b}");
            }
            let (from_pairs, from_rows) = (pairs.sum_all()?.backward()?, one_by_one.sum_all()?.backward()?);
            for leaf in [&x, &y] {
                let of = |grads: &beltrami::Grads| grads.get(leaf).map(Tensor::to_f64_vec).unwrap_or_default();
                let (a, b) = (of(&from_pairs), of(&from_rows));
                let size = b.iter().fold(0.0f64, |m, v| m.max(v.abs()));
                // Forty f32 gradients are summed by rows, one sum is rounded by pairs.
                let apart = a.iter().zip(&b).fold(0.0f64, |m, (a, b)| m.max((a - b).abs()));
                assert!(
                    size > 0.0 && apart <= 40.0 * LAST_PLACE * size,
                    "{space:?} radius {radius}: {apart:e} of {size:e}"
                );
            }
        }
    }
    Ok(())
}
