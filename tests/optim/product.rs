//! A product is moved as its factors would be moved by themselves, bit for bit.

use super::OPTIMIZERS;
use beltrami::manifold::{Euclidean, Factor, Lorentz, Manifold, PoincareBall, Spec};
use beltrami::param::SparseGrad;
use beltrami::{DType, Device, Param, Result, Rng, Tensor};
use std::sync::Arc;

const WIDTHS: [usize; 4] = [4, 2, 3, 2];

fn factors() -> Result<[Arc<dyn Manifold>; 4]> {
    Ok([
        Arc::new(Lorentz::new(-0.7)?),
        Arc::new(PoincareBall::new(-1.3)?),
        Arc::new(Euclidean::flat()?),
        Arc::new(PoincareBall::with_curvature_magnitude(0.5)?.with_max_radius(0.8)?),
    ])
}

/// As much of a product as optimizers ask for; the rest is its first factor's.
#[derive(Debug)]
struct Packed([Arc<dyn Manifold>; 4]);

macro_rules! of_first_factor {
    ($($name:ident($($arg:ident),*);)*) => {$(
        fn $name(&self, $($arg: &Tensor),*) -> Result<Tensor> {
            self.0[0].$name($($arg),*)
        }
    )*};
}

impl Manifold for Packed {
    of_first_factor! {
        exp_map(x, u); exp_map0(u); log_map(x, y); log_map0(y); dist(x, y); dist2(x, y); dist0(y);
        parallel_transport(x, y, v); parallel_transport_from0(y, v); parallel_transport_to0(x, v);
        inner(x, u, v); norm(x, u); project(x); project_tangent(x, z); egrad_to_rgrad(x, e);
    }

    fn spec(&self) -> Spec {
        self.0[0].spec()
    }

    fn ambient(&self, dim: usize) -> usize {
        self.0[0].ambient(dim)
    }

    fn max_radius(&self) -> f64 {
        f64::INFINITY
    }

    fn factors(&self, _: usize) -> Result<Vec<Factor>> {
        let mut all = vec![];
        let mut next = 0;
        for (manifold, width) in self.0.iter().zip(WIDTHS) {
            for factor in manifold.factors(width)? {
                all.push(Factor { columns: next..next + width, ..factor });
            }
            next += width;
        }
        Ok(all)
    }
}

/// 40 rows: several blocks, the last one not full.
fn start(device: &Device, dtype: DType) -> Result<Vec<Tensor>> {
    let factors = factors()?;
    let rows = |(i, (manifold, width)): (usize, (&Arc<dyn Manifold>, usize))| {
        let u = Tensor::randn([40, width], DType::F64, Rng::new(11).stream(i as u64), device)?.mul_scalar(0.4)?;
        manifold.project(&manifold.exp_map0(&u)?)?.to_dtype(dtype)
    };
    factors.iter().zip(WIDTHS).enumerate().map(rows).collect()
}

fn run(threads: usize, dtype: DType, sparse: bool, make: super::Make) -> Result<()> {
    let device = Device::cpu_with_grain(threads, 1 << 10);
    let parts = start(&device, dtype)?;
    let whole = Param::new("whole", Tensor::cat(&parts.iter().collect::<Vec<_>>(), 1)?).on(Packed(factors()?));
    let alone: Vec<Param> = parts
        .into_iter()
        .zip(factors()?)
        .enumerate()
        .map(|(i, (x, manifold))| Param::new(format!("factor {i}"), x).on_shared(manifold))
        .collect();
    let (mut for_whole, mut for_alone) = (make(vec![whole.clone()]), make(alone.clone()));
    for step in 0..4 {
        let grad = Tensor::randn([40, 11], dtype, Rng::new(12).stream(step), &device)?;
        if sparse {
            let rows: Vec<u32> = (0..40).filter(|row| !(row + step as u32).is_multiple_of(3)).collect();
            let ids = Tensor::from_slice(&rows, rows.len())?.to_device(&device)?;
            let grad = grad.index_select(0, &ids)?;
            for_whole.step_sparse(&whole, &SparseGrad { rows: rows.clone(), values: grad.clone() })?;
            for (param, values) in alone.iter().zip(grad.split(&WIDTHS, 1)?) {
                for_alone.step_sparse(param, &SparseGrad { rows: rows.clone(), values })?;
            }
        } else {
            for_whole.step(&whole.tensor().mul(&grad)?.sum_all()?.backward()?)?;
            for (param, grad) in alone.iter().zip(grad.split(&WIDTHS, 1)?) {
                for_alone.step(&param.tensor().mul(&grad)?.sum_all()?.backward()?)?;
            }
        }
        for (param, columns) in alone.iter().zip(whole.tensor().detach().split(&WIDTHS, 1)?) {
            assert_eq!(columns.to_f64_vec(), param.tensor().to_f64_vec(), "{} in step {step}", param.name());
        }
    }
    Ok(())
}

#[test]
fn a_product_moves_as_its_factors_do() -> Result<()> {
    for (name, make) in OPTIMIZERS.into_iter().filter(|(name, _)| *name != "clipped") {
        for dtype in [DType::F32, DType::F64] {
            run(1, dtype, false, make).map_err(|e| panic!("{name}: {e}"))?;
            run(3, dtype, true, make)?;
        }
    }
    Ok(())
}
