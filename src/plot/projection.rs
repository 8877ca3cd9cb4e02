//! From a Poincaré ball of any dimension to the disk.

use crate::{Error, Result};

/// Points in the unit disk, and in words how they came there.
#[derive(Clone, Debug, PartialEq)]
pub struct Projection {
    /// One point a row, inside the unit disk.
    pub points: Vec<[f64; 2]>,
    /// What was done, for the picture's caption.
    pub caption: String,
}

/// The radius in the disk that [`project`] brings nine tenths of the points into.
const FIT: f64 = 0.94;

/// Projects points of the unit Poincaré ball (κ = −1; scale others by √−κ first) to the disk.
///
/// * `centre`: this row goes to the middle, by the isometry (Möbius translation) that takes it there.
/// * From `dim` > 2, a point keeps its hyperbolic distance to the middle; its direction is that of its logarithm, projected to
///   the two principal axes of all the logarithms. Two dimensions need no projection, one is a diameter.
/// * `fit`: if more than a tenth of the points lie beyond 0.94, all distances to the middle are multiplied by the factor that
///   brings nine tenths within. Otherwise trained embeddings crowd the rim.
///
/// The caption states each step that was taken.
///
/// # Errors
/// [`Error::Argument`] if `dim` is 0, `rows` is not made of rows of `dim` numbers, `centre` is no row, or a point is not
/// inside the ball (or is NaN).
pub fn project(rows: &[f64], dim: usize, centre: Option<usize>, fit: bool) -> Result<Projection> {
    check(rows, dim, centre)?;
    let mut caption = String::from("Poincaré disk.");
    let mut points: Vec<Vec<f64>> = rows.chunks_exact(dim).map(<[f64]>::to_vec).collect();
    if let Some(i) = centre {
        let c = points[i].clone();
        points.iter_mut().for_each(|x| translate(x, &c));
        caption.push_str(" The root is moved to the middle by a Möbius translation.");
    }
    points.iter_mut().for_each(|x| logarithm(x));
    let mut flat: Vec<[f64; 2]> = match dim {
        1 => points.iter().map(|x| [x[0], 0.0]).collect(),
        2 => points.iter().map(|x| [x[0], x[1]]).collect(),
        _ => {
            let (axes, share) = principal_plane(&points, dim);
            caption.push_str(&format!(
                " From {dim} to 2 dimensions: distances to the middle are kept, directions are those along the two principal \
                 axes of the logarithms ({:.0} % of their squared length).",
                100.0 * share
            ));
            points.iter().map(|x| keep_length([dot(x, &axes[0]), dot(x, &axes[1])], dot(x, x).sqrt())).collect()
        }
    };
    let factor = if fit { fitting_factor(flat.iter().map(|v| v[0].hypot(v[1]))) } else { 1.0 };
    if factor < 1.0 {
        caption.push_str(&format!(" Distances to the middle are drawn × {factor:.2} to fit."));
    }
    for v in &mut flat {
        let length = v[0].hypot(v[1]);
        *v = keep_length(*v, (factor * length / 2.0).tanh().min(1.0 - f64::EPSILON));
    }
    Ok(Projection { points: flat, caption })
}

fn check(rows: &[f64], dim: usize, centre: Option<usize>) -> Result<()> {
    let bad = |what: String, remedy: &str| Err(Error::Argument { op: "project", what, remedy: remedy.to_owned() });
    if dim == 0 || !rows.len().is_multiple_of(dim) {
        return bad(format!("{} numbers are no rows of {dim}", rows.len()), "give `dim` numbers a point, `dim` ≥ 1");
    }
    let count = rows.len() / dim;
    if let Some(i) = centre.filter(|&i| i >= count) {
        return bad(format!("the centre is point {i} of {count}"), "give the number of a point");
    }
    match rows.chunks_exact(dim).map(|x| dot(x, x)).position(|square| square.is_nan() || square >= 1.0) {
        None => Ok(()),
        Some(i) => bad(
            format!("point {i} is not inside the unit ball"),
            "scale the points by √−κ first, and check the embedding for NaN",
        ),
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// x becomes (−c) ⊕ x: the isometry that takes c to the origin.
fn translate(x: &mut [f64], c: &[f64]) {
    let (xx, cc, cx) = (dot(x, x), dot(c, c), dot(c, x));
    let denominator = 1.0 - 2.0 * cx + cc * xx;
    let (of_x, of_c) = ((1.0 - cc) / denominator, (1.0 - 2.0 * cx + xx) / denominator);
    x.iter_mut().zip(c).for_each(|(x, c)| *x = of_x * *x - of_c * c);
}

/// x becomes its logarithm at the origin, as long as x is far from there in hyperbolic distance.
fn logarithm(x: &mut [f64]) {
    let norm = dot(x, x).sqrt();
    // The translation may round a point onto the rim; there the distance is as large as f64 can tell.
    let factor = if norm > 0.0 { 2.0 * norm.min(1.0 - f64::EPSILON).atanh() / norm } else { 0.0 };
    x.iter_mut().for_each(|x| *x *= factor);
}

/// The vector in the same direction with this length (0 stays 0 only if the length is: else it goes to the right).
fn keep_length(v: [f64; 2], length: f64) -> [f64; 2] {
    let own = v[0].hypot(v[1]);
    if own > 0.0 { [v[0] / own * length, v[1] / own * length] } else { [length, 0.0] }
}

/// The factor, at most 1, that brings nine tenths of these distances to the middle within [`FIT`].
pub(super) fn fitting_factor(distances: impl Iterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = distances.collect();
    sorted.sort_by(f64::total_cmp);
    let largest = sorted.get(sorted.len() * 9 / 10).copied().unwrap_or(0.0);
    (2.0 * FIT.atanh() / largest.max(f64::MIN_POSITIVE)).min(1.0)
}

/// Two orthonormal axes of the plane that holds most of the vectors' squared length, and the share it holds; by
/// orthogonal iteration on the matrix of second moments.
fn principal_plane(vectors: &[Vec<f64>], dim: usize) -> ([Vec<f64>; 2], f64) {
    let mut moments = vec![vec![0.0; dim]; dim];
    for v in vectors {
        for (row, x) in moments.iter_mut().zip(v) {
            row.iter_mut().zip(v).for_each(|(m, y)| *m += x * y);
        }
    }
    let mut order: Vec<usize> = (0..dim).collect();
    order.sort_by(|&i, &j| moments[j][j].total_cmp(&moments[i][i]));
    let unit = |k: usize| (0..dim).map(|i| f64::from(u8::from(i == k))).collect::<Vec<f64>>();
    let (mut a, mut b) = (unit(order[0]), unit(order[1]));
    let times = |v: &[f64]| moments.iter().map(|row| dot(row, v)).collect::<Vec<f64>>();
    for _ in 0..300 {
        a = normalized(times(&a)).unwrap_or(a);
        let mut next = times(&b);
        let along = dot(&next, &a);
        next.iter_mut().zip(&a).for_each(|(x, y)| *x -= along * y);
        b = normalized(next).unwrap_or(b);
    }
    let total: f64 = (0..dim).map(|i| moments[i][i]).sum();
    let share = (dot(&a, &times(&a)) + dot(&b, &times(&b))) / total.max(f64::MIN_POSITIVE);
    ([a, b], share.clamp(0.0, 1.0))
}

fn normalized(mut v: Vec<f64>) -> Option<Vec<f64>> {
    let norm = dot(&v, &v).sqrt();
    v.iter_mut().for_each(|x| *x /= norm);
    (norm > 0.0 && norm.is_finite()).then_some(v)
}
