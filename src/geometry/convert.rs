//! The same point, and the same tangent, in another chart of hyperbolic space.
//!
//! Both charts are maps to the unit hyperboloid (X₀, X), X₀ = √(1 + |X|²); the axis X₁ is the first coordinate of the
//! ball and the one along which heights grow. Everything on the way is double-double, whatever rows are stored in, so
//! that one rounding remains. A tangent is the derivative of the map in its direction ([`Dual`] numbers), scaled so that
//! it keeps its length: metrics are 1/c times that of the unit hyperboloid.

use super::curv::CurvGrad;
use super::dd::Dd;
use super::dual::Dual;
use super::model::Model;
use super::scalar::{asinhc, sinhc};
use super::wide::{Wide, either};
use crate::dtype::{Element, Real};

/// From one chart to another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Conversion {
    /// Where rows come from, and the curvature of its coordinates.
    pub from: (Model, f64),
    /// Where they go.
    pub to: (Model, f64),
}

impl Conversion {
    /// Whether rows of a model are points of hyperbolic space.
    pub const fn has(model: Model) -> bool {
        matches!(model, Model::Lorentz | Model::Poincare | Model::HalfSpace | Model::Solvable)
    }

    /// The row x of the first chart as a row of the second.
    pub fn point<T: Real>(&self, x: &[T], out: &mut [T]) {
        let x: Vec<Dd> = x.iter().map(wide).collect();
        let y = leave(self.to, &enter(self.from, &x));
        write(out, y.into_iter());
    }

    /// Gradient of [`Conversion::point`] for the cotangent `g`: writes that of x, returns those of the two curvatures.
    pub fn point_vjp<T: Real>(&self, x: &[T], g: &[T], gx: &mut [T]) -> CurvGrad {
        let [x, g] = [x, g].map(|row| row.iter().map(wide).collect::<Vec<_>>());
        let (to_x, c, d) = self.pull(&x, &g);
        write(gx, to_x.into_iter());
        (c.hi, d.hi)
    }

    /// The tangent u at x as a tangent at the converted point.
    pub fn tangent<T: Real>(&self, x: &[T], u: &[T], out: &mut [T]) {
        let y = leave(self.to, &enter(self.from, &along(x, u)));
        let scale = self.scale();
        write(out, y.into_iter().map(|y| y.du * scale));
    }

    /// Gradient of [`Conversion::tangent`]: the derivative along u of the gradient of [`Conversion::point`].
    pub fn tangent_vjp<T: Real>(&self, x: &[T], u: &[T], g: &[T], [gx, gu]: [&mut [T]; 2]) -> CurvGrad {
        let (x, scale) = (along(x, u), self.scale());
        let fixed = |g: &T| Dual { re: scale * wide(g), du: Dd::of(0.0) };
        let (to_x, c, d) = self.pull(&x, &g.iter().map(fixed).collect::<Vec<_>>());
        // ⟨g, result⟩, half of which is the slope in ln(c₂/c₁) of the scale.
        let first = usize::from(self.from.0 == Model::Lorentz);
        let value = to_x.iter().zip(u).skip(first).fold(Dd::of(0.0), |sum, (a, u)| sum + a.re * wide(u));
        write(gu, to_x.iter().map(|a| a.re));
        write(gx, to_x.iter().map(|a| a.du));
        ((c.du - value / self.from.1 / 2.0).hi, (d.du + value / self.to.1 / 2.0).hi)
    }

    /// Gradients of x and of the two curvatures.
    fn pull<W: Wide>(&self, x: &[W], g: &[W]) -> (Vec<W>, W, W) {
        let hub = enter(self.from, x);
        let (to_hub, d) = leave_vjp(self.to, &hub, g);
        let (to_x, c) = enter_vjp(self.from, x, &to_hub);
        (to_x, c, d)
    }

    /// √(c₂/c₁): lengths in coordinates of the unit hyperboloid are √c times lengths.
    fn scale(&self) -> Dd {
        (Dd::of(self.to.1) / self.from.1).sqrt()
    }
}

fn wide<T: Real>(x: &T) -> Dd {
    Dd::of(Element::to_f64(*x))
}

/// x + ε u.
fn along<T: Real>(x: &[T], u: &[T]) -> Vec<Dual> {
    x.iter().zip(u).map(|(x, u)| Dual { re: wide(x), du: wide(u) }).collect()
}

fn write<T: Real>(out: &mut [T], from: impl Iterator<Item = Dd>) {
    out.iter_mut().zip(from).for_each(|(out, x)| *out = T::from_f64(x.hi));
}

fn dot<W: Wide>(a: &[W], b: &[W]) -> W {
    a.iter().zip(b).fold(W::of(0.0), |sum, (&a, &b)| sum + a * b)
}

fn scaled<'a, W: Wide>(s: W, a: &'a [W]) -> impl Iterator<Item = W> + 'a {
    a.iter().map(move |&a| s * a)
}

/// s·a + r·b.
fn combined<'a, W: Wide>(s: W, a: &'a [W], r: W, b: &'a [W]) -> impl Iterator<Item = W> + 'a {
    a.iter().zip(b).map(move |(&a, &b)| s * a + r * b)
}

