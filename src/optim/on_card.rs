//! A step on a card: row functions and their kernels, and tensor operations between them. The parameter stays there.

use super::descent::{Now, Rule, State};
use super::part::{Course, Part};
use super::rows::{KEPT, row_width};
use crate::backend::cuda::Cuda;
use crate::geometry::{Kind, Pace, moves_in_place};
use crate::ops::{index, manifold};
use crate::{DType, Result, Tensor};

/// What decides about steps, of tensors.
pub trait PaceOnCard: Pace {
    /// [`Pace::blend`] of a row whose momentum is 0, and of any other.
    fn blends(&self) -> [[f64; 2]; 2];

    /// [`Pace::scale`] of f64 `[rows, 1]`, or by coordinates; `kept` become the new ones.
    fn scales(&self, square: &Tensor, kept: &mut [Tensor; KEPT - 1]) -> Result<Tensor>;
}

/// What a step is given.
pub struct Given<'a> {
    pub cuda: Cuda,
    pub grad: &'a Tensor,
    /// The rows that the gradient belongs to; all, if none are named.
    pub rows: Option<&'a [u32]>,
}

/// Moves a parameter, or rows of it, and what is kept beside it.
pub fn step<R: Rule>(
    rule: &R,
    now: &Now,
    parts: &[Part],
    given: &Given<'_>,
    x: &mut Tensor,
    state: &mut State,
) -> Result<()> {
    let Given { cuda, grad, rows } = given;
    let table = |t: &Tensor| t.reshape([t.numel() / row_width(t), row_width(t)]);
    let Some(rows) = rows else {
        if grad.numel() > 0 {
            let (moved, kept) = moved(rule, now, parts, cuda, table(x)?, state.kept.clone(), &table(grad)?)?;
            (*x, state.kept) = (moved.reshape(x.shape().clone())?, kept);
        }
        return Ok(());
    };
    if rows.is_empty() || grad.numel() == 0 {
        return Ok(());
    }
    let places: Vec<i64> = rows.iter().map(|&row| row.into()).collect();
    let places = Tensor::from_slice(&places, places.len())?.to_device(x.device())?;
    let take = |t: &Tensor| if t.numel() > 0 { t.index_select(0, &places) } else { t.narrow(0, 0, rows.len()) };
    let [a, b, c, d] = &state.kept;
    let old = [take(a)?, take(b)?, take(c)?, take(d)?];
    let (moved, kept) = moved(rule, now, parts, cuda, take(x)?, old, grad)?;
    put(cuda, &moved, &places, x)?;
    state.kept.iter_mut().zip(&kept).try_for_each(|(to, from)| put(cuda, from, &places, to))
}

/// Puts rows back, in place if nobody else sees the table.
fn put(cuda: &Cuda, from: &Tensor, places: &Tensor, to: &mut Tensor) -> Result<()> {
    if from.numel() == 0 {
        return Ok(());
    }
    if !to.is_own() {
        let copy = Tensor::on_card(cuda, to.shape().clone(), to.dtype())?;
        copy.fill_from("Optimizer::step_sparse", cuda, to)?;
        *to = copy;
    }
    index::put_on_card(cuda, &from.contiguous()?, places, to)
}

/// Rows after a step, and what is kept of them: factor by factor.
fn moved<R: Rule>(
    rule: &R,
    now: &Now,
    parts: &[Part],
    cuda: &Cuda,
    x: Tensor,
    kept: [Tensor; KEPT],
    grad: &Tensor,
) -> Result<(Tensor, [Tensor; KEPT])> {
    let mut columns: [Vec<Tensor>; KEPT] = Default::default();
    let [m, v, largest, steps] = &kept;
    let cut = |t: &Tensor, range: std::ops::Range<usize>| {
        if t.numel() > 0 { t.narrow(1, range.start, range.end) } else { Ok(t.clone()) }
    };
    let mut counted = steps.clone();
    for part in parts {
        let numbers = [cut(v, part.moments())?, cut(largest, part.moments())?, steps.clone()];
        let mut rows = Factor {
            part,
            cuda,
            x: cut(&x, part.columns())?,
            m: if m.numel() > 0 { Some(cut(m, part.columns())?) } else { None },
            kept: numbers,
        };
        rows.follow(&rule.course_on_card(now, part.is_flat()), &cut(grad, part.columns())?, rule.seeds(now))?;
        let Factor { x, m, kept: [v, largest, steps], .. } = rows;
        counted = steps;
        let new = [Some(x), m, Some(v), Some(largest)];
        columns.iter_mut().zip(new).for_each(|(columns, new)| columns.extend(new));
    }
    let [x, m, v, largest] = columns;
    let join = |columns: Vec<Tensor>, old: &Tensor| match &columns[..] {
        _ if old.numel() == 0 => Ok(old.clone()),
        [one] => one.contiguous(),
        many => Tensor::cat(&many.iter().collect::<Vec<_>>(), 1),
    };
    let new = [join(m, &kept[0])?, join(v, &kept[1])?, join(largest, &kept[2])?, counted];
    Ok((join(x, grad)?, new))
}

/// Rows of one factor.
struct Factor<'a> {
    part: &'a Part,
    cuda: &'a Cuda,
    x: Tensor,
    m: Option<Tensor>,
    kept: [Tensor; KEPT - 1],
}

