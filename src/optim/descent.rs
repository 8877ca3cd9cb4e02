//! One step of any rule: gradients are checked first, then every parameter is moved, factor by factor, in place.

use super::clip::Clip;
use super::gradients::{checked, collect};
use super::group::Group;
use super::on_card::{self, Given, PaceOnCard};
use super::part::{BLOCK, Block, Course, Part, Scratch};
use super::rows::{KEPT, Portion, Rows, Widths, own, portions, row_width};
use super::{Optimizer, state};
use crate::backend::cpu::simd::{Kernel, dispatch};
use crate::geometry::{Coord, Pace};
use crate::io::TensorFile;
use crate::param::{Param, SparseGrad};
use crate::tensor::Backend;
use crate::{Error, Grads, Result, Tensor};

/// What a row of a parameter becomes, given its gradient.
pub trait Rule: Copy + Default + Send + Sync {
    /// The optimizer's name, in stored states.
    const NAME: &'static str;
    /// What is kept beside a parameter; the first is its momentum, which lives in the tangent space of the row.
    const KEEPS: [&'static str; KEPT];
    /// The weight decay unless another is given.
    const WEIGHT_DECAY: f64 = 0.0;
    /// What decides about the step of a row of a curved factor.
    type Pace: Pace + PaceOnCard;

    /// Numbers a row of what is kept, for rows of width `row` with `moments` second moments.
    fn widths(&self, row: usize, moments: usize) -> [usize; KEPT];

    /// All that a step depends on, as text.
    fn settings(&self) -> Vec<(&'static str, String)>;

    /// Called once for rows that are going to move.
    fn count<T: Coord>(&self, _: &mut Rows<'_, T>) {}

    /// Moves rows on a flat factor.
    fn flat<T: Coord>(&self, now: &Now, part: &Part, rows: &mut [Rows<'_, T>]);

    /// How rows move on curved factors; `None` if this step is none of the usual.
    fn course(&self, now: &Now) -> Option<Course<Self::Pace>>;

    /// How rows move on a card, on flat factors or curved ones.
    fn course_on_card(&self, now: &Now, flat: bool) -> Course<Self::Pace>;

    /// Whether the momentum starts with the coordinate gradient in this step.
    fn seeds(&self, _: &Now) -> bool {
        false
    }

    /// Moves a block of rows on a curved factor where there is no course.
    fn curved<T: Coord>(&self, _: &Now, _: &Part, _: &mut Block<'_, T>) {}
}

/// What holds for one step of one parameter.
#[derive(Clone, Copy)]
pub struct Now {
    pub lr: f64,
    pub weight_decay: f64,
    /// Gradients are taken times this.
    pub clip: f64,
    /// Steps of this parameter, this one included.
    pub step: u64,
    /// Whether this is the first step, and dense.
    pub first: bool,
}

/// An optimizer that moves each row by a rule.
pub struct Descent<R> {
    pub(super) rule: R,
    pub(super) lr: f64,
    pub(super) weight_decay: f64,
    pub(super) clip: Option<Clip>,
    pub(super) groups: Vec<Group>,
    pub(super) slots: Vec<Slot>,
}

/// A parameter, its group, and what is kept beside it once it has been moved.
pub(super) struct Slot {
    pub param: Param,
    pub group: usize,
    pub state: Option<State>,
}

pub(super) struct State {
    pub step: u64,
    /// As [`Rule::KEEPS`], each `[rows, width]`.
    pub kept: [Tensor; KEPT],
}

impl State {
    pub fn new(x: &Tensor, widths: Widths) -> Result<State> {
        let rows = x.numel() / widths.row;
        let zeros = |width| Tensor::zeros([rows, width], x.dtype(), x.device());
        let [a, b, c, d] = widths.kept;
        Ok(State { step: 0, kept: [zeros(a)?, zeros(b)?, zeros(c)?, zeros(d)?] })
    }
}

/// A move that has been checked.
struct Move<'a> {
    slot: usize,
    parts: Vec<Part>,
    grad: Tensor,
    rows: Option<&'a [u32]>,
    clip: f64,
}

impl<R: Rule> Descent<R> {
    /// An optimizer of `params`, each counted once, with learning rate `lr`.
    pub fn new(params: Vec<Param>, lr: f64) -> Descent<R> {
        let empty = Descent {
            rule: R::default(),
            lr,
            weight_decay: R::WEIGHT_DECAY,
            clip: None,
            groups: vec![],
            slots: vec![],
        };
        empty.group(Group::new(params))
    }

    /// Adds parameters with settings of their own. Those that are known already change their group.
    pub fn group(mut self, group: Group) -> Self {
        let number = self.groups.len();
        for param in &group.params {
            match self.slots.iter_mut().find(|s| s.param.is_same(param)) {
                Some(slot) => slot.group = number,
                None => self.slots.push(Slot { param: param.clone(), group: number, state: None }),
            }
        }
        self.groups.push(group);
        self
    }

    /// The weight decay of groups that have none of their own.
    pub fn weight_decay(self, weight_decay: f64) -> Self {
        Descent { weight_decay, ..self }
    }

    /// Shortens long gradients. A step of some rows is taken by itself.
    pub fn clip(self, clip: Clip) -> Self {
        Descent { clip: Some(clip), ..self }
    }

    pub(super) fn with_rule(self, change: impl FnOnce(R) -> R) -> Self {
        Descent { rule: change(self.rule), ..self }
    }

    /// What is kept beside a parameter: numbers a row.
    pub(super) fn widths(&self, param: &Param, parts: &[Part]) -> Widths {
        let row = row_width(&param.tensor());
        let moments = parts.last().map_or(0, |p| p.moments().end);
        Widths { row, kept: self.rule.widths(row, moments) }
    }

    /// Makes the checked moves. Nothing has been changed before.
    fn make(&mut self, mut moves: Vec<Move<'_>>) -> Result<()> {
        if let Some(clip) = self.clip {
            let gradients = moves.iter().map(|m| (&self.slots[m.slot].param, &m.grad, m.rows));
            let factors = clip.factors(gradients)?;
            moves.iter_mut().zip(factors).for_each(|(m, factor)| m.clip = factor);
        }
        moves.into_iter().try_for_each(|m| self.make_one(&m))
    }

    fn make_one(&mut self, m: &Move<'_>) -> Result<()> {
        let widths = self.widths(&self.slots[m.slot].param, &m.parts);
        let Descent { rule, lr, weight_decay, groups, slots, .. } = self;
        let Slot { param, group, state } = &mut slots[m.slot];
        let group = &groups[*group];
        param.update(|x| {
            let mut kept = match state.take() {
                Some(state) => state,
                None => State::new(x, widths)?,
            };
            for t in &mut kept.kept {
                *t = t.to_device(x.device())?;
            }
            kept.step += 1;
            let now = Now {
                lr: *lr * group.lr_scale,
                weight_decay: group.decay_of(param, *weight_decay),
                clip: m.clip,
                step: kept.step,
                first: kept.step == 1 && m.rows.is_none(),
            };
            let result = match x.device().backend().clone() {
                Backend::Cuda(cuda) => {
                    on_card::step(rule, &now, &m.parts, &Given { cuda, grad: &m.grad, rows: m.rows }, x, &mut kept)
                }
                Backend::Cpu(_) => with_real!(R::NAME, x.dtype(), T, pass::<R, T>(rule, &now, m, widths, x, &mut kept)),
            };
            *state = Some(kept);
            result
        })
    }
}

impl<R: Rule> Optimizer for Descent<R> {
    fn step(&mut self, grads: &Grads) -> Result<()> {
        let found = collect(self.slots.iter().map(|s| &s.param), grads)?;
        let checked = found.into_iter().map(|(slot, grad)| {
            let parts = Part::all(&self.slots[slot].param)?;
            Ok(Move { slot, parts, grad, rows: None, clip: 1.0 })
        });
        let moves = checked.collect::<Result<Vec<_>>>()?;
        self.make(moves)
    }

    fn step_sparse(&mut self, param: &Param, grad: &SparseGrad) -> Result<()> {
        let Some(slot) = self.slots.iter().position(|s| s.param.is_same(param)) else {
            return Err(Error::Argument {
                op: "Optimizer::step_sparse",
                what: format!("{} is not a parameter of this optimizer", param.name()),
                remedy: "pass it to `new`".into(),
            });
        };
        let rows = Some(&grad.rows[..]);
        let grad = checked(param.name(), &param.tensor(), &grad.values, rows)?;
        let parts = Part::all(param)?;
        self.make(vec![Move { slot, parts, grad, rows, clip: 1.0 }])
    }

    fn lr(&self) -> f64 {
        self.lr
    }

    fn set_lr(&mut self, lr: f64) {
        self.lr = lr;
    }

    fn state(&self) -> Result<TensorFile> {
        state::save(self)
    }

    fn load_state(&mut self, file: &TensorFile) -> Result<()> {
        state::load(self, file)
    }
}

/// One pass over the rows of a parameter that have a gradient.
fn pass<R: Rule, T: Coord>(
    rule: &R,
    now: &Now,
    m: &Move<'_>,
    widths: Widths,
    x: &mut Tensor,
    state: &mut State,
) -> Result<()> {
    let device = x.device().clone();
    let cpu = device.cpu_for(R::NAME)?;
    own::<T>(x)?;
    state.kept.iter_mut().try_for_each(own::<T>)?;
    let [a, b, c, d] = state.kept.each_mut().map(|t| t.as_mut_slice::<T>());
    let (Some(x), Some(a), Some(b), Some(c), Some(d), Some(grad)) =
        (x.as_mut_slice::<T>(), a, b, c, d, m.grad.as_slice::<T>())
    else {
        return Err(Error::Graph { op: R::NAME, what: "a buffer is shared".into(), remedy: "report this" });
    };
    let all = Rows { x, kept: [a, b, c, d], grad };
    let tasks = portions(cpu, all, widths, m.rows);
    cpu.for_each(tasks, |portion| run(rule, now, &m.parts, widths, portion));
    Ok(())
}

/// One thread's portion, a block at a time.
fn run<R: Rule, T: Coord>(rule: &R, now: &Now, parts: &[Part], widths: Widths, mut portion: Portion<'_, T>) {
    match portion.whole() {
        Some(rows) => rule.count(rows),
        None => (0..portion.count()).for_each(|i| rule.count(&mut portion.row(i))),
    }
    let course = rule.course(now);
    if let ([part], Some(rows), Some(course)) = (parts, portion.whole(), &course)
        && part.width() == widths.row
        && !part.is_flat()
        && part.in_place(course, rows)
    {
        return;
    }
    let (flat, curved): (Vec<_>, Vec<_>) = parts.iter().partition(|part| part.is_flat());
    let widest = curved.iter().map(|part| part.width()).max();
    let mut scratch = Scratch::new(widest.unwrap_or(0));
    for part in curved {
        for first in (0..portion.count()).step_by(BLOCK) {
            let mut block = scratch.gather(part, &mut portion, first);
            match &course {
                Some(course) => block.follow(course),
                None => rule.curved(now, part, &mut block),
            }
            block.scatter(&mut portion, first);
        }
    }
    if flat.is_empty() {
        return;
    }
    let mut waiting = portion.each();
    let mut rows = Vec::with_capacity(BLOCK);
    loop {
        rows.clear();
        rows.extend(waiting.by_ref().take(BLOCK));
        if rows.is_empty() {
            return;
        }
        flat.iter().for_each(|part| dispatch(Flat { rule, now, part, rows: &mut rows }));
    }
}

struct Flat<'a, 'r, R, T> {
    rule: &'a R,
    now: &'a Now,
    part: &'a Part,
    rows: &'a mut [Rows<'r, T>],
}

impl<R: Rule, T: Coord> Kernel for Flat<'_, '_, R, T> {
    type Output = ();
    #[inline(always)]
    fn run<const FMA: bool>(self) {
        self.rule.flat(self.now, self.part, self.rows);
        self.rows.iter_mut().for_each(|row| self.part.bound(&mut row.x[self.part.columns()]));
    }
}