/// X of a row.
fn enter<W: Wide>((model, c): (Model, f64), x: &[W]) -> Vec<W> {
    let root = W::of(c).sqrt();
    let (head, tail) = (x[0], &x[1..]);
    let t2 = dot(tail, tail);
    match model {
        Model::Lorentz => scaled(root, tail).collect(),
        Model::HalfSpace => {
            let up = ((head - 1.0) * (head + 1.0) + t2) / (head * 2.0);
            std::iter::once(up).chain(scaled(W::of(1.0) / head, tail)).collect()
        }
        Model::Solvable => {
            let up = head * sinhc(head * head).s + head.exp() * t2 / 2.0;
            std::iter::once(up).chain(tail.iter().copied()).collect()
        }
        _ => {
            let lambda = W::of(2.0) / (W::of(1.0) - dot(x, x) * c);
            scaled(lambda * root, x).collect()
        }
    }
}

/// Gradients of the row and of c for the cotangent of X.
fn enter_vjp<W: Wide>((model, c): (Model, f64), x: &[W], g: &[W]) -> (Vec<W>, W) {
    let (root, zero) = (W::of(c).sqrt(), W::of(0.0));
    let (head, tail) = (x[0], &x[1..]);
    let (g0, gt) = (g[0], &g[1..]);
    let t2 = dot(tail, tail);
    match model {
        // The time of a row is not read.
        Model::Lorentz => (std::iter::once(zero).chain(scaled(root, g)).collect(), dot(tail, g) / (root * 2.0)),
        Model::HalfSpace => {
            let one = W::of(1.0) / head;
            let to_head = g0 * ((W::of(1.0) - t2) * one * one + 1.0) / 2.0 - dot(gt, tail) * one * one;
            (std::iter::once(to_head).chain(combined(one, gt, g0 * one, tail)).collect(), zero)
        }
        Model::Solvable => {
            let r = head.exp();
            let to_head = g0 * ((r + W::of(1.0) / r) + r * t2) / 2.0;
            (std::iter::once(to_head).chain(combined(W::of(1.0), gt, g0 * r, tail)).collect(), zero)
        }
        _ => {
            let lambda = W::of(2.0) / (W::of(1.0) - dot(x, x) * c);
            let xg = dot(x, g);
            let to_x: Vec<W> = combined(root * lambda, g, root * lambda * lambda * xg * c, x).collect();
            let gc = dot(&to_x, x) / (2.0 * c);
            (to_x, gc)
        }
    }
}

/// X₀, and e = X₀ − X₁ without cancellation.
fn time_and_e<W: Wide>(x: &[W]) -> [W; 2] {
    let f2 = dot(&x[1..], &x[1..]) + 1.0;
    let up = x[0];
    let time = (up * up + f2).sqrt();
    let [e] = either!(up < 0.0, [time - up], [f2 / (time + up)]);
    [time, e]
}

/// The row of X.
fn leave<W: Wide>((model, c): (Model, f64), x: &[W]) -> Vec<W> {
    let root = W::of(c).sqrt();
    let [time, e] = time_and_e(x);
    match model {
        Model::Lorentz => std::iter::once(time / root).chain(x.iter().map(|&x| x / root)).collect(),
        Model::HalfSpace => {
            let h = W::of(1.0) / e;
            std::iter::once(h).chain(scaled(h, &x[1..])).collect()
        }
        Model::Solvable => {
            // −ln e = −ln(1 − d), by way of sinh²(ln(e)/2) = d²/(4e).
            let x2 = dot(x, x);
            let [d] = either!(x2 < 1.0, [x[0] - x2 / (time + 1.0)], [W::of(1.0) - e]);
            let head = d * asinhc(d * d / (e * 4.0)) / e.sqrt();
            std::iter::once(head).chain(x[1..].iter().copied()).collect()
        }
        _ => scaled(W::of(1.0) / ((time + 1.0) * root), x).collect(),
    }
}

/// Gradients of X and of c for the cotangent of the row.
fn leave_vjp<W: Wide>((model, c): (Model, f64), x: &[W], g: &[W]) -> (Vec<W>, W) {
    let (root, zero) = (W::of(c).sqrt(), W::of(0.0));
    let [time, e] = time_and_e(x);
    // Through X₀ and the space part on the models that have no axis, through e and the fibre on the others.
    let axial = |ge: W, s: W| {
        // ∂e = X/X₀, with e less on the axis: X₁/X₀ − 1 = −e/X₀.
        let rest = combined(s, &g[1..], ge / time, &x[1..]);
        (std::iter::once(-(ge * e / time)).chain(rest).collect(), zero)
    };
    match model {
        Model::Lorentz => {
            let (g0, gs) = (g[0], &g[1..]);
            let gc = -((g0 * time + dot(gs, x)) / (root * 2.0 * c));
            (combined(W::of(1.0) / root, gs, g0 / (time * root), x).collect(), gc)
        }
        Model::HalfSpace => axial(-((g[0] + dot(&g[1..], &x[1..])) / e / e), W::of(1.0) / e),
        Model::Solvable => axial(-(g[0] / e), W::of(1.0)),
        _ => {
            let s = W::of(1.0) / ((time + 1.0) * root);
            let gx = dot(g, x);
            (combined(s, g, -(gx * s / (time * (time + 1.0))), x).collect(), -(gx * s / (2.0 * c)))
        }
    }
}