impl Factor<'_> {
    fn row(&self, kind: Kind, args: &[&Tensor]) -> Result<Tensor> {
        manifold::rows_on_card(self.cuda, &self.part.call(kind), args)
    }

    /// Makes a step, as [`Block::follow`](super::part::Block::follow) does.
    fn follow<P: PaceOnCard>(&mut self, course: &Course<P>, g: &Tensor, seeds: bool) -> Result<()> {
        let Course { pace, clip, decay, shrink } = course;
        let (flat, dtype, clipped) = (self.part.is_flat(), self.x.dtype(), g.mul_scalar(*clip)?);
        let e = if *decay == 0.0 { clipped.clone() } else { clipped.add(&self.x.mul_scalar(*decay)?)? };
        let r = if flat { e } else { self.row(Kind::EgradToRgrad, &[&self.x, &e])? };
        let square = if flat {
            let r = r.to_dtype(DType::F64)?;
            r.mul(&r)?
        } else {
            self.row(Kind::Inner, &[&self.x, &r, &r])?.to_dtype(DType::F64)?
        };
        if seeds {
            self.m = Some(clipped);
        }
        let mut direction = self.blend(pace, &r)?;
        let scale = self.scale(pace, &square)?.to_dtype(dtype)?;
        if flat {
            let from = if *shrink == 1.0 { self.x.clone() } else { self.x.mul_scalar(*shrink)? };
            self.x = self.bound(from.add(&scale.mul(&direction)?)?)?;
            return Ok(());
        }
        if *shrink != 1.0 {
            self.shrink(*shrink)?;
            direction = self.m.clone().unwrap_or(direction);
        }
        if !seeds {
            return self.retract(&direction, &scale);
        }
        // The published momentum is not tangent: its normal part is carried along and projected at the new point.
        direction = self.row(Kind::ProjectTangent, &[&self.x, &direction])?;
        let whole = self.m.take().unwrap_or(r);
        let tangent = self.row(Kind::ProjectTangent, &[&self.x, &whole])?;
        let normal = whole.sub(&tangent)?;
        self.m = Some(tangent);
        self.retract(&direction, &scale)?;
        let rest = self.row(Kind::ProjectTangent, &[&self.x, &normal])?;
        self.m = self.m.take().map(|m| m.add(&rest)).transpose()?;
        Ok(())
    }

    /// The new momentum; returns the direction.
    fn blend<P: PaceOnCard>(&mut self, pace: &P, r: &Tensor) -> Result<Tensor> {
        let Some(m) = &mut self.m else { return Ok(r.clone()) };
        let [fresh, old] = pace.blends();
        *m = if fresh == old {
            m.mul_scalar(old[0])?.add(&r.mul_scalar(old[1])?)?
        } else {
            // A momentum of 0 makes no difference to the sum, whatever it is taken times.
            let still = m.abs()?.max(&[1], true)?;
            let still = still.eq(&still.zeros_like()?)?;
            let add = still.ones_like()?.to_dtype(m.dtype())?.mul_scalar(old[1])?.masked_fill(&still, fresh[1])?;
            m.mul_scalar(old[0])?.add(&r.mul(&add)?)?
        };
        let [a, b] = pace.direction();
        Ok(match [a, b] {
            [1.0, 0.0] => m.clone(),
            [0.0, 1.0] => r.clone(),
            _ => m.mul_scalar(a)?.add(&r.mul_scalar(b)?)?,
        })
    }

    /// How far to go, in f64; what is kept becomes new, in its own type.
    fn scale<P: PaceOnCard>(&mut self, pace: &P, square: &Tensor) -> Result<Tensor> {
        let [v, largest, steps] = &self.kept;
        let mut wide = [v.to_dtype(DType::F64)?, largest.to_dtype(DType::F64)?, steps.to_dtype(DType::F64)?];
        let scale = pace.scales(square, &mut wide)?;
        for (kept, wide) in self.kept.iter_mut().zip(wide) {
            *kept = wide.to_dtype(kept.dtype())?;
        }
        Ok(scale)
    }

    /// x ← exp_x(scale · direction), within the largest radius, and m transported along.
    fn retract(&mut self, direction: &Tensor, scale: &Tensor) -> Result<()> {
        let call = self.part.call(Kind::Project);
        let carried = self.m.as_ref().unwrap_or(direction);
        let [x, m] = manifold::step(self.cuda, &call, [&self.x, direction, carried], scale)?;
        if self.m.is_some() {
            self.m = Some(m);
        }
        // The kernels of these models keep within the radius by themselves.
        self.x = if moves_in_place(call.model) { x } else { self.bound(x)? };
        Ok(())
    }

    /// Points no farther from the origin than the largest radius, if there is one.
    fn bound(&self, x: Tensor) -> Result<Tensor> {
        if self.part.call(Kind::Project).number.is_finite() { self.row(Kind::Project, &[&x]) } else { Ok(x) }
    }

    /// Moves x along its geodesic to the origin, to s times its distance, and m along with it.
    fn shrink(&mut self, s: f64) -> Result<()> {
        let near = self.row(Kind::Exp0, &[&self.row(Kind::Log0, &[&self.x])?.mul_scalar(s)?])?;
        if let Some(m) = &self.m {
            self.m = Some(self.row(Kind::Transport, &[&self.x, &near, m])?);
        }
        self.x = near;
        Ok(())
    }
}
