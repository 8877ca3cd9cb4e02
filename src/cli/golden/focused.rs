//! The kernel of Hypformer's linear attention.

use super::Report;
use super::fixture::Fixture;
use super::layers::{judge, unknown, width};
use crate::Result;
use crate::nn::FocusedKernel;

pub(super) fn kernel(fixture: &Fixture) -> Result<Report> {
    let (scope, [kappa, _]) = (fixture.scope(), fixture.curvatures()?);
    let [_, _, heads, ambient] = fixture.dims("in.q")? else { return Err(unknown(fixture)) };
    let (q, k, v) = (fixture.leaf("q")?, fixture.leaf("k")?, fixture.leaf("v")?);
    let kernel = FocusedKernel::new(&scope, width(fixture, "out.y")? - 1, *heads, ambient - 1, &kappa)?;
    let [s, t, u] = [&q, &k, &v].map(|x| x.narrow(-1, 1, *ambient));
    let y = kernel.power(fixture.number("power")?).forward(&s?, &t?, &u?, None)?;
    judge(fixture, &scope, &[("q", &q), ("k", &k), ("v", &v)], &[("y", y)])
}
